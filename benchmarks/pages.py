"""What each built page weighs and says, and how long it takes to open in a real browser.

``python benchmarks/pages.py [EDITION]``: prints one line per page; times need Chromium. Words are
those of paragraphs and lists, without code, citation and sources. The last line tells the size of
the environment, with its extras, and the number of runtime dependencies.
"""

from __future__ import annotations

import re
import statistics
import sys
import tomllib
from pathlib import Path

import bs4
from playwright.sync_api import sync_playwright

from claimbook.page import office
from helpers.paths import project_root

REPEATS = 5
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def told(page: str) -> str:
    """Count the words of the prose of a page, and the words and numbers of its answer."""
    tree = bs4.BeautifulSoup(page, "html.parser")
    for element in tree.select("details, nav, header, footer, .back-matter, .tabular, .paper"):
        element.decompose()
    prose = " ".join(p.get_text() for p in tree.select("main p, main li"))
    answer = " ".join(p.get_text() for p in tree.select(".answer p"))
    # Thousands are set apart by a thin space.
    numbers = re.findall(r"\d[\d\u202f,]*", answer)
    n_words, n_answer = (len(re.findall(r"[\w’'-]+", text)) for text in (prose, answer))
    return f"{n_words:>5,} words, answer {n_answer:>2} words, {len(numbers)} numbers"


def environment() -> str:
    """Say how much room the environment takes, and how many packages the project asks for."""
    files = (path for path in Path(sys.prefix).rglob("*") if not path.is_symlink())
    size = sum(path.stat().st_size for path in files if path.is_file())
    declared = tomllib.loads((project_root() / "pyproject.toml").read_text(encoding="utf-8"))
    number = len(declared["project"]["dependencies"])
    return f"environment: {size / 1e9:.2f} GB, {number} runtime dependencies"


def main(edition: str) -> int:
    """Print the size of each page, the median time to its end of loading, and the totals."""
    pages = sorted((project_root() / "reports" / edition).glob("*.html"))
    if not pages:
        print(f"No report of '{edition}' is built: run 'make reports' first.", file=sys.stderr)
        return 2
    with sync_playwright() as driver:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = driver.chromium.launch(executable_path=office.find_chromium(), args=flags)
        medians = []
        for page in pages:
            times = []
            for _ in range(REPEATS):
                tab = browser.new_page()
                tab.goto(page.as_uri(), wait_until="load")
                times.append(tab.evaluate(LOADED))
                tab.close()
            medians.append(statistics.median(times))
            weight = f"{page.stat().st_size:>9,} bytes {medians[-1]:4.0f} ms"
            print(f"{page.name:30s} {weight} {told(page.read_text(encoding='utf-8'))}")
        browser.close()
    total = sum(page.stat().st_size for page in pages)
    print(f"{len(pages)} pages, {total:,} bytes; the slowest opens in {max(medians):.0f} ms")
    print(environment())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "public-2026"))
