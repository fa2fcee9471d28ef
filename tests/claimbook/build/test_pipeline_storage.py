"""A full disk or a read-only folder: one error, and the last good reports stay."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from claimbook.build.publishing import publish, remove_stale, sweep
from claimbook.errors import StorageError
from claimbook.tables import replace_all, replace_text


def contents(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture
def full_after(monkeypatch):
    """Make the disk full after some files."""

    def fill(count: int) -> None:
        written = []
        real = Path.write_bytes

        def write(path, content):
            written.append(path)
            if len(written) > count:
                real(path, content[:1])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(path, content)

        monkeypatch.setattr(Path, "write_bytes", write)

    return fill


@pytest.fixture
def made(tmp_path):
    """Two pages that are published, and newer ones that are not."""
    pages, reports = tmp_path / "pages", tmp_path / "reports"
    for folder, text in ((pages, "new"), (reports, "old")):
        (folder / "operators").mkdir(parents=True)
        for name in ("a.html", "operators/b.html"):
            (folder / name).write_text(f"{text} {name}")
    return pages, reports, [pages / "a.html", pages / "operators" / "b.html"]


def test_pages_are_published_together(made):
    pages, reports, files = made
    publish(pages, reports, files)
    assert contents(reports) == contents(pages)


def test_when_the_disk_is_full_no_page_is_published_and_nothing_half_written_is_left(
    made, full_after
):
    pages, reports, files = made
    full_after(1)
    with pytest.raises(
        StorageError, match=r"'b\.html' cannot be written in operators \(No space left on device\)"
    ):
        publish(pages, reports, files)
    assert contents(reports) == {"a.html": "old a.html", "operators/b.html": "old operators/b.html"}


def test_a_file_whose_content_stays_is_not_touched(tmp_path):
    path = tmp_path / "a"
    replace_text(path, "x")
    before = path.stat()
    assert replace_all({path: b"x", tmp_path / "b": b"y"}) == [tmp_path / "b"]
    assert path.stat() == before


def test_what_a_killed_build_left_half_written_is_swept(tmp_path):
    (tmp_path / "deep").mkdir()
    for name in (".a.html.12-3.part", "deep/.b.csv.12-3.part", "deep/b.csv", ".gitkeep"):
        (tmp_path / name).write_text("x")
    sweep([tmp_path, tmp_path / "missing"])
    assert sorted(contents(tmp_path)) == [".gitkeep", "deep/b.csv"]


def test_stale_files_go_from_the_builds_own_folders_and_from_nowhere_else(tmp_path):
    own, other = tmp_path / "own", tmp_path / "other"
    for path in (own / "a.html", own / "operators" / "b.html", own / "c.html", other / "d.html"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    gone = [own / "a.html", own / "operators" / "b.html", own / "never.html", other / "d.html"]
    assert remove_stale(gone, [own]) == gone[:2]
    assert sorted(contents(tmp_path)) == ["other/d.html", "own/c.html"]
    assert not (own / "operators").exists()
