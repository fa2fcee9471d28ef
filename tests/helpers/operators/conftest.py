import pytest

from helpers.operators.sheet import SheetBook
from tests.helpers.operators.tiny import TinyStudy


@pytest.fixture(scope="session")
def book():
    return SheetBook(TinyStudy())


@pytest.fixture(scope="session")
def facts(book):
    return {name: book[name].facts for name in sorted(book.slugs)}
