"""Operators of two editions: names without legal form, decisions on doubtful pairs, and a panel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
import yaml

from claimbook.errors import DataError
from helpers import texts
from helpers.survey.tables import study_errors
from survey_reader import siret_problem
from survey_reader.matching import Entity, Matching, Pair, match
from survey_reader.text import folded

DECISIONS = ("same", "different", "successor")
_ENTRIES = ("old", "new", "decision", "reason")
_HEAD = """\
# Doubtful pairs of operators: write same, different or successor behind each 'decision:'.
# The reason is for whoever reads this next year.
"""
_TEXTS = texts.read("matching")
_FORMS = re.compile(rf"\b(?:{'|'.join(_TEXTS['forms'])})\b")
_SLIGHT = re.compile(r"(?:de|du|des|d|la|le|les|l|et|en|pour|a|au|aux)")
_KINDS = {kind: re.compile(rf"\b(?:{form})\b") for kind, form in _TEXTS["kinds"].items()}
_INITIALS = re.compile(r"\b\w{1,3}(?:\.\w{1,3})+\b\.?")


def _words(name: str) -> str:
    """Return the words of a name, lower-case and without accents; initials lose their points."""
    name = _INITIALS.sub(lambda found: found[0].replace(".", ""), re.sub(r"\([^)]*\)", " ", name))
    plain = re.sub(r"[^a-z0-9]+", " ", folded(name))
    # "CDG22" and "CDG 22" are one name.
    return re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", plain).strip()


def canonical(name: str) -> str:
    """Return a name in the form in which it is compared.

    Lower-case words without accents, brackets, legal form and small words; where nothing but a
    number would be left, the legal form stays.
    """
    words = _words(name)
    bare = [word for word in _FORMS.sub(" ", words).split() if not _SLIGHT.fullmatch(word)]
    # A number alone is that of a département: without its form it could be any body there.
    return " ".join(bare) if any(not word.isdigit() for word in bare) else words


def entity(
    name: str, *, others: Iterable[str] = (), siret: str = "", departements: Iterable[str] = ()
) -> Entity:
    """Return an operator ready to be compared; a SIRET that is not valid counts as none."""
    listed = (name, *others)
    digits = re.sub(r"\D", "", siret)
    names = frozenset(filter(None, map(canonical, listed)))
    words = [_words(one) for one in listed]
    kinds = {kind for kind, form in _KINDS.items() if any(map(form.search, words))}
    number = "" if siret_problem(digits) else digits
    return Entity(name, names, number, frozenset(departements), frozenset(kinds))


def entities(tables: Mapping[str, pd.DataFrame]) -> list[Entity]:
    """Return the operators of an edition.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tidy tables with names in clear: ``operators`` (operator, full_name, former_names,
        departements), and ``attributes`` for SIRET numbers.
    """
    numbers = {}
    if "attributes" in tables:
        rows = tables["attributes"].query("attribute == 'siret'")
        numbers = dict(zip(rows["operator"], rows["value"].astype(str), strict=True))
    found = []
    for row in tables["operators"].fillna("").to_dict("records"):
        others = [row.get("full_name", ""), *row.get("former_names", "").split("|")]
        places = filter(None, row.get("departements", "").split("|"))
        siret = row.get("siret") or numbers.get(row["operator"], "")
        found.append(entity(row["operator"], others=others, siret=siret, departements=places))
    return found


def match_editions(old, new, decisions, links=()) -> Matching:
    """Match the operators of two editions, given their tidy tables."""
    with study_errors():
        return match(entities(old), entities(new), decisions, links)


def matched_table(matching: Matching) -> pd.DataFrame:
    """Return one row per pair, per succession, and per operator of one edition alone.

    Returns
    -------
    DataFrame
        old, new (empty where an edition lacks it), how, score.
    """
    rows = [(p.old, p.new, p.how, p.score) for p in matching.pairs]
    rows += [(p.old, p.new, f"successor, {p.how}", p.score) for p in matching.successors]
    rows += [(name, "", "old edition only", 0.0) for name in matching.only_old]
    rows += [("", name, "new edition only", 0.0) for name in matching.only_new]
    return pd.DataFrame(rows, columns=["old", "new", "how", "score"])


def panel(
    matching: Matching, old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return the longitudinal table: what each matched operator was and is, service by service.

    Parameters
    ----------
    matching : Matching
    old, new : mapping of str to DataFrame
        Tidy tables of the two editions, with ``states`` (operator, service_code, state).

    Returns
    -------
    DataFrame
        old, new, how, service_code, state_old, state_new: one row for each pair and each service
        that either edition speaks of. A missing state is ``unseen``: it is not a "no".
    """
    pairs = [(p.old, p.new, p.how) for p in matching.pairs]
    made = pd.DataFrame(pairs, columns=["old", "new", "how"])
    before, after = (
        made.merge(tables["states"], left_on=side, right_on="operator")[
            ["old", "service_code", "state"]
        ]
        for side, tables in (("old", old), ("new", new))
    )
    both = before.merge(after, on=["old", "service_code"], how="outer", suffixes=("_old", "_new"))
    whole = made.merge(both, on="old").fillna({"state_old": "unseen", "state_new": "unseen"})
    return whole.sort_values(["old", "service_code"], kind="stable", ignore_index=True)


def decisions_path(raw_dir: Path, old: str) -> Path:
    """Return the file of decisions between an older edition and that of a folder of raw tables."""
    return raw_dir / f"matches-{old}.yml"


def _entries(path: Path) -> list[dict]:
    if not path.is_file():
        return []
    name = f"data/raw/{path.parent.name}/{path.name}"
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problem = f"the decisions cannot be read ({error})"
        raise DataError(name, problem, "write a YAML list, in UTF-8") from None
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise DataError(name, "the decisions are no list", "begin each with '- old:'")
    for number, entry in enumerate(found, start=1):
        problem, unknown = "", sorted(set(entry) - set(_ENTRIES))
        if unknown:
            problem = f"unknown entry '{unknown[0]}'"
        elif not all(isinstance(entry.get(end), str) and entry[end] for end in ("old", "new")):
            problem = "no text for old or new"
        elif entry.get("decision") not in (None, "", *DECISIONS):
            problem = f"'{entry['decision']}' is none of the known ones: {', '.join(DECISIONS)}"
        if problem:
            raise DataError(name, f"decision {number}: {problem}", f"give {', '.join(_ENTRIES)}")
    return found


def read_decisions(path: Path) -> dict[tuple[str, str], str]:
    """Return what was decided, one of `DECISIONS`, by (old, new).

    Raises
    ------
    DataError
        If the file cannot be read, or decides twice about one pair.
    """
    found: dict[tuple[str, str], str] = {}
    for entry in _entries(path):
        old, new, decision = entry["old"], entry["new"], entry.get("decision")
        if decision and found.setdefault((old, new), decision) != decision:
            name = f"data/raw/{path.parent.name}/{path.name}"
            raise DataError(name, f"'{old}' and '{new}' are decided twice", "keep one decision")
    return found


def with_undecided(path: Path, doubtful: list[Pair]) -> tuple[str, int]:
    """Return the file of decisions with the doubtful pairs that it lacks, and how many these are.

    Raises
    ------
    DataError
        If the file that is there cannot be read.
    """
    known = {(entry["old"], entry["new"]) for entry in _entries(path)}
    more = [
        {"old": p.old, "new": p.new, "decision": "", "reason": f"{p.how}, {p.score:.0f} of 100"}
        for p in doubtful
        if (p.old, p.new) not in known
    ]
    text = path.read_text(encoding="utf-8").rstrip("\n") + "\n" if path.is_file() else _HEAD
    if more:
        text += yaml.safe_dump(more, allow_unicode=True, sort_keys=False, width=200)
    return text, len(more)
