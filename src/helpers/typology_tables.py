"""Tables of the typology as notebooks show them and hand them on, with French names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from claimbook import french
from helpers import texts

_TEXTS = texts.read("typology")
_CODE = re.compile(r"([+-])(\S+)")
_ELIDED = "aàâeéèêhiîoôuùyAEÉHIOU"
_SUFFIX = re.compile(r" \(([^)]*)\)$")


def accepted_classes(edition: str) -> dict[str, list[str]] | None:
    """Return the accepted names of classes and their members, None where an edition has none."""
    return _TEXTS["accepted"].get(edition)


def check_name(check: str) -> str:
    """Say in French what a condition of the rule asks."""
    return _TEXTS["checks"][check]


def verdict_name(verdict: str, *, short: bool = False) -> str:
    """Say a verdict of the rule in French, in a clause or in two words."""
    return _TEXTS["verdicts_short" if short else "verdicts"][verdict]


def missing_conditions(failed: str) -> str:
    """Say in a few words which conditions of the rule failed, given their names joined by "+"."""
    if not failed:
        return _TEXTS["nothing_missing"]
    return french.enumeration([_TEXTS["checks_short"][name] for name in failed.split("+")])


def with_french_names(table: pd.DataFrame) -> pd.DataFrame:
    """Put French names in place of codes in the columns family, variant and method of a table."""

    def variant(code):
        key, _, number = code.partition("=")
        return _TEXTS["variants"].get(code) or _TEXTS["variants"].get(key, code).format(number)

    found = {"family": _TEXTS["families"].get, "variant": variant, "method": _TEXTS["methods"].get}
    return table.assign(**{c: table[c].map(name) for c, name in found.items() if c in table})


def short_label(label: str) -> str:
    """Cut the name of a service before its second half: "Parapheur et signature" -> "parapheur"."""
    first = str(label).split(" et ")[0]
    return first if first[:2].isupper() else first[:1].lower() + first[1:]


def class_name(code: str, labels: Mapping[str, str]) -> str:
    """Write the signature of a class, such as ``+sig -formation``, in French.

    What the class offers more often than the others comes first, then what it offers less often;
    `labels` maps codes of services to names, and an unknown code is written as it is.
    """
    suffix = _SUFFIX.search(code)
    found = _CODE.findall(code[: suffix.start()] if suffix else code)
    over, under = (
        [short_label(labels.get(s, s)) for sign, s in found if sign == side] for side in "+-"
    )
    parts = [french.enumeration(over)] if over else []
    if len(under) == 1:
        parts.append(("peu d’" if under[0][:1] in _ELIDED else "peu de ") + under[0])
    elif under:
        parts.append("peu de : " + french.enumeration(under))
    text = " ; ".join(parts) if parts else _TEXTS["undistinguished"]
    text = french.typeset(text[:1].upper() + text[1:])
    return f"{text} ({suffix.group(1)})" if suffix else text


def quoted(names: Sequence[str]) -> list[str]:
    """Put names of classes between quotation marks, for a list of them in a sentence."""
    return [french.typeset(f"« {name[:1].lower() + name[1:]} »") for name in names]


def class_summary(named: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Add the French name of each class and its rule in words to what `name_classes` returns."""
    rules = [" + ".join(short_label(labels.get(s, s)) for s in rule) for rule in named["services"]]
    return named.assign(name=[class_name(code, labels) for code in named["code"]], rule=rules)


def declared_profiles(
    profiles, partition: np.ndarray, sides: pd.DataFrame, labels: Mapping[str, str]
) -> pd.DataFrame:
    """One row per service and class: how many members that answered declare the service.

    Parameters
    ----------
    profiles : Profiles
        Operators that answered for themselves, shape (n, m).
    partition : ndarray of int, shape (n,)
        Class of each operator.
    sides : DataFrame, shape (m, k)
        1 where a class clearly offers a service more often than the rest, -1 less often, 0 else;
        French names.
    labels : mapping of str to str
        Service code -> name.
    """
    rows, code_of = [], {labels[code]: code for code in profiles.services}
    for service in sides.index:
        state = profiles.state[code_of[service]].to_numpy()
        for c, name in enumerate(sides.columns):
            mine = state[partition == c]
            k, n = int((mine == "offered").sum()), int((mine != "unseen").sum())
            side = _TEXTS["sides"][int(sides.loc[service, name])]
            rows.append((service, name, k, n, k / n if n else np.nan, side))
    return pd.DataFrame(
        rows, columns=["Service", "Groupe", "Le déclarent", "Ont répondu", "Part", "Écart net"]
    )


def operator_classes(
    groups: Sequence[tuple[Sequence[str], np.ndarray, bool]],
    summary: pd.DataFrame,
    visits: pd.Series,
    *,
    clear_from: float,
) -> pd.DataFrame:
    """One row per operator: its most probable class and how probable it is.

    Parameters
    ----------
    groups : sequence of (operators, memberships of shape (n, k), in_main_analysis)
    summary : DataFrame
        Result of `class_summary`.
    visits : Series of int, indexed by operator
    clear_from : float
        Membership probability from which an operator counts as placed.

    Returns
    -------
    DataFrame
        Columns operator, class_code, class_name, membership, second_class_name (itself where there
        is one class), second_membership, placed, in_main_analysis, n_pages; sorted by operator.
    """
    codes, names, rows = summary["code"], summary["name"], []
    for operators, memberships, main in groups:
        for operator, chance in zip(operators, memberships, strict=True):
            ranked = np.argsort(-chance, kind="stable")
            first, second = ranked[0], ranked[min(1, len(ranked) - 1)]
            rows.append(
                {
                    "operator": operator,
                    "class_code": codes[first],
                    "class_name": names[first],
                    "membership": float(chance[first]),
                    "second_class_name": names[second],
                    "second_membership": float(chance[second]) if len(ranked) > 1 else 0.0,
                    "placed": bool(chance[first] >= clear_from),
                    "in_main_analysis": main,
                    "n_pages": int(visits[operator]),
                }
            )
    return pd.DataFrame(rows).sort_values("operator", ignore_index=True)


def membership_table(
    operators: Sequence[str], memberships: np.ndarray, names: Sequence[str]
) -> pd.DataFrame:
    """Memberships (n, k) by operator and class, operators of a class together, the surest first."""
    table = pd.DataFrame(
        np.asarray(memberships, dtype=float), index=list(operators), columns=list(names)
    )
    best, sure = table.to_numpy().argmax(axis=1), table.max(axis=1).round(9).to_numpy()
    order = np.lexsort((table.index.to_numpy(dtype=str), -sure, best))
    return table.iloc[order].rename_axis("operator")


def change_table(
    change: pd.DataFrame,
    gain: np.ndarray,
    visits: pd.Series,
    names: Sequence[str],
    labels: Mapping[str, str],
) -> pd.DataFrame:
    """Put into words what would move each operator, those that move most easily first.

    `change` and `gain` are the results of `what_would_change` and `value_of_one_more_page`; `names`
    are those of the classes. Columns operator, pages, current, membership, destination, services,
    gain.
    """
    none = _TEXTS["no_destination"]
    table = pd.DataFrame(
        {
            "operator": list(change.index),
            "pages": visits.loc[list(change.index)].to_numpy(),
            "current": [names[c] for c in change["current"]],
            "membership": change["membership"].to_numpy(),
            "destination": [none if pd.isna(c) else names[int(c)] for c in change["destination"]],
            "services": [
                ", ".join(short_label(labels.get(s, s)) for s in found) or "—"
                for found in change["services"]
            ],
            "gain": gain,
            "needed": [n if n > 0 else 10**6 for n in change["n_services"]],
        }
    )
    order, ascending = ["needed", "gain", "operator"], [True, False, True]
    return table.sort_values(order, ascending=ascending, ignore_index=True).drop(columns="needed")


def survival(
    statements: Sequence[tuple[str, Sequence[bool]]], *, holds_from: float, fails_below: float
) -> pd.DataFrame:
    """Tell in how many of the ways tried each statement is true.

    A statement comes with whether it is true in each way in which it can be asked; its share of
    true ones tells whether it holds, fails or, between the two limits, is fragile.

    Raises
    ------
    ValueError
        If a statement was tried nowhere.
    """
    rows, words = [], _TEXTS["survival"]
    for text, found in statements:
        if not len(found):
            raise ValueError(f"{text!r} was tried nowhere")
        share = float(np.mean(found))
        code = "holds" if share >= holds_from else "fails" if share < fails_below else "fragile"
        rows.append((text, len(found), int(np.sum(found)), share, words[code]))
    return pd.DataFrame(rows, columns=["statement", "tried", "true", "share", "word"])
