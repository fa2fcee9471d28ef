"""What each built page weighs, and how long it takes to open from disk in a real browser.

``python benchmarks/pages.py [EDITION]``: prints one line per page; times need Chromium.
"""

from __future__ import annotations

import statistics
import sys

from playwright.sync_api import sync_playwright

from claimbook.page import office
from helpers.paths import project_root

REPEATS = 5
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


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
            print(f"{page.name:32s} {page.stat().st_size:>9,} bytes  {medians[-1]:6.0f} ms")
        browser.close()
    total = sum(page.stat().st_size for page in pages)
    print(f"{len(pages)} pages, {total:,} bytes; the slowest opens in {max(medians):.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "public-2026"))
