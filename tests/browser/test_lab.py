"""A day in JupyterLab: run, edit, add, save; then the notebook is clean and the lint is silent."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import nbformat.v4 as v4
import pytest

from claimbook.tidy import is_readable
from tests.claimbook.page.sample import PLAIN, displays
from tests.loading import run_in

pytestmark = pytest.mark.slow

EDITED = "published-told"
NAME = "03_service_map"
# The machine may be busy: in seconds.
PATIENCE = 900


@pytest.fixture(scope="module")
def project(copy_of_build):
    """Copy the built project; return its folder and the environment of a user without a home."""
    root = copy_of_build()
    (root / ".venv").symlink_to(sys.prefix)
    (root / "home").mkdir()
    own = {"HOME": root / "home", "OPSN_ROOT": root, "PYTHONPATH": root / "src"}
    return root, os.environ | {name: str(path) for name, path in own.items()}


@pytest.fixture(scope="module")
def address(project):
    """Start ``make lab`` in the copy, and return its address."""
    root, environment = project
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    options = f"--no-browser --allow-root --port={port} --IdentityProvider.token="
    # The environment is set up already, for the project of which this is a copy.
    command = ["make", "lab", "PYTHON=true", f"LAB={options}"]
    log = (root / "lab.log").open("w")
    server = subprocess.Popen(
        command, cwd=root, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    url, end = f"http://localhost:{port}", time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/api").close()
            break
        except OSError:
            time.sleep(0.5)
    else:
        pytest.fail(f"JupyterLab did not start: {(root / 'lab.log').read_text()}")
    yield url
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(60)
    log.close()


@pytest.fixture
def open_notebook(chromium, address):
    """Return a function that opens a notebook in JupyterLab."""
    pages = []

    def opened(name):
        page = chromium.new_page(viewport={"width": 1400, "height": 900})
        pages.append(page)
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(f"{address}/lab/tree/notebooks/{name}.ipynb")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        return page

    yield opened
    for page in pages:
        page.close()


def save(page, path):
    """Save by the keyboard, and wait until the file is written."""
    before = path.stat().st_mtime_ns
    page.keyboard.press("Control+s")
    end = time.monotonic() + 60
    while path.stat().st_mtime_ns == before and time.monotonic() < end:
        page.wait_for_timeout(200)
    assert path.stat().st_mtime_ns > before, "nothing was saved"
    return json.loads(path.read_text(encoding="utf-8"))


def wait_until_it_ran(address):
    """Wait until the only kernel was busy and then idle for some seconds."""
    idle, was_busy, end = 0, False, time.monotonic() + PATIENCE
    while idle < 5 and time.monotonic() < end:
        time.sleep(1)
        with urllib.request.urlopen(f"{address}/api/kernels") as answer:
            (state,) = (kernel["execution_state"] for kernel in json.load(answer))
        was_busy |= state == "busy"
        idle = idle + 1 if was_busy and state == "idle" else 0
    assert idle, "the notebook did not run"


def test_what_is_saved_is_clean_and_the_lint_is_silent(project, address, open_notebook):
    root, environment = project
    path = root / "notebooks" / f"{NAME}.ipynb"
    before = json.loads(path.read_text(encoding="utf-8"))
    page = open_notebook(NAME)
    # What is asked before the kernel is there is not run.
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_text("Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    wait_until_it_ran(address)
    # JupyterLab draws what is in view: the table of contents leads to the last cell.
    page.locator(".jp-TableOfContents").get_by_text("Limites").click()
    page.locator(".jp-RenderedMarkdown", has_text="services par opérateur en moyenne").wait_for()
    page.screenshot(path=root / "1-run.png")

    page.locator(".jp-TableOfContents").get_by_text("Face aux taux publiés").click()
    page.locator(".jp-RenderedMarkdown p", has_text="Trois taux ont été publiés").click()
    page.keyboard.press("Enter")
    # Keys typed before the editor has the focus are lost.
    page.get_by_text("Mode: Edit").wait_for()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nUne phrase de plus, que le lecteur verra.")
    page.keyboard.press("Escape")
    after = save(page, path)
    (place,) = (n for n, cell in enumerate(before["cells"]) if cell["id"] == EDITED)
    before["cells"][place]["source"][-1] += "\n"
    before["cells"][place]["source"].append("Une phrase de plus, que le lecteur verra.")
    assert after == before, "another change than the sentence"

    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.type("more_than_half = top.value > 0.5")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Escape")
    page.screenshot(path=root / "2-added.png")
    cells = save(page, path)["cells"]
    assert len(cells) == len(before["cells"]) + 1
    assert all(is_readable(cell["id"]) and not cell.get("outputs") for cell in cells)
    assert cells[place + 1]["id"] == "more-than-half"

    lint = run_in(root, "helpers", "lint", str(path), HOME=environment["HOME"])
    assert (lint.returncode, lint.stdout) == (0, "")
    build = run_in(root, "helpers", "reports", HOME=environment["HOME"])
    assert build.returncode == 0, build.stdout + build.stderr
    assert re.findall(r"(?m)^chapter (\w+) [\d.]+ s$", build.stdout) == [NAME]
    kept = {place.name for place in (root / "home").iterdir()}
    assert not kept & {".jupyter", ".ipython", ".local"}, "something was written to the home"


def test_a_figure_is_seen_in_a_notebook_that_is_not_trusted(project, open_notebook):
    root, _ = project
    output, _ = displays(PLAIN)
    cell = v4.new_code_cell("", id="figure", outputs=[output], execution_count=1)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    received = v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    nbformat.write(received, root / "notebooks" / "99_received.ipynb")
    page = open_notebook("99_received")
    image = page.locator(".jp-OutputArea-output img")
    image.wait_for()
    page.get_by_text("Données de la figure", exact=False).first.click()
    page.screenshot(path=root / "3-untrusted.png")
    assert image.evaluate("element => element.naturalWidth") > 300
    align = "element => getComputedStyle(element).textAlign"
    rows = page.locator(".jp-OutputArea-output tbody tr").first
    assert [rows.locator(tag).evaluate(align) for tag in ("th", "td")] == ["left", "right"]
