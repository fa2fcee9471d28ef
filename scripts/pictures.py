"""Draw the pictures of the README: the top of a report, and the map of another.

    make pictures

They are screenshots of the built reports in Chromium, which the browser tests use too.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from claimbook.page import office
from helpers.layout import layout_of

ROOT = Path(__file__).resolve().parent.parent
#: Picture under docs/: report, what is shown of it (None: the window), and the window's size.
PICTURES = {
    "report.png": ("04_typology", None, (1120, 900)),
    "map.png": ("07_complementarity", "#carte-securite .plot-box", (900, 1000)),
}


def main():
    """Write each picture."""
    reports = layout_of("public-2026", ROOT)
    executable = office.find_chromium()
    if not executable:
        sys.exit("error: no Chromium is installed. On Debian: apt-get install chromium")
    with sync_playwright() as driver:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = driver.chromium.launch(executable_path=executable, args=flags)
        for name, (report, part, (width, height)) in PICTURES.items():
            view = browser.new_page(viewport={"width": width, "height": height})
            view.goto((reports.reports / reports.named(report)).as_uri())
            shown = view.locator(part).first if part else view
            shown.screenshot(path=ROOT / "docs" / name)
        browser.close()


if __name__ == "__main__":
    main()
