"""The policy of a confidential edition, in force for one test."""

import pytest

from tests.claimbook.protect.hand_made import POLICY, running


@pytest.fixture
def confidential():
    """Run a test as if its notebook had opened a confidential edition."""
    with running(POLICY):
        yield POLICY
