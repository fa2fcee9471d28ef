"""A build that is killed can be gone on with: a short version of ``python -m tests.claimbook.depend.kills``, on one notebook."""

from __future__ import annotations

import sys

import pytest

from tests.claimbook.depend.kills import Trial

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc"),
]


def test_killed_builds_are_recovered_byte_for_byte_and_leave_no_process(built, tmp_path):
    assert built.code == 0
    trial = Trial(tmp_path, ["02_cleaning"])
    assert trial.kill(0.8 * trial.seconds, cold=True) == []
    assert trial.kill(0.5 * trial.seconds, cold=False) == []
