"""What changed between two builds, and the acceptance of one as a new baseline.

Claims are compared by value, figures and tables by the data that they show, as CSV.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from claimbook import DATA_MIME
from claimbook.claims.ledger import key, ledger_text, read_baseline, read_ledger
from claimbook.errors import UserError
from claimbook.tables import replace_text

# Two floats of the same computation on two machines may differ by this much, relative to size.
FLOAT_NOISE = 1e-9
RELATIVE_TOLERANCE = 1e-6
AT_MOST = 5


@dataclass(frozen=True)
class Change:
    """One claim before and after."""

    old: dict
    new: dict

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """Sentences that differ, in pairs; where none does, one pair of equals.

        A sentence that one side states more often than the other, or alone, is no rewording.
        """
        before, after = sentences(self.old), sentences(self.new)
        blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        pairs: dict[tuple[str, str], None] = {}
        for kind, a, b, c, d in blocks:
            if kind == "replace":
                pairs.update(dict.fromkeys(_closest(before[a:b], after[c:d])))
        # A text that both sides state somewhere is said elsewhere now, not in other words.
        common = set(before) & set(after)
        kept = [pair for pair in pairs if not common.intersection(pair)]
        return kept or [(s, s) for s in before if s in common][:1]


@dataclass(frozen=True)
class Comparison:
    """The difference between an accepted ledger and another one.

    Attributes
    ----------
    changed : list of Change
        Values that moved by more than their tolerance.
    within : list of Change
        Values that moved by more than float noise, within their tolerance.
    new, gone : list of dict
        Claims of one ledger only.
    """

    changed: list[Change] = field(default_factory=list)
    within: list[Change] = field(default_factory=list)
    new: list[dict] = field(default_factory=list)
    gone: list[dict] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether every value came back: nothing beyond tolerance, nothing new, nothing gone."""
        return not (self.changed or self.new or self.gone)

    @property
    def empty(self) -> bool:
        """Whether nothing changed at all."""
        return self.accepted and not self.within


def _closest(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    """Pair the sentences of the shorter list each with the closest of the other."""
    if len(before) == len(after):
        return list(zip(before, after, strict=True))
    if len(before) > len(after):
        return [(old, new) for new, old in _closest(after, before)]
    return [(s, difflib.get_close_matches(s, after, n=1, cutoff=0)[0]) for s in before]


def sentences(claim: dict) -> list[str]:
    """Return every sentence that states a claim."""
    return [said["sentence"] for said in claim.get("statements", [])] or [claim["sentence"]]


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def distance(old, new) -> float | None:
    """Return how far two values are apart: 0 for float noise, None if they have no distance.

    Lists of numbers are as far apart as their farthest elements.
    """
    if _is_number(old) and _is_number(new):
        apart, inexact = abs(old - new), isinstance(old, float) or isinstance(new, float)
        noise = FLOAT_NOISE * max(abs(old), abs(new)) if inexact else 0
        return 0.0 if apart <= noise else float(apart)
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new) and old:
        steps = [distance(*pair) for pair in zip(old, new, strict=True)]
        return None if None in steps else max(steps)
    return None


def _outcome(old: dict, new: dict) -> str:
    """Say how a claim came back: "same", "within" its accepted tolerance, or "changed"."""
    if (old["kind"], old["unit"]) != (new["kind"], new["unit"]):
        return "changed"
    apart = distance(old["value"], new["value"])
    if apart == 0 or (apart is None and old["value"] == new["value"]):
        return "same"
    return "within" if apart is not None and apart <= old["tolerance"] else "changed"


def _by_key(claims: Iterable[dict]) -> dict[tuple[str, str], dict]:
    return {key(claim): claim for claim in claims}


def compare(old: Iterable[dict], new: Iterable[dict]) -> Comparison:
    """Compare two ledgers, with the tolerances of the old one, which reviewers accepted.

    Parameters
    ----------
    old, new : iterable of dict
        Claims of the accepted and of the other ledger.

    Returns
    -------
    Comparison
        What changed; every list is sorted by notebook and id.
    """
    before, after = _by_key(old), _by_key(new)
    found: dict[str, list[Change]] = {"changed": [], "within": [], "same": []}
    for name in sorted(before.keys() & after.keys()):
        change = Change(before[name], after[name])
        found[_outcome(change.old, change.new)].append(change)
    new = [after[name] for name in sorted(after.keys() - before.keys())]
    gone = [before[name] for name in sorted(before.keys() - after.keys())]
    return Comparison(found["changed"], found["within"], new, gone)


def compare_with_baseline(ledger: Path, edition_dir: Path) -> Comparison:
    """Compare the claims of a build with every ledger of ``tests/baseline/<edition>``."""
    baseline = [claim for path in sorted(edition_dir.glob("*.json")) for claim in read_ledger(path)]
    return compare(baseline, read_ledger(ledger))


def write_baseline(edition_dir: Path, name: str, claims: Iterable[dict]) -> None:
    """Accept the claims of a notebook as its baseline, in ``tests/baseline/<edition>``.

    A value that came back but for float noise is left as it was accepted.
    """
    accepted = _by_key(read_baseline(edition_dir, name))
    kept = []
    for claim in claims:
        before = accepted.get(key(claim), claim)["value"]
        kept.append(claim | {"value": before} if distance(before, claim["value"]) == 0 else claim)
    replace_text(edition_dir / f"{name}.json", ledger_text(kept))


def shown_data(notebook) -> dict[str, str]:
    """Return the CSV text of every figure and table of an executed notebook, by name."""
    found: dict[str, str] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            shown = output.get("data", {}).get(DATA_MIME)
            if shown is None:
                continue
            name = shown["name"]
            if name in found:
                problem = f"cell '{cell['id']}': two figures or tables are named '{name}'"
                raise UserError(f"{problem}. Remedy: rename one")
            found[name] = shown["csv"]
    return found


def _folder(edition_dir: Path, notebook: str) -> Path:
    return edition_dir / "data" / notebook


def accepted_data(edition_dir: Path, notebook: str) -> dict[str, str]:
    """Return the accepted data of a notebook's figures and tables: CSV text by name."""
    paths = sorted(_folder(edition_dir, notebook).glob("*.csv"))
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


def accept_data(edition_dir: Path, notebook: str, shown: dict[str, str]) -> None:
    """Accept the data of a notebook's figures and tables; remove those that it no longer shows."""
    folder = _folder(edition_dir, notebook)
    for name, text in shown.items():
        path = folder / f"{name}.csv"
        if not path.is_file() or data_changes(name, path.read_text("utf-8"), text, FLOAT_NOISE):
            replace_text(path, text)
    for path in folder.glob("*.csv"):
        if path.stem not in shown:
            path.unlink()


def data_changes(name: str, old: str, new: str, tolerance=RELATIVE_TOLERANCE) -> list[str]:
    """Return how the CSV of a figure or table differs from the accepted one, a line each.

    Numbers are the same within a tolerance relative to their size; after five lines, the rest is
    counted.
    """
    before, after = (list(csv.reader(io.StringIO(text))) or [[]] for text in (old, new))
    if before[0] != after[0]:
        return [f"{name}: the columns were {', '.join(before[0])} and are {', '.join(after[0])}"]
    lines = []
    if len(before) != len(after):
        lines.append(f"{name}: {len(before) - 1} rows became {len(after) - 1}")
    for row, (left, right) in enumerate(zip(before[1:], after[1:], strict=False), 1):
        for column, was, now in zip(before[0], left, right, strict=False):
            if not _same(was, now, tolerance):
                lines.append(f"{name}, row {row} ({right[0]}), {column}: {was!r} became {now!r}")
    more = len(lines) - AT_MOST
    return [*lines[:AT_MOST], f"{name}: {more} further differences"] if more > 0 else lines


def _same(was: str, now: str, tolerance: float) -> bool:
    near = {"rel_tol": tolerance, "abs_tol": 1e-12}
    try:
        return was == now or math.isclose(float(was), float(now), **near)
    except ValueError:
        return False
