"""How long each built page takes to open from disk in a real browser, and what it weighs.

``python benchmarks/pages.py [EDITION]``: prints one line per page; needs Chromium.
"""

from __future__ import annotations

import statistics
import sys

from playwright.sync_api import sync_playwright

from claimbook.page import office
from helpers.paths import project_root

REPEATS = 5


def main(edition: str) -> int:
    """Print the median time to the end of loading of each page, and the total size."""
    folder = project_root() / "reports" / edition
    pages = sorted(folder.glob("*.html"))
    if not pages:
        print(f"No report of '{edition}' is built: run 'make reports' first.", file=sys.stderr)
        return 2
    slowest = 0.0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=office.find_chromium(), args=list(office.CHROMIUM_FLAGS)
        )
        for page in pages:
            times = []
            for _ in range(REPEATS):
                tab = browser.new_page()
                tab.goto(page.as_uri(), wait_until="load")
                timing = "(() => { const t = performance.getEntriesByType('navigation')[0]; return t.loadEventEnd; })()"
                times.append(tab.evaluate(timing))
                tab.close()
            median = statistics.median(times)
            slowest = max(slowest, median)
            print(f"{page.name:32s} {page.stat().st_size:>9,} bytes  {median:6.0f} ms")
        browser.close()
    total = sum(page.stat().st_size for page in pages)
    print(f"{len(pages)} pages, {total:,} bytes; the slowest opens in {slowest:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "public-2026"))
