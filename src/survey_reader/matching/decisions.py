"""What a person decided about doubtful pairs: a small file beside the raw tables of the newer edition."""

from __future__ import annotations

from pathlib import Path

from claimbook.errors import DataError
from claimbook.tables import replace_text
from survey_reader.matching.match import Pair

DECISIONS = ("same", "different", "successor")
_ENTRIES = ("old", "new", "decision", "reason")


def decisions_path(raw_dir: Path, old: str) -> Path:
    """Return the file of decisions between an older edition and the one whose raw tables are in a folder."""
    return raw_dir / f"matches-{old}.yml"


def _entries(path: Path) -> list[dict]:
    if not path.is_file():
        return []
    import yaml

    name = f"data/raw/{path.parent.name}/{path.name}"
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(
            name, f"the decisions cannot be read ({error})", "write a YAML list, in UTF-8"
        ) from None
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise DataError(name, "the decisions are no list", "begin each with '- old:'")
    for number, entry in enumerate(found, start=1):
        unknown = sorted(set(entry) - set(_ENTRIES))
        if unknown or not all(
            isinstance(entry.get(part), str) and entry[part] for part in ("old", "new")
        ):
            what = f"unknown entry '{unknown[0]}'" if unknown else "no text for old or new"
            raise DataError(name, f"decision {number}: {what}", f"give {', '.join(_ENTRIES)}")
        decision = entry.get("decision") or ""
        if decision and decision not in DECISIONS:
            problem = f"decision {number} is none of the known ones"
            raise DataError(
                name, problem, f"write {', '.join(DECISIONS)}, or nothing", value=decision
            )
    return found


def read_decisions(path: Path) -> dict[tuple[str, str], str]:
    """Return what was decided of each pair; entries without a decision are left out.

    Parameters
    ----------
    path : Path
        As `decisions_path` gives it.

    Returns
    -------
    dict of (str, str) to str
        (old, new) to one of `DECISIONS`; empty if there is no such file.

    Raises
    ------
    DataError
        If the file cannot be read, or decides twice about one pair.
    """
    found: dict[tuple[str, str], str] = {}
    for entry in _entries(path):
        pair, decision = (entry["old"], entry["new"]), entry.get("decision") or ""
        if not decision:
            continue
        if pair in found and found[pair] != decision:
            name = f"data/raw/{path.parent.name}/{path.name}"
            raise DataError(
                name, f"'{pair[0]}' and '{pair[1]}' are decided twice", "keep one decision"
            )
        found[pair] = decision
    return found


def write_undecided(path: Path, doubtful: list[Pair]) -> int:
    """Add doubtful pairs to the file of decisions, each with an empty decision, and keep all that stands there.

    Parameters
    ----------
    path : Path
        As `decisions_path` gives it.
    doubtful : list of Pair
        Pairs that nobody decided.

    Returns
    -------
    int
        How many pairs were added.

    Raises
    ------
    DataError
        If the file that is there cannot be read.
    """
    import yaml

    known = {(entry["old"], entry["new"]) for entry in _entries(path)}
    more = [pair for pair in doubtful if (pair.old, pair.new) not in known]
    if not more:
        return 0
    head = (
        "# Doubtful pairs of operators: for each, write same, different or successor behind 'decision:'.\n"
        "# The reason is for whoever reads this next year.\n"
    )
    text = path.read_text(encoding="utf-8").rstrip("\n") + "\n" if path.is_file() else head
    for pair in more:
        entry = {
            "old": pair.old,
            "new": pair.new,
            "decision": "",
            "reason": f"{pair.how}, {pair.score:.0f} of 100",
        }
        text += yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=200)
    replace_text(path, text)
    return len(more)
