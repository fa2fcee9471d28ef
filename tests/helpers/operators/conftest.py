from __future__ import annotations

import pytest

from helpers.operators.sheets import Sheet
from helpers.operators.slices import build_slices
from tests.helpers.operators.tiny import make_tables


@pytest.fixture(scope="session")
def slices():
    return build_slices(make_tables())


@pytest.fixture(scope="session")
def sheets(slices):
    return {content["operator"]: Sheet(content) for content in slices.values()}
