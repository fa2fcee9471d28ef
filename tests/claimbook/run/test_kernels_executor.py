from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from claimbook.errors import UserError
from claimbook.run import NotebookFailure

FIRST_TIME = (
    "from pathlib import Path\nonce = Path('once')\nfirst = not once.exists()\nonce.touch()"
)


def gone(pid, patience=20.0):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_outputs_and_counts_follow_the_order_of_the_cells(kernels, notebook):
    executed = kernels.execute(notebook("x = 1", "print(x)\nx + 1", "x + 2"))
    assert [cell.execution_count for cell in executed.cells] == [1, 2, 3]
    assert [output.output_type for output in executed.cells[1].outputs] == [
        "stream",
        "execute_result",
    ]
    assert executed.cells[2].outputs[0].data["text/plain"] == "3"
    nbformat.validate(executed)


def test_the_notebook_given_is_left_as_it_is(kernels, notebook):
    given = notebook("print(1)")
    kernels.execute(given)
    assert given == notebook("print(1)")


def test_two_runs_give_the_same_bytes_without_times_or_versions(kernels, notebook):
    source = "import random\nprint({'a', 'b', 'c'}, hash('a'))\nfor i in range(300):\n    print(i, flush=True)"
    texts = [nbformat.writes(kernels.execute(notebook(source, "1"))) for _ in range(2)]
    assert texts[0] == texts[1]
    assert 'execution"' not in texts[0]
    assert nbformat.reads(texts[0], as_version=4).metadata == {"language_info": {"name": "python"}}


def test_text_in_a_row_is_merged_but_not_across_a_display(kernels, notebook):
    executed = kernels.execute(
        notebook("print(1, flush=True)\nprint(2, flush=True)\ndisplay('x')\nprint(3)")
    )
    assert [output.get("text") for output in executed.cells[0].outputs] == ["1\n2\n", None, "3\n"]


def test_parameters_replace_the_defaults(kernels, notebook, printed):
    executed = kernels.execute(
        notebook("print(edition)", parameters="edition = 'a'"), parameters={"edition": "b"}
    )
    assert printed(executed) == "b\n"


def test_the_folder_of_a_notebook_given_by_path_is_its_working_directory(
    kernels, notebook, printed, tmp_path
):
    path = tmp_path / "01_sources.ipynb"
    nbformat.write(notebook("from pathlib import Path\nprint(Path.cwd())"), path)
    assert printed(kernels.execute(path)) == f"{tmp_path.resolve()}\n"
    assert (
        printed(kernels.execute(str(path), cwd=tmp_path.parent)) == f"{tmp_path.parent.resolve()}\n"
    )


def test_environment_variables_reach_the_kernel(kernels, notebook, printed):
    executed = kernels.execute(
        notebook("import os\nprint(os.environ['EDITION'])"), environ={"EDITION": "x"}
    )
    assert printed(executed) == "x\n"


def test_a_failing_cell_is_reported_at_once_with_its_line(kernels, notebook, tmp_path):
    with pytest.raises(NotebookFailure) as caught:
        kernels.execute(
            notebook(FIRST_TIME, "a = 1\n\nassert first, 'second kernel'\n1 / (a - 1)"),
            name="04.ipynb",
            cwd=tmp_path,
        )
    failure = caught.value
    assert str(failure) == (
        "04.ipynb, cell 'cell-2' (number 2), line 4: ZeroDivisionError: division by zero\n    1 / (a - 1)"
    )
    assert (failure.kind, failure.attempts, failure.cell_id, failure.line) == (
        "error",
        1,
        "cell-2",
        4,
    )
    assert "Traceback" in failure.traceback


def test_a_syntax_error_is_reported_with_its_line(kernels, notebook):
    with pytest.raises(NotebookFailure, match=r"line 2: SyntaxError.*\n    y = = 2"):
        kernels.execute(notebook("x = 1\ny = = 2"))


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nprint('careful', file=sys.stderr)",
        "import logging\nlogging.getLogger('x').warning('careful')",
        "import os\n_ = os.write(2, b'careful')\nimport time; time.sleep(0.3)",
    ],
)
def test_a_cell_that_writes_to_stderr_fails(kernels, notebook, source):
    with pytest.raises(NotebookFailure, match=r"cell 'cell-2'.*wrote to stderr: careful") as caught:
        kernels.execute(notebook("1", source, "2"))
    assert caught.value.kind == "stderr"


@pytest.mark.parametrize(
    "category", ["UserWarning", "DeprecationWarning", "FutureWarning", "RuntimeWarning"]
)
def test_a_warning_is_an_error(kernels, notebook, category):
    with pytest.raises(NotebookFailure, match=f"{category}: beware"):
        kernels.execute(
            notebook(f"import warnings\nwarnings.warn('beware', {category}, stacklevel=1)")
        )


def test_a_killed_kernel_is_replaced_and_its_notebook_run_again(
    kernels, notebook, printed, tmp_path
):
    executed = kernels.execute(
        notebook(FIRST_TIME, "import os\nif first:\n    os.kill(os.getpid(), 9)\nprint('through')"),
        cwd=tmp_path,
    )
    assert printed(executed) == "through\n"
    assert [cell.execution_count for cell in executed.cells] == [1, 2]


def test_a_notebook_that_kills_two_kernels_is_reported_with_the_cell(kernels, notebook):
    with pytest.raises(NotebookFailure) as caught:
        kernels.execute(notebook("1", "import os\nos.kill(os.getpid(), 9)"), name="05.ipynb")
    assert str(caught.value) == (
        "05.ipynb, cell 'cell-2' (number 2): the kernel died (killed by SIGKILL) (in 2 kernels)\n    import os"
    )
    assert (caught.value.kind, caught.value.attempts) == ("died", 2)


def test_a_crash_is_reported_with_the_stack_that_led_to_it(kernels, notebook):
    with pytest.raises(NotebookFailure, match="killed by SIGSEGV") as caught:
        kernels.execute(notebook("import ctypes\nctypes.string_at(0)"))
    assert "Segmentation fault" in caught.value.traceback


def test_a_cell_that_leaves_the_interpreter_is_reported(kernels, notebook):
    with pytest.raises(NotebookFailure, match="exit code 3"):
        kernels.execute(notebook("import os\nos._exit(3)"))


def test_a_hanging_cell_is_run_again_then_reported_with_the_line_where_it_hung(
    kernels, notebook, tmp_path
):
    with pytest.raises(NotebookFailure) as caught:
        kernels.execute(
            notebook(
                "import os, subprocess, time\nfrom pathlib import Path",
                "child = subprocess.Popen(['sleep', '300'])\n"
                "with Path('pids').open('a') as file:\n    file.write(f'{os.getpid()} {child.pid} ')\n"
                "while True:\n    time.sleep(0.01)",
            ),
            cwd=tmp_path,
            timeout=1,
        )
    failure = caught.value
    assert (failure.kind, failure.attempts, failure.line) == ("timeout", 2, 5)
    assert "no end after 1 s (in 2 kernels)" in str(failure)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 4
    assert all(map(gone, pids))


def test_a_cell_that_hung_once_only_is_forgiven(kernels, notebook, printed, tmp_path):
    executed = kernels.execute(
        notebook(FIRST_TIME, "import time\nif first:\n    time.sleep(300)\nprint('through')"),
        cwd=tmp_path,
        timeout=1,
    )
    assert printed(executed) == "through\n"


def test_several_threads_execute_at_once(kernels, notebook, tmp_path):
    barrier = (
        "from pathlib import Path\nimport time\nPath(f'{n}').touch()\n"
        "while len(list(Path().iterdir())) < 3:\n    time.sleep(0.01)\nprint(n)"
    )

    def run(n):
        executed = kernels.execute(
            notebook(barrier, parameters="n = 0"), parameters={"n": n}, cwd=tmp_path
        )
        return executed.cells[-1].outputs[0].text

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(run, range(3))) == ["0\n", "1\n", "2\n"]


def test_it_runs_inside_a_running_event_loop(kernels, notebook, printed):
    async def caller():
        return kernels.execute(notebook("print('done')"))

    assert printed(asyncio.run(caller())) == "done\n"


def test_a_cell_may_await(kernels, notebook, printed):
    assert (
        printed(kernels.execute(notebook("import asyncio\nawait asyncio.sleep(0)\nprint('done')")))
        == "done\n"
    )


def test_an_interrupted_caller_leaves_no_kernel(kernels, notebook, tmp_path):
    pid_file = tmp_path / "pid"

    def interrupt():
        deadline = time.monotonic() + 30
        while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < deadline:
            time.sleep(0.02)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    source = "import os, time\nfrom pathlib import Path\n_ = Path('pid').write_text(str(os.getpid()))\ntime.sleep(300)"
    with pytest.raises(KeyboardInterrupt):
        kernels.execute(notebook(source), cwd=tmp_path)
    thread.join()
    assert gone(int(pid_file.read_text()))


def test_what_a_notebook_leaves_open_is_finished_at_its_end(kernels, notebook, tmp_path):
    source = (
        "import atexit\nfrom concurrent.futures import ThreadPoolExecutor\nfrom pathlib import Path\n"
        "file = open('file', 'w')\n_ = file.write('whole')\n"
        "_ = atexit.register(Path('handler').write_text, 'ran')\n"
        "_ = ThreadPoolExecutor(1).submit(lambda: (__import__('time').sleep(0.3), Path('thread').write_text('ended')))"
    )
    kernels.execute(notebook(source), cwd=tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "file": "whole",
        "handler": "ran",
        "thread": "ended",
    }


def test_a_kernel_leaves_no_file_behind(kernels, notebook):
    kernels.execute(notebook("1"))
    assert not [path for path in kernels._folder.path.iterdir() if path.is_dir()]


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", '{"nbformat": 4', '{"cells": 3, "nbformat": 4, "nbformat_minor": 5}'],
)
def test_a_file_that_is_no_notebook_is_refused_by_name(kernels, tmp_path, content):
    (tmp_path / "x.ipynb").write_text(content)
    with pytest.raises(UserError, match=r"x\.ipynb: not a notebook"):
        kernels.execute(tmp_path / "x.ipynb")


def test_a_notebook_whose_cells_have_no_id_is_refused(kernels, notebook, tmp_path):
    given = notebook("1")
    del given.cells[0]["id"]
    (tmp_path / "x.ipynb").write_text(json.dumps(given))
    with pytest.raises(UserError, match=r"x\.ipynb: .*a cell has no id"):
        kernels.execute(tmp_path / "x.ipynb")


def test_a_missing_file_or_folder_is_refused_by_name(kernels, notebook):
    with pytest.raises(UserError, match=r"missing\.ipynb: No such file"):
        kernels.execute(Path("missing.ipynb"))
    with pytest.raises(UserError, match=r"the folder 'missing' does not exist"):
        kernels.execute(notebook("1"), cwd="missing")
