"""Compare what readers see of two builds: ``python scripts/compare_builds.py OLD NEW``.

OLD and NEW are folders of reports. The code that a page shows, its stamp, its style sheet and the
status page are left out; every other byte of every file counts. Exits with 1 if anything differs.
"""

import argparse
import difflib
import re
import sys
from pathlib import Path

# What may differ between two builds that say the same.
UNSEEN = (
    r'<details class="code">.*?</details>\n?',
    r'<meta name="opsn-stamp"[^>]*>',
    r"<style\b.*?</style>",
)
STATUS = "status.html"


def visible(path):
    """Return the content of a file without what no reader sees."""
    content = path.read_bytes()
    if path.suffix != ".html":
        return content
    text = content.decode("utf-8")
    for pattern in UNSEEN:
        text = re.sub(pattern, "", text, flags=re.DOTALL)
    return text.encode("utf-8")


def files(folder):
    """Return the files of a build by their name in it, the status page apart."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path
        for path in paths
        if not path.name.endswith(STATUS)
    }


def first_difference(old, new):
    """Return the first lines in which two contents differ, cut to what fits a terminal."""
    lines = difflib.unified_diff(
        old.decode("utf-8", "replace").splitlines(),
        new.decode("utf-8", "replace").splitlines(),
        n=0,
        lineterm="",
    )
    changed = [line[:300] for line in lines if not line.startswith(("---", "+++", "@@"))]
    return "\n    ".join(changed[:6])


def main():
    """Print the files that differ, and how."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--only", default="", help="compare only names that contain this text")
    options = parser.parse_args()
    old, new = (
        {name: path for name, path in files(folder).items() if options.only in name}
        for folder in (options.old, options.new)
    )
    problems = [f"only in {options.old}: {name}" for name in sorted(old.keys() - new.keys())]
    problems += [f"only in {options.new}: {name}" for name in sorted(new.keys() - old.keys())]
    for name in sorted(old.keys() & new.keys()):
        before, after = visible(old[name]), visible(new[name])
        if before != after:
            problems.append(f"differs: {name}\n    {first_difference(before, after)}")
    print("\n".join(problems) if problems else f"{len(new)} files, same bytes.")
    return 1 if problems or not new else 0


if __name__ == "__main__":
    sys.exit(main())
