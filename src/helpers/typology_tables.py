"""Tables of the typology as notebooks show them and hand them on, with French names."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from claimbook import french
from helpers import texts

_TEXTS = texts.read("typology")
_CODE = re.compile(r"([+-])(\S+)")
_ELIDED = "aàâeéèêhiîoôuùyAEÉHIOU"
_SUFFIX = re.compile(r" \(([^)]*)\)$")


def check_name(check: str) -> str:
    """Say in French what a condition of the rule asks."""
    return _TEXTS["checks"][check][0]


def with_french_names(table: pd.DataFrame) -> pd.DataFrame:
    """Put French names in place of codes: variant and method (also as index), verdict, failed."""
    names = {name: _TEXTS[f"{name}s"] for name in ("variant", "method", "verdict")}
    out = table.rename(index=names.get(table.index.name, {}))
    for column in out.columns.intersection(list(names)):
        out[column] = out[column].replace(names[column])
    if "failed" in out:
        out["failed"] = [_failed(codes) for codes in out["failed"]]
    return out


def _failed(codes: str) -> str:
    if not codes:
        return _TEXTS["nothing_missing"]
    return french.enumeration([_TEXTS["checks"][code][1] for code in codes.split("+")])


def short_label(label: str) -> str:
    """Cut the name of a service before its second half: "Parapheur et signature" -> "parapheur"."""
    first = str(label).split(" et ")[0]
    return first if first[:2].isupper() else first[:1].lower() + first[1:]


def class_name(code: str, labels: Mapping[str, str]) -> str:
    """Name a class by what it does: the accepted name of its signature, else its services.

    A signature such as ``+sig -formation`` names what the class offers more often than the others,
    then less often; `labels` maps codes of services to names.
    """
    suffix = _SUFFIX.search(code)
    signature = code[: suffix.start()] if suffix else code
    for name, signatures in _TEXTS["names"].items():
        if set(signature.split()) in [set(known.split()) for known in signatures]:
            return f"{name} ({suffix.group(1)})" if suffix else name
    found = _CODE.findall(signature)
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


def services_by_profile(
    profiles: pd.DataFrame, leading: Mapping[str, list[str]], labels: Mapping[str, str]
) -> pd.DataFrame:
    """Return the share of each profile that shows the services that lead in one of them.

    Parameters
    ----------
    profiles : DataFrame
        Result of `class_profiles`.
    leading : mapping
        Result of `leading_services`: each service stands with the profile that it leads first.
    labels : mapping of str to str
        Names of services.

    Returns
    -------
    DataFrame
        Index: services. Columns: profiles, with their number of operators.
    """
    order = dict.fromkeys(service for services in leading.values() for service in services)
    sizes = profiles.drop_duplicates("class_code").set_index("class_code")["n"]
    wide = profiles.set_index(["service_code", "class_code"])["seen"].unstack()  # noqa: PD010
    names = {code: f"{class_name(code, labels)} ({sizes[code]})" for code in leading}
    wide = wide.loc[list(order), list(leading)].rename(index=labels, columns=names)
    return wide.rename_axis(index="Service", columns=None)


def profile_cards(
    named: pd.DataFrame,
    leading: Mapping[str, list[str]],
    forms: pd.Series,
    labels: Mapping[str, str],
) -> pd.DataFrame:
    """Return one column per profile: what it does, its size, its legal forms, an example.

    Parameters
    ----------
    named : DataFrame
        Result of `name_classes`.
    leading : mapping
        Services by which each class exceeds the rest: see `leading_services`.
    forms : Series of str
        Legal family by operator.
    labels : mapping of str to str
        Name of services and legal families by code.

    Returns
    -------
    DataFrame
        Index: what each row tells, in French. Columns: names of the profiles.
    """
    cards = {}
    for row in named.itertuples():
        counted = forms.reindex(row.clear).map(lambda code: labels.get(code, code)).value_counts()
        told = [f"{name} : {count}" for name, count in sorted(counted.items(), key=_most)]
        bounds = french.interval((row.low, row.high), "percent", 0)
        services = [short_label(labels.get(code, code)) for code in leading[row.code]]
        cards[class_name(row.code, labels)] = {
            "Ce qui le distingue": french.enumeration(services) if services else "—",
            "Part des opérateurs": f"{french.style('percent')(row.value)} ({bounds})",
            "Formes juridiques": " ; ".join(told) or "—",
            "Exemple": row.paragon or "—",
        }
    return pd.DataFrame(cards).map(french.typeset).rename_axis("Carte")


def members_table(
    named: pd.DataFrame, between: list[str], labels: Mapping[str, str]
) -> pd.DataFrame:
    """Return the operators that clearly belong to each profile, then those between profiles.

    Columns: members (their number) and names (in alphabetical order).
    """
    members = {class_name(row.code, labels): row.clear for row in named.itertuples()}
    members[_TEXTS["between"]] = sorted(between)
    rows = [(len(own), ", ".join(own) or "—") for own in members.values()]
    index = pd.Index(list(members), name="profile")
    return pd.DataFrame(rows, columns=["members", "names"], index=index)


def _most(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def questions_table(questions: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Write the questions of an assignment rule in French: question, then where yes and no lead."""

    def told(answer) -> str:
        return f"question {answer}" if isinstance(answer, int) else class_name(answer, labels)

    rows = {
        number: {
            "service": labels.get(row["service_code"], row["service_code"]),
            "yes": told(row["if_seen"]),
            "no": told(row["if_not_seen"]),
        }
        for number, row in questions.iterrows()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("question")


def operator_classes(
    profiles, memberships: np.ndarray, named: pd.DataFrame, labels: Mapping, *, clear_from: float
) -> pd.DataFrame:
    """One row per operator: its most probable class, and whether it clearly belongs to it.

    Parameters
    ----------
    profiles : Profiles
        The n operators.
    memberships : ndarray, shape (n, k)
    named : DataFrame
        Result of `name_classes`.
    labels : mapping of str to str
        Names of services.
    clear_from : float
        Membership probability from which an operator clearly belongs.

    Returns
    -------
    DataFrame
        Columns operator, class_code, class_name, placed, n_pages.
    """
    best = memberships.argmax(axis=1)
    codes = named["code"].to_numpy()[best]
    return pd.DataFrame(
        {
            "operator": profiles.operators,
            "class_code": codes,
            "class_name": [class_name(code, labels) for code in codes],
            "placed": memberships.max(axis=1) >= clear_from,
            "n_pages": profiles.visits.to_numpy(),
        }
    )


def conclusions_table(conclusions: pd.DataFrame, first: str) -> pd.DataFrame:
    """Write in French what `variants.conclusions` returns; `first` names the first service.

    Columns: statement, held ("6 sur 7"), against (variants in which it is false), draws.
    """
    names = _TEXTS["variants"]
    rows = {
        _TEXTS["conclusions"][code].format(first=first): {
            "held": f"{row['holds']} sur {row['tried']}",
            "against": french.enumeration([names[v] for v in row["against"]])
            if row["against"]
            else _TEXTS["nothing_against"],
            "draws": row["draws"],
        }
        for code, row in conclusions.iterrows()
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index = [french.typeset(text) for text in table.index]
    return table.rename_axis("conclusion")
