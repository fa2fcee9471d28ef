"""Protection ends with a kernel; in tests it ends with the test."""

from __future__ import annotations

import pytest

from claimbook import protect as disclosure


@pytest.fixture(autouse=True)
def _forget():
    disclosure.reset()
    yield
    disclosure.reset()


@pytest.fixture
def confidential():
    """Put the protection of a confidential edition in force."""
    policy = disclosure.Policy("secrete", confidential=True)
    disclosure.activate(policy)
    return policy
