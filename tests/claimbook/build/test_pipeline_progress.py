"""What a person sees while a build runs, and after it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from claimbook.build.progress import Progress, spoken
from claimbook.build.tasks import Task


def tasks(*names):
    return [Task(name=name, action=lambda: None, needs=(), makes=()) for name in names]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (12.4, "12 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s")],
)
def test_durations_are_spoken(seconds, words):
    assert spoken(seconds) == words


def test_the_time_left_is_that_of_the_past_shared_by_the_workers():
    progress = Progress(
        tasks("execute a", "execute b", "execute c"),
        {"execute a": 10, "execute b": 20, "execute c": 30},
        2,
    )
    assert progress.left() == pytest.approx(30)
    progress.started("execute c")
    progress.ended("execute c")
    progress.judged("execute c", "executed")
    assert progress.left() == pytest.approx(20)


def test_a_notebook_that_never_ran_is_expected_to_take_as_long_as_its_like():
    past = {"execute 10_sheet/a": 2, "execute 10_sheet/b": 4, "execute 04": 100}
    progress = Progress(tasks("execute 10_sheet/c"), past, 1)
    assert progress.left() == pytest.approx(3)


def test_nothing_is_said_of_the_time_left_when_nothing_is_known():
    assert Progress(tasks("execute a"), {}, 1).left() is None


def test_a_reader_that_need_not_run_is_no_longer_waited_for():
    progress = Progress(tasks("execute a", "execute b"), {"execute a": 5, "execute b": 50}, 1)
    progress.judged("execute b", "unchanged")
    assert progress.left() == pytest.approx(5)


def test_without_a_terminal_each_task_is_one_plain_line(capsys):
    with Progress(tasks("execute a", "export a"), {"export a": 1.5}, 1) as progress:
        progress.started("execute a")
        progress.ended("execute a")
        progress.judged("execute a", "executed")
        progress.judged("export a", "failed")
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("[1/2] execute a 0.0 s (about 1.5 s left)")
    assert second == "[2/2] export a FAILED"
    assert "\x1b" not in first + second


def test_a_quiet_build_says_nothing(capsys):
    with Progress(tasks("execute a"), {}, 1, quiet=True) as progress:
        progress.started("execute a")
        progress.judged("execute a", "executed")
    assert capsys.readouterr().out == ""


def test_in_a_terminal_the_table_shows_what_runs_what_is_done_and_what_failed():
    progress = Progress(tasks("execute a", "execute b", "execute c"), {"execute c": 70}, 1)
    for name, outcome in (("execute a", "executed"), ("execute b", "failed")):
        progress.started(name)
        progress.ended(name)
        progress.judged(name, outcome)
    progress.started("execute c")
    console = Console(file=io.StringIO(), width=80)
    console.print(progress._table())
    text = console.file.getvalue()
    assert [line.split()[:3] for line in text.splitlines()[1:4]] == [
        ["execute", "a", "done"],
        ["execute", "b", "failed"],
        ["execute", "c", "running"],
    ]
    assert "2 of 3 tasks (about 1 min 10 s left)" in text


def test_the_summary_counts_executed_unchanged_and_failed_and_names_the_slowest():
    names = [f"execute {letter}" for letter in "abcdefg"]
    progress = Progress(tasks(*names, "export a"), {}, 1)
    for place, name in enumerate(names[:6]):
        progress.started(name)
        progress.ended(name)
        progress.seconds[name] = float(place)
        progress.judged(name, "executed")
    progress.judged("execute g", "failed")
    progress.judged("export a", "skipped")
    counts, slowest = progress.summary(9).splitlines()
    assert counts.startswith("6 notebooks executed. 2 unchanged, 1 failed, 1 not run for that.")
    assert slowest == "Slowest: f 5.0 s, e 4.0 s, d 3.0 s, c 2.0 s, b 1.0 s."
