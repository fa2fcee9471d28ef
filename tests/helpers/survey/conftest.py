"""The simulated survey, read once for the tests of one process."""

from __future__ import annotations

import pytest

from helpers.layout import layout_of


@pytest.fixture(scope="session")
def tables():
    return layout_of("survey-simulated").cleaned_tables()
