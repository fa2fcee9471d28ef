"""The same tasks on a Dask cluster that already runs: a local one of two workers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import claimbook.build.cluster as module
from claimbook.build.cluster import VARIABLE, ClusterPool, address_of
from claimbook.errors import UserError

pytest.importorskip("distributed", reason="the optional extra 'dask' is not installed")

# A cluster of its own process, as a user's is: it prints its address, and at the end of its input who did what.
CLUSTER = """
import json, sys
from distributed import Client, LocalCluster

def done():
    from claimbook.build import cluster
    return cluster.executed_here

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
        print(json.dumps(sorted(client.run(done).values())), flush=True)
"""


@pytest.fixture
def cluster(copy_of_build, tmp_path_factory):
    """A cluster whose workers import the helpers of a copy of the build, the copy, and how to run its command line."""
    copy, run = copy_of_build
    script = tmp_path_factory.mktemp("cluster") / "cluster.py"
    script.write_text(textwrap.dedent(CLUSTER), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": f"{copy / 'src'}", "OPSN_ROOT": f"{copy}"}
    process = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=script.parent,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    address = process.stdout.readline().strip()
    yield copy, run, address, process
    process.kill()
    process.communicate()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_two_workers_execute_the_notebooks_that_changed_and_give_the_same_bytes(cluster):
    copy, run, address, process = cluster
    before = {
        p.name: p.read_bytes() for p in (copy / ".cache/executed/public-2026").glob("*.ipynb")
    }
    for name in ("01_sources", "02_cleaning"):
        (copy / f".cache/executed/public-2026/{name}.ipynb").unlink()
    done = run("reports", "--dask", address)
    assert done.returncode == 0, done.stderr
    assert "2 notebooks executed." in done.stdout
    assert {
        p.name: p.read_bytes() for p in (copy / ".cache/executed/public-2026").glob("*.ipynb")
    } == before
    executed, _ = process.communicate("")
    assert json.loads(executed) == [["01_sources"], ["02_cleaning"]]


def test_a_failing_cell_is_told_as_it_is_here(cluster):
    copy, run, address, _ = cluster
    edit(
        copy / "notebooks/01_sources.ipynb",
        "n_figures = len(published)",
        "n_figures = len(published) / 0",
    )
    done = run("reports", "--dask", address)
    assert done.returncode == 1
    assert "01_sources, cell " in done.stderr
    assert "ZeroDivisionError: division by zero" in done.stderr
    assert "Traceback" not in done.stderr


def test_workers_that_see_another_folder_are_refused(cluster, monkeypatch):
    copy, _, address, _ = cluster
    real = module.seen_from_here
    # Only this process sees another folder: workers import the function from their own copy.
    monkeypatch.setattr(module, "seen_from_here", Elsewhere(real))
    pool = ClusterPool(address, copy)
    with pytest.raises(
        UserError, match=r"The Dask worker tcp://\S+ differs from this build in: folder\."
    ):
        pool.connect()
    pool.close()


class Elsewhere:
    """What is seen from a folder that workers do not see; on a worker, what the worker sees."""

    def __init__(self, real):
        self.real = real

    def __call__(self, root: str) -> dict[str, str]:
        return {**self.real(root), "folder": "another"}

    def __reduce__(self):
        return getattr, (module, "seen_from_here"), None


def test_an_address_where_nobody_answers_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("claimbook.build.cluster._CONNECTING", 0.5)
    with pytest.raises(UserError, match=r"No Dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        ClusterPool("tcp://127.0.0.1:9", tmp_path).connect()


def test_the_option_comes_before_the_variable(monkeypatch):
    monkeypatch.setenv(VARIABLE, "tcp://a:1")
    assert address_of("tcp://b:2") == "tcp://b:2"
    assert address_of(None) == "tcp://a:1"
    monkeypatch.delenv(VARIABLE)
    assert address_of(None) is None
