"""The site, opened from a local server as Pages serves it: every link leads somewhere."""

import functools
import importlib.util
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest

ROOT = Path(__file__).parents[2]
LINKS = "[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"
IDS = "[...document.querySelectorAll('[id]')].map(e => e.id)"


def sheet(url):
    return "/operators/" in url and not url.endswith("/index.html")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site(built, tmp_path_factory):
    """Address of the site of the default edition, made as the workflow makes it."""
    assert built.code == 0
    spec = importlib.util.spec_from_file_location("release", ROOT / "scripts" / "release.py")
    release = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(release)
    folder = tmp_path_factory.mktemp("site")
    release.make_site(folder, [built.layout])
    handler = functools.partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("width", [1280, 390])
def test_every_link_of_the_site_leads_to_a_page_and_nothing_fails(chromium, site, width):
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page, problems, ids, wanted = context.new_page(), [], {}, set()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text))
    page.on("requestfailed", lambda request: problems.append(request.url))

    def open_all(waiting):
        while waiting:
            url = waiting.pop()
            if url in ids:
                continue
            if page.goto(url).status != 200:
                problems.append(f"not found: {url}")
            ids[url] = set(page.evaluate(IDS))
            if page.evaluate("document.documentElement.scrollWidth") > width:
                problems.append(f"scrolls sideways: {url}")
            for href in page.evaluate(LINKS):
                target, anchor = urldefrag(urljoin(url, href))
                if target.startswith(site):
                    wanted.add((target, anchor))
                    waiting += [target] if target.endswith(".html") and not sheet(target) else []

    open_all([site])
    # Sheets come from one template: every tenth is opened, all are asked for.
    open_all(sorted({target for target, _ in wanted if sheet(target)})[::10])
    problems += [
        f"not found: {target}"
        for target in sorted({target for target, _ in wanted} - set(ids))
        if context.request.get(target).status != 200
    ]
    lost = {(url, name) for url, name in wanted if name and name not in ids.get(url, [name])}
    context.close()
    assert (problems, lost) == ([], set())
    assert len(ids) > 15 and len(wanted) > 100
