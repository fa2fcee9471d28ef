"""Two builds at once: the second is told so, and a dead one blocks nobody."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

from claimbook.build.locking import BuildLock
from claimbook.errors import StorageError, UserError

HOLD = """
import sys, time
from pathlib import Path
from claimbook.build.locking import BuildLock
with BuildLock(Path(sys.argv[1]), "public-2026"):
    print("held", flush=True)
    time.sleep(300)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of a folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLD), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_build_is_refused_with_the_process_that_runs(holder, tmp_path):
    with pytest.raises(
        UserError, match=rf"Another build is running .*process {holder.pid}, edition public-2026"
    ):
        BuildLock(tmp_path, "survey-simulated").__enter__()


def test_a_killed_build_blocks_nobody(holder, tmp_path):
    holder.kill()
    holder.wait()
    with BuildLock(tmp_path, "public-2026"):
        assert f"process {os.getpid()}" in (tmp_path / ".cache/build.lock").read_text()


def test_a_build_may_wait_for_another(holder, tmp_path):
    waiting = BuildLock(tmp_path, "public-2026", wait=True)
    killer = subprocess.Popen(["sh", "-c", f"sleep 0.5; kill -9 {holder.pid}"])
    with waiting:
        assert holder.wait() != 0
    killer.wait()


def test_the_lock_is_free_again_after_a_build(tmp_path):
    for _ in range(2):
        with BuildLock(tmp_path, "public-2026"):
            pass


def test_the_lock_does_not_reach_the_processes_of_a_build(tmp_path):
    with BuildLock(tmp_path, "public-2026"):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    try:
        with BuildLock(tmp_path, "public-2026"):
            pass
    finally:
        child.kill()
        child.wait()


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(tmp_path):
    (tmp_path / ".cache").write_text("no folder")
    with pytest.raises(
        StorageError, match=r"cannot write in this folder \(\.cache: .*The reports are as they were"
    ):
        BuildLock(tmp_path, "public-2026").__enter__()
