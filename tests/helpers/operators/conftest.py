from __future__ import annotations

import pytest

from helpers.operators import TABLES
from helpers.operators.reading import Sheet
from helpers.operators.slices import build_slices
from tests.helpers.operators.tiny import make_tables


@pytest.fixture(scope="session")
def tables():
    made = make_tables()
    assert set(made) == set(TABLES)
    return made


@pytest.fixture(scope="session")
def slices(tables):
    return build_slices(tables)


@pytest.fixture(scope="session")
def sheets(slices):
    return {content["operator"]: Sheet(content) for content in slices.values()}
