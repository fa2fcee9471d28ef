"""Tables of the typology as notebooks show them and hand them on, with French names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

import pandas as pd

from claimbook import french
from helpers import texts, typology
from helpers.profiles import Profiles

_TEXTS = texts.read("typology")
_CODE = re.compile(r"([+-])(\S+)")
_ELIDED = "aàâeéèêhiîoôuùyAEÉHIOU"


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

    Attributes
    ----------
    named, rates : DataFrame
        Results of `name_classes` and `class_profiles`.
    leading : dict
        Result of `leading_services`.
    names, told : list of str
        What each class is called, by itself and within a sentence.
    numbers, types : Series
        Number and code of the class of each operator.
    between : list of str
        Operators that clearly belong to no class.
    """

    def __init__(self, mixture, profiles: Profiles, labels: Mapping[str, str], clear_from: float):
        self.mixture, self.profiles = mixture, profiles
        self.labels, self.clear_from = labels, clear_from
        evidence = mixture.posterior_, profiles.services, profiles.operators
        self.named = typology.name_classes(*evidence, clear_from=clear_from)
        self.rates = typology.class_profiles(mixture.posterior_, self.named, profiles.offered)
        self.leading = typology.leading_services(self.rates)
        self.names = [class_name(code, labels) for code in self.named["code"]]
        self.told = [name[:1].lower() + name[1:] for name in self.names]
        self.numbers = pd.Series(mixture.labels_, profiles.operators)
        self.types = self.numbers.map(self.named["code"])
        self.between = sorted(set(profiles.operators).difference(*self.named["clear"]))

    def services(self) -> pd.DataFrame:
        """Return the services that lead in one of the profiles: see `services_by_profile`."""
        return services_by_profile(self.rates, self.leading, self.labels)

    def sharpest(self) -> SimpleNamespace:
        """Return the leading service by which a profile exceeds the others most, as seen.

        Attributes: service and profile (names), seen and rest (shares that show it).
        """
        leading = {service for own in self.leading.values() for service in own}
        shown = self.rates[self.rates["service_code"].isin(leading)]
        row = shown.loc[(shown["seen"] - shown["rest_seen"]).idxmax()]
        names = self.labels[row["service_code"]], class_name(row["class_code"], self.labels)
        return SimpleNamespace(
            service=names[0], profile=names[1], seen=row["seen"], rest=row["rest_seen"]
        )

    def cards(self, forms: pd.Series) -> pd.DataFrame:
        """Return one column per profile: what it does, its size, its legal forms, an example.

        `forms` gives the legal family of each operator.
        """
        cards = {}
        for name, row in zip(self.names, self.named.itertuples(), strict=True):
            counted = forms.reindex(row.clear).map(lambda one: self.labels.get(one, one))
            counted = (
                counted.value_counts().sort_index().sort_values(ascending=False, kind="stable")
            )
            bounds = french.interval((row.low, row.high), "percent", 0)
            services = [short_label(self.labels.get(one, one)) for one in self.leading[row.code]]
            cards[name] = {
                "Ce qui le distingue": french.enumeration(services) if services else "—",
                "Part des opérateurs": f"{french.style('percent')(row.value)} ({bounds})",
                "Formes juridiques": " ; ".join(f"{f} : {n}" for f, n in counted.items()) or "—",
                "Exemple": row.paragon or "—",
            }
        return pd.DataFrame(cards).map(french.typeset).rename_axis("Carte")

    def members(self) -> pd.DataFrame:
        """Return the operators that clearly belong to each profile, then those between profiles.

        Columns: members (their number) and names (in alphabetical order).
        """
        lists = dict(zip(self.names, self.named["clear"], strict=True))
        lists[_TEXTS["between"]] = self.between
        rows = [(len(own), ", ".join(own) or "—") for own in lists.values()]
        index = pd.Index(list(lists), name="profile")
        return pd.DataFrame(rows, columns=["members", "names"], index=index)

    def workbook(self, study, questions: pd.DataFrame, accuracy: float, verdict: str):
        """Return the workbook that places an operator by its answers: see `profile_workbook`."""
        # Imported here because one notebook alone pays for it.
        from helpers.typology_workbook import profile_workbook

        return profile_workbook(self, study, questions, accuracy, verdict)

    def place(self, population: Profiles) -> pd.DataFrame:
        """Return the most probable class of every operator of a population that holds the n ones.

        Columns: in_main_analysis (whether it is one of the n), operator, class_code, class_name,
        placed (whether it clearly belongs to it), n_pages.
        """
        own = self.profiles
        rest = population.of([o for o in population.operators if o not in set(own.operators)])
        groups = (own, self.mixture.memberships_), (rest, self.mixture.predict_proba(rest))
        parts = []
        for group, chances in groups:
            part = pd.DataFrame({"in_main_analysis": group is own, "operator": group.operators})
            part["class_code"] = self.named["code"].to_numpy()[chances.argmax(axis=1)]
            part["class_name"] = [class_name(code, self.labels) for code in part["class_code"]]
            part["placed"] = chances.max(axis=1) >= self.clear_from
            parts.append(part.assign(n_pages=group.visits.to_numpy()))
        return pd.concat(parts).sort_values("operator", ignore_index=True)


def conclusion(choice: typology.ClassChoice, found: FoundClasses) -> SimpleNamespace:
    """Tell what the rule concludes on found classes.

    Attributes: verdict; candidate, the most probable number of classes, and its probability;
    missing (conditions that are not met, in French); wider (profiles in which nothing is clearly
    rarer than in the others).
    """
    posterior = found.mixture.posterior_
    crossing = typology.crossing_services(posterior)
    return SimpleNamespace(
        verdict=choice.verdict,
        candidate=choice.candidate,
        probability=float(posterior.substantial_posterior[choice.candidate]),
        missing=[check_name(name) for name in choice.failed],
        wider=[name for name, (_, rarer) in zip(found.names, crossing, strict=True) if not rarer],
    )


def persistence(
    moved: pd.DataFrame, told: SimpleNamespace, names: Sequence[str], *, again_from: float
) -> SimpleNamespace:
    """Sum up how far the classes stay the same when evidence or settings change.

    Parameters
    ----------
    moved : DataFrame
        Result of `sensitivity`.
    told : SimpleNamespace
        The `conclusion` of the main solution.
    names : sequence of str
        Its profiles.
    again_from : float
        Jaccard index from which a profile is found again.

    Returns
    -------
    SimpleNamespace
        n (cases), n_same (as many classes), n_verdict (same verdict), n_types (verdict "k
        classes"), exceptions (cases with another verdict), lowest, median, highest (adjusted Rand
        index with the reference), firmest (profile found again most often, "" if several are) and
        n_firmest (how often).
    """
    others = moved[moved["verdict"] != told.verdict]
    found = pd.DataFrame(moved["found"].tolist(), columns=list(names))
    counts = (found >= again_from).sum()
    lowest, median, highest = moved["ari"].agg(["min", "median", "max"])
    return SimpleNamespace(
        n=len(moved),
        n_same=int((moved["candidate"] == told.candidate).sum()),
        n_verdict=len(moved) - len(others),
        n_types=int((moved["verdict"] == "k classes").sum()),
        exceptions=list(with_french_names(others).index),
        lowest=lowest,
        median=median,
        highest=highest,
        firmest=counts.idxmax() if (counts == counts.max()).sum() == 1 else "",
        n_firmest=int(counts.max()),
    )


def methods(
    agreement: pd.DataFrame, criteria: pd.DataFrame, stability, n_classes: int
) -> SimpleNamespace:
    """Sum up other methods at a number of classes, from three results of `typology`.

    Attributes: latent_ari, ward_ari (agreement with the mixture); aic_k, bic_k (number of latent
    classes that each criterion prefers); n_best_starts of n_starts (that reached the best optimum);
    observed, null_high (stability of Ward's trees, and the highest that chance alone gives).
    """
    starts = criteria.loc[n_classes, ["n_best_starts", "n_starts"]].astype(int)
    return SimpleNamespace(
        latent_ari=agreement.loc["latent", "ari"],
        ward_ari=agreement.loc["ward", "ari"],
        aic_k=int(criteria["aic"].idxmin()),
        bic_k=int(criteria["bic"].idxmin()),
        **starts,
        **stability.table().loc[n_classes, ["observed", "null_high"]],
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
    """Name a class by what it offers more often: its accepted name, else its services.

    A signature such as ``+sig -formation`` names what the class offers more often than the others,
    then less often; `labels` maps codes of services to names.
    """
    signature, *member = code.partition(" (")
    suffix, found = "".join(member), _CODE.findall(signature)
    more = {service for sign, service in found if sign == "+"}
    for name, services in _TEXTS["names"].items():
        if more == set(services):
            return name + suffix
    over, under = (
        [short_label(labels.get(s, s)) for sign, s in found if sign == side] for side in "+-"
    )
    parts = [french.enumeration(over)] if over else []
    if len(under) == 1:
        parts.append(("peu d’" if under[0][:1] in _ELIDED else "peu de ") + under[0])
    elif under:
        parts.append("peu de : " + french.enumeration(under))
    text = " ; ".join(parts) if parts else _TEXTS["undistinguished"]
    return french.typeset(text[:1].upper() + text[1:]) + suffix


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
