"""The list of all sheets as a page: by name, by département and by group."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import jinja2

from claimbook import french
from helpers import texts
from helpers.operators.catalogue import COLUMNS

_WORDS = texts.read("operators")
_UNPLACED = "Sans page lue : aucun groupe"


def fragment(slices: list[dict]) -> str:
    """Return the list of slices as HTML whose headings start at level 2; every text is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("helpers", "operators"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "count": french.count,
        "percent": french.percent,
        "plural": french.plural,
        "typeset": french.typeset,
        "where": _where,
    }
    return environment.get_template("directory.html.j2").render(
        slices=slices,
        initials=_grouped(slices, lambda sheet: [_initial(sheet)]),
        places=_places(slices),
        groups=_groups(slices),
        warning=_warning(slices),
        columns=COLUMNS,
        kinds=_WORDS["types"],
    )


def _grouped(slices: Iterable[dict], keys: Callable[[dict], Iterable]) -> dict:
    found: dict = {}
    for sheet in slices:
        for key in keys(sheet):
            found.setdefault(key, []).append(sheet)
    return found


def _initial(sheet: dict) -> str:
    first = sheet["slug"][0]
    return first.upper() if first.isalpha() else "0-9"


def _where(sheet: dict) -> str:
    perimeter = sheet["perimeter"]
    names = [place["name"] for place in perimeter["departements"]] + perimeter["outside"]
    if perimeter["scope"] == "region":
        return f"{perimeter['regions'][0]} ({', '.join(names)})"
    return ", ".join(names) or _WORDS["scopes"][perimeter["scope"]]


def _places(slices: list[dict]) -> list[tuple[str, str, list[dict]]]:
    """Return name, region and sheets: of départements, of other territories, of other scopes."""
    inside = _grouped(
        slices,
        lambda sheet: [
            (place["code"], place["name"], place["region"])
            for place in sheet["perimeter"]["departements"]
        ],
    )
    outside = _grouped(slices, lambda sheet: sheet["perimeter"]["outside"])
    scopes = _grouped(slices, lambda sheet: [sheet["perimeter"]["scope"]])
    rows = [
        (f"{name} ({code})", region, inside[code, name, region])
        for code, name, region in sorted(inside)
    ]
    rows += [(name, "hors des départements", outside[name]) for name in sorted(outside)]
    for scope in ("national", "unknown"):
        if scope in scopes:
            words = _WORDS["scopes"][scope]
            rows.append((words[:1].upper() + words[1:], "–", scopes[scope]))
    return rows


def _groups(slices: list[dict]) -> dict[str, list[dict]]:
    """Return the sheets of each class, those placed clearly first; the unplaced come last."""
    groups = _grouped(slices, lambda sheet: [(sheet["class"] or {}).get("name", _UNPLACED)])
    return {
        name: sorted(
            groups[name], key=lambda sheet: not (sheet["class"] or {}).get("placed", False)
        )
        for name in sorted(groups, key=lambda name: (name == _UNPLACED, name))
    }


def _warning(slices: list[dict]) -> str:
    """Return what a reader must know of the groups, by the verdict of the typology."""
    verdicts = (sheet["class"]["verdict"] for sheet in slices if sheet["class"])
    return _WORDS["verdicts"].get(next(verdicts, ""), _WORDS["verdicts"]["undecided"])
