from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from claimbook.run import NotebookFailure, WarmKernels, execute, shared_kernels
from claimbook.run.preload import PRELOAD

WHO = "import os\nprint(os.getppid(), os.getpid())"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


def ended(pid, patience=20.0):
    """Wait for a process to end; a zombie that nobody reaps has ended too."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state in "ZX":
            return True
        time.sleep(0.05)
    return False


def test_kernels_are_children_of_the_zygote(kernels, notebook, printed):
    parent, own = map(int, printed(kernels.execute(notebook(WHO))).split())
    assert parent == kernels.zygote_pid
    assert ended(own)


def test_all_that_is_preloaded_imports_and_starts_no_thread(kernels, notebook):
    kernels.execute(notebook("1"))
    assert kernels.warm
    assert kernels._zygote.failed == {}
    assert len(list(Path(f"/proc/{kernels.zygote_pid}/task").iterdir())) == 1


def test_kernels_are_talked_to_over_sockets_of_the_file_system_that_only_their_owner_can_reach(
    light,
):
    with WarmKernels(preload=light) as pool:
        manager = pool.manager()
        assert manager.transport == "ipc"
        assert Path(manager.ip).parent == manager.folder
        assert manager.folder.stat().st_mode & 0o077 == 0
        pool.release(manager)


def test_nothing_of_the_study_is_preloaded():
    assert not [name for name in PRELOAD if name.partition(".")[0] == "helpers"]


def test_the_same_pool_is_shared_by_the_process():
    assert shared_kernels() is shared_kernels()


def test_nothing_starts_before_the_first_notebook():
    with WarmKernels() as pool:
        assert pool.zygote_pid is None


def test_closing_ends_the_zygote_and_removes_its_folder(light, notebook):
    with WarmKernels(preload=light) as pool:
        pool.execute(notebook("1"))
        pid, folder = pool.zygote_pid, pool._folder.path
        assert folder.exists()
    assert ended(pid)
    assert not folder.exists()
    pool.close()
    with pytest.raises(RuntimeError, match="closed"):
        pool.execute(notebook("1"))


def test_closing_while_the_zygote_imports_does_not_wait_for_it(
    light, notebook, tmp_path, monkeypatch
):
    (tmp_path / "endless.py").write_text("import time\ntime.sleep(3000)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    pool = WarmKernels(preload=[*light, "endless"])
    pool.start()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(pool.execute, notebook("1"))
        time.sleep(0.2)
        pool.close()
        with pytest.raises(RuntimeError, match="closed"):
            waiting.result()
    assert ended(pool.zygote_pid)


def test_a_killed_zygote_takes_its_kernels_along_and_is_replaced(
    light, notebook, printed, tmp_path
):
    source = (
        "import os, signal, time\nfrom pathlib import Path\nfirst = not Path('pid').exists()\n"
        "if first:\n    _ = Path('pid').write_text(str(os.getpid()))\n    os.kill(os.getppid(), 9)\n"
        "    time.sleep(300)\nprint('through')"
    )
    with WarmKernels(preload=light) as pool:
        assert printed(pool.execute(notebook(source), cwd=tmp_path)) == "through\n"
    assert ended(int((tmp_path / "pid").read_text()))


def test_a_killed_build_leaves_no_process_and_the_next_one_sweeps_its_folder(light, tmp_path):
    program = f"""
        from nbformat.v4 import new_code_cell, new_notebook
        from claimbook.run import WarmKernels
        hang = "import os, subprocess, time\\nfrom pathlib import Path\\nchild = subprocess.Popen(['sleep', '300'])\\n"
        hang += "_ = Path('pids').write_text(f'{{os.getpid()}} {{child.pid}} {{os.getppid()}}.')\\ntime.sleep(300)"
        with WarmKernels(preload={light!r}) as pool:
            pool.start()
            print(pool._folder.path, flush=True)
            pool.execute(new_notebook(cells=[new_code_cell(hang)]), cwd={str(tmp_path)!r})
    """
    build = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
    )
    folder, pids = Path(build.stdout.readline().strip()), tmp_path / "pids"
    while not (pids.exists() and pids.read_text().endswith(".")):
        assert build.poll() is None
        time.sleep(0.02)
    os.kill(build.pid, signal.SIGKILL)
    build.communicate()
    assert all(ended(int(pid)) for pid in pids.read_text().rstrip(".").split())
    with WarmKernels(preload=light) as pool:
        pool.start()
        assert not folder.exists()


def test_a_library_that_starts_a_thread_makes_kernels_start_cold_and_says_so(
    light, notebook, printed, tmp_path, monkeypatch, caplog
):
    (tmp_path / "threaded.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with WarmKernels(preload=[*light, "threaded"]) as pool:
        executed = pool.execute(
            notebook(
                "import sys, warnings\nprint('threaded' in sys.modules, warnings.filters[-1][0])"
            )
        )
        assert not pool.warm
    assert printed(executed) == "False error\n"
    assert "kernels start cold: its imports started 1 thread(s)" in caplog.text


def test_a_module_that_cannot_be_preloaded_fails_where_it_is_used(light, notebook):
    with WarmKernels(preload=[*light, "no_such_module"]) as pool:
        pool.execute(notebook("1"))
        assert pool._zygote.failed == {
            "no_such_module": "ModuleNotFoundError: No module named 'no_such_module'"
        }
        with pytest.raises(NotebookFailure, match="ModuleNotFoundError"):
            pool.execute(notebook("import no_such_module"))


def test_an_ordinary_kernel_gives_the_same_bytes_under_the_same_rules(kernels, notebook):
    source = (
        "import sys, os, warnings\n"
        "print([name for name in sys.modules if name.startswith('helpers')], hash('a'), os.environ['MPLBACKEND'])\n"
        "print([entry for entry in sys.path if not entry.endswith('.zip')])\nprint(warnings.filters)"
    )
    ordinary, forked = execute(notebook(source)), kernels.execute(notebook(source))
    assert nbformat.writes(ordinary) == nbformat.writes(forked)


def test_an_unknown_way_to_start_is_refused():
    with pytest.raises(ValueError, match="'auto', 'fork' or 'ordinary', not 'warm'"):
        WarmKernels(start="warm")


@pytest.mark.parametrize(
    ("platform", "warm"), [("linux", True), ("darwin", False), ("win32", False)]
)
def test_kernels_are_forked_on_linux_and_ordinary_elsewhere(monkeypatch, platform, warm):
    monkeypatch.delenv("OPSN_KERNEL_START", raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    assert WarmKernels().warm is warm


def test_the_environment_can_ask_for_ordinary_kernels(monkeypatch):
    monkeypatch.setenv("OPSN_KERNEL_START", "ordinary")
    assert not WarmKernels().warm
