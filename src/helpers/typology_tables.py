"""Tables of the typology as notebooks show them and hand them on, with French names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from claimbook import french
from helpers import texts, typology
from helpers.profiles import Profiles

_TEXTS = texts.read("typology")
_CODE = re.compile(r"([+-])(\S+)")
_ELIDED = "aàâeéèêhiîoôuùyAEÉHIOU"
_SUFFIX = re.compile(r" \(([^)]*)\)$")


class Sharpest(NamedTuple):
    """The service that sets a profile most apart: its name, the profile, shares that show it."""

    service: str
    profile: str
    seen: float
    rest: float


@dataclass(frozen=True)
class FoundClasses:
    """Classes that a mixture found among operators, as reports name and show them.

    Parameters
    ----------
    mixture : DetectionMixture
        Fitted to `profiles`.
    profiles : Profiles
        The n operators.
    labels : mapping of str to str
        Names of services and legal families by code.
    clear_from : float
        Membership probability from which an operator clearly belongs.
    """

    mixture: typology.DetectionMixture
    profiles: Profiles
    labels: Mapping[str, str]
    clear_from: float

    @cached_property
    def named(self) -> pd.DataFrame:
        """What each class is, does and holds: `name_classes`."""
        own = self.profiles
        posterior = self.mixture.posterior_
        return typology.name_classes(
            posterior, own.services, own.operators, clear_from=self.clear_from
        )

    @cached_property
    def rates(self) -> pd.DataFrame:
        """How often each class shows each service: `class_profiles`."""
        return typology.class_profiles(self.mixture.posterior_, self.named, self.profiles.offered)

    @cached_property
    def leading(self) -> dict[str, list[str]]:
        """Services by which each class exceeds the rest: `leading_services`."""
        return typology.leading_services(self.rates)

    @property
    def names(self) -> list[str]:
        """What each class is called."""
        return [class_name(code, self.labels) for code in self.named["code"]]

    @property
    def told(self) -> list[str]:
        """What each class is called within a sentence."""
        return [name[:1].lower() + name[1:] for name in self.names]

    @property
    def numbers(self) -> pd.Series:
        """Number of the class of each operator."""
        return pd.Series(self.mixture.labels_, self.profiles.operators)

    @property
    def types(self) -> pd.Series:
        """Code of the class of each operator."""
        return self.numbers.map(self.named["code"])

    @property
    def between(self) -> list[str]:
        """Operators that clearly belong to no class, sorted."""
        return sorted(set(self.profiles.operators).difference(*self.named["clear"]))

    @property
    def n_placed(self) -> int:
        """Number of operators that clearly belong to a class."""
        return len(self.profiles.operators) - len(self.between)

    def services(self) -> pd.DataFrame:
        """Return the services that lead in one of the profiles: see `services_by_profile`."""
        return services_by_profile(self.rates, self.leading, self.labels)

    def sharpest(self) -> Sharpest:
        """Return the leading service by which a profile exceeds the others most, as seen."""
        leading = {service for own in self.leading.values() for service in own}
        shown = self.rates[self.rates["service_code"].isin(leading)]
        row = shown.loc[(shown["seen"] - shown["rest_seen"]).idxmax()]
        profile = class_name(row["class_code"], self.labels)
        return Sharpest(self.labels[row["service_code"]], profile, row["seen"], row["rest_seen"])

    def cards(self, forms: pd.Series) -> pd.DataFrame:
        """Return one card per profile, from the legal family of each operator."""
        return profile_cards(self.named, self.leading, forms, self.labels)

    def members(self) -> pd.DataFrame:
        """Return who clearly belongs to each profile, and who stands between: `members_table`."""
        return members_table(self.named, self.between, self.labels)

    def place(self, population: Profiles) -> pd.DataFrame:
        """Return the class of every operator of a population that holds the n operators.

        Columns: those of `operator_classes`, after in_main_analysis (whether it is one of the n).
        """
        own = self.profiles
        rest = population.of([o for o in population.operators if o not in set(own.operators)])
        chances = self.mixture.memberships_, self.mixture.predict_proba(rest)
        parts = [
            operator_classes(group, chance, self.named, self.labels, clear_from=self.clear_from)
            for group, chance in zip((own, rest), chances, strict=True)
        ]
        table = pd.concat(parts, keys=[True, False], names=["in_main_analysis"]).reset_index(0)
        return table.sort_values("operator", ignore_index=True)


class Conclusion(NamedTuple):
    """What the rule concludes, for a reader.

    Attributes
    ----------
    verdict : str
        As in `ClassChoice`.
    candidate : int
        Most probable number of classes, with its `probability`.
    missing : list of str
        Conditions that are not met, in French.
    wider : list of str
        Profiles in which nothing is clearly rarer than in the others.
    """

    verdict: str
    candidate: int
    probability: float
    missing: list[str]
    wider: list[str]


def conclusion(choice: typology.ClassChoice, found: FoundClasses) -> Conclusion:
    """Tell what the rule concludes on found classes."""
    posterior = found.mixture.posterior_
    crossing = typology.crossing_services(posterior)
    return Conclusion(
        choice.verdict,
        choice.candidate,
        float(posterior.substantial_posterior[choice.candidate]),
        [check_name(name) for name in choice.failed],
        [name for name, (_, rarer) in zip(found.names, crossing, strict=True) if rarer == 0],
    )


class Persistence(NamedTuple):
    """How far the classes stay the same when evidence or settings change.

    Attributes
    ----------
    n, n_same, n_verdict, n_types : int
        Cases: all, those with as many classes, with the same verdict, with the verdict "classes".
    exceptions : list of str
        Cases with another verdict.
    lowest, median, highest : float
        Adjusted Rand index with the reference.
    firmest : str
        Profile found again most often, "" if several are; `n_firmest`, how often.
    """

    n: int
    n_same: int
    n_verdict: int
    n_types: int
    exceptions: list[str]
    lowest: float
    median: float
    highest: float
    firmest: str
    n_firmest: int


def persistence(
    moved: pd.DataFrame, told: Conclusion, names: Sequence[str], *, again_from: float
) -> Persistence:
    """Sum up the result of `sensitivity`.

    Parameters
    ----------
    moved : DataFrame
        Result of `sensitivity`.
    told : Conclusion
        Of the main solution.
    names : sequence of str
        Its profiles.
    again_from : float
        Jaccard index from which a profile is found again.
    """
    others = moved[moved["verdict"] != told.verdict]
    found = pd.DataFrame(moved["found"].tolist(), columns=list(names))
    counts = (found >= again_from).sum()
    shared = (counts == counts.max()).sum() > 1
    return Persistence(
        len(moved),
        int((moved["candidate"] == told.candidate).sum()),
        len(moved) - len(others),
        int((moved["verdict"] == "k classes").sum()),
        list(with_french_names(others).index),
        *moved["ari"].agg(["min", "median", "max"]),
        "" if shared else counts.idxmax(),
        int(counts.max()),
    )


class Methods(NamedTuple):
    """Other methods at the same number of classes, and what they prefer.

    Attributes
    ----------
    latent_ari, ward_ari : float
        Agreement of latent classes, and of Ward's tree, with the mixture.
    aic_k, bic_k : int
        Number of latent classes that each criterion prefers.
    n_best_starts, n_starts : int
        Starts that reached the best optimum, of all.
    observed, null_high : float
        Stability of Ward's trees, and the highest that chance alone gives.
    """

    latent_ari: float
    ward_ari: float
    aic_k: int
    bic_k: int
    n_best_starts: int
    n_starts: int
    observed: float
    null_high: float


def methods(agreement: pd.DataFrame, criteria: pd.DataFrame, stability, n_classes: int) -> Methods:
    """Sum up agreement, criteria and stability (see `typology`) at a number of classes."""
    return Methods(
        *agreement.loc[["latent", "ward"], "ari"],
        *(int(criteria[name].idxmin()) for name in ("aic", "bic")),
        *(int(n) for n in criteria.loc[n_classes, ["n_best_starts", "n_starts"]]),
        *stability.table().loc[n_classes, ["observed", "null_high"]],
    )


def sensitivity_table(moved: pd.DataFrame) -> pd.DataFrame:
    """Return the result of `sensitivity` with French names, as a table shows it."""
    table = with_french_names(moved.drop(columns="found"))
    return table.rename(columns={"n": "n_operators", "value": "probability"})


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
            "asked": labels.get(row["service_code"], row["service_code"]),
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
    """Write in French what `variants.overturned` returns; `first` is the name of the first service.

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
    return table.rename_axis("statement")
