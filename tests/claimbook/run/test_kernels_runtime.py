from __future__ import annotations

import os
import stat
import sys

import pytest

from claimbook.run import runtime
from claimbook.run.runtime import RuntimeFolder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no sockets in the file system")


@pytest.fixture
def base(monkeypatch, tmp_path):
    monkeypatch.setattr(runtime, "_base", lambda: tmp_path)
    return tmp_path


def test_the_folder_is_private_and_gone_after_use(base):
    folder = RuntimeFolder()
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert folder.kernel() != folder.kernel()
    folder.remove()
    assert not list(base.iterdir())


def test_what_a_killed_pool_left_is_swept_by_the_next(base):
    left = RuntimeFolder()
    left.kernel()
    os.close(left.lock)
    used = RuntimeFolder()
    assert not left.path.exists()
    assert used.path.exists()
    used.remove()


def test_a_folder_in_use_is_not_swept(base):
    used, other = RuntimeFolder(), RuntimeFolder()
    assert used.path.exists()
    used.remove()
    other.remove()


def test_addresses_stay_short_where_the_temporary_folder_is_deep(monkeypatch, tmp_path):
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    monkeypatch.setattr(runtime.tempfile, "gettempdir", lambda: str(deep))
    folder = RuntimeFolder()
    assert len(os.fsencode(folder.kernel() / "s-5")) < 100
    folder.remove()
