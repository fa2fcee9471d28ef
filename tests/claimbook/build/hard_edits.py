"""Whether what must run again does: ``python -m tests.claimbook.build.hard_edits --edits 30``."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.claimbook.build.edits import EDITS
from tests.claimbook.build.tiny import Tiny


def main() -> int:
    """Make the edits in turn, and tell which notebooks ran that need not, or did not that must."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--edits", type=int, default=len(EDITS))
    chosen = list(EDITS.items())[: options.parse_args().edits]
    right = needless = 0
    with tempfile.TemporaryDirectory() as folder:
        project = Tiny(Path(folder).resolve())
        project.build()
        for name, (edit, expected) in chosen:
            edit(project)
            code, ran = project.build()
            right += code == 0 and ran >= expected
            needless += len(ran - expected)
            print(f"{name}: ran {sorted(ran)}, must {sorted(expected)}", flush=True)
    print(f"{right} of {len(chosen)} re-ran what they must, {needless} needless")
    return int(right < len(chosen) or needless > 0)


if __name__ == "__main__":
    raise SystemExit(main())
