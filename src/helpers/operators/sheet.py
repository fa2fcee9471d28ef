"""The page of one operator: its facts as tables, and one template around them."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import jinja2
import pandas as pd
import yaml
from markupsafe import Markup

from claimbook import french
from claimbook.figures import Links
from helpers import charts
from helpers.operators.facts import WORDS, FactBook, Facts

# How many pages one row names.
_PAGES = 2
_UNDATED = "s. d."


@dataclass(frozen=True)
class Sheet:
    """The sheet of one operator, shown in a notebook as in its page.

    Attributes
    ----------
    facts : Facts
    book : SheetBook
        What it is taken from.
    """

    facts: Facts
    book: SheetBook

    @functools.cached_property
    def html(self) -> str:
        """The content of the page, headings from level 2."""
        return self.book.render(self.facts)

    def _repr_html_(self) -> str:
        return self.html


class SheetBook(FactBook):
    """The sheets of an edition, by operator.

    Parameters
    ----------
    study : Study
        The edition.

    Examples
    --------
    >>> SheetBook(Study())["Mégalis Bretagne"]  # doctest: +SKIP
    """

    def __init__(self, study):
        super().__init__(study)
        text = (study.edition.root / "CITATION.cff").read_text(encoding="utf-8")
        self.citation = yaml.safe_load(text)

    def __getitem__(self, operator: str) -> Sheet:
        """Return the sheet of an operator; `UserError` if there is none of that name."""
        return Sheet(super().__getitem__(operator), self)

    def render(self, facts: Facts) -> str:
        """Return the content of a sheet as HTML."""
        rows = confirmations(facts)
        title, body = issue_texts(facts, rows)
        return fill(
            "sheet.html.j2",
            facts=facts,
            tables=self._tables(facts),
            where=places_told(facts),
            dated=self._dated(facts),
            rows=rows,
            issue=title,
            address=correction_link(self.citation, title, body),
            team=self.citation["authors"][0].get("name", ""),
            words=WORDS,
            link=self.link,
            page=page_link,
            date=max(self.tables["register_operators"]["snapshot"], default=""),
        )

    def link(self, operator: str) -> Links:
        """Return a name that leads to its sheet, if it has one."""
        slug = self.slugs.get(operator)
        return Links([(operator, f"{slug}.html" if slug else "")])

    def _dated(self, facts: Facts) -> list[tuple[str, str, dict]]:
        """Return label, value and row of the figures that one page gives for one year."""
        write = {"budget_eur": french.euros}
        return [
            (label, write.get(code, french.count)(float(fact["value"])), fact)
            for code, label in WORDS["dated"].items()
            if (fact := facts.attributes.get(code)) and pd.notna(fact["year"])
        ]

    def _tables(self, facts: Facts) -> dict[str, Markup]:
        """Return the map and the tables of a sheet as HTML, empty where there is nothing to show."""
        source = "pages citées dans la table."
        kinds = (("planned", "discontinued", "not_offered"), ("weak",), ("firm",))
        other, weak, firm = (_service_table(facts.of(*kind)) for kind in kinds)
        shown = {
            "firm": (firm, "Services que montrent ses pages", ["service", "told", "pages"]),
            "weak": (
                weak,
                "À ne pas retenir seuls : la page ne suffit pas",
                ["service", "told", "doubt", "pages"],
            ),
            "other": (
                other,
                "Services en projet, arrêtés ou non proposés",
                ["service", "state", "told", "pages"],
            ),
            "cooperation": (
                self._cooperation_table(facts),
                "Coopérations que disent les pages",
                ["partner", "kind", "topic", "told", "dated", "state", "pages"],
            ),
        }
        found = dict.fromkeys((*shown, "map"), Markup())
        for name, (frame, title, columns) in shown.items():
            if len(frame):
                options = {"scope": "énoncés lus sur des pages publiques.", "source": source}
                table = self.study.table(
                    frame[columns],
                    name,
                    title=title,
                    columns=WORDS["headings"],
                    downloads=False,
                    **options,
                )
                found[name] = Markup(table.html)
        if len(facts.places):
            found["map"] = Markup(self._map(facts).html)
        return found

    def _map(self, facts: Facts):
        chart = charts.locator_map(facts.places.set_index("code").drop(columns="region"))
        n = len(facts.places)
        return self.study.figure(
            chart,
            "carte",
            title=french.plural(n, "Son département", f"Ses {n} départements"),
            reading=f"{french.plural(n, 'le département', 'les départements')} en foncé.",
            scope="territoire que disent les pages.",
            source="base publique de l’étude ; registre de la CNIL pour les communes.",
            columns=WORDS["headings"],
        )

    def _cooperation_table(self, facts: Facts) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "partner": self.link(row.partner),
                "kind": called("kinds", row.kind),
                "topic": self.labels.get(row.topic) or called("topics", row.topic),
                "told": row.note,
                "dated": _year(row.year),
                "state": called("statuses", row.status),
                "pages": Links([(_site(row.source_url), row.source_url)]),
            }
            for row in facts.cooperation.itertuples()
        )


def called(kind: str, code: str) -> str:
    """Return what a code is called; one that has no word yet is shown without underscores."""
    return WORDS[kind].get(code, code.replace("_", " "))


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("helpers", "operators"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for write in (french.count, french.date, french.plural, french.enumeration):
        environment.filters[write.__name__] = write
    return environment


def fill(template: str, **context) -> str:
    """Fill a template of this folder in; every text is escaped."""
    return _environment().get_template(template).render(context)


def places_told(facts: Facts) -> str:
    """Return where an operator works, in words."""
    outside = facts.identity["outside_departements"].split("|")
    names = [f"{place.name} ({place.code})" for place in facts.places.itertuples(index=False)]
    names += [called("outside", code) for code in outside if code]
    return ", ".join(names) or WORDS["scopes"][facts.identity["scope"]]


def confirmations(facts: Facts) -> list[str]:
    """Return what the director of an operator can correct or add, a line each."""
    identity, documented = facts.identity, facts.attributes
    absent = {
        "form": identity["legal_family"] == "inconnue",
        "perimeter": identity["scope"] == "unknown",
        "website": not identity["website"],
        **{code: code not in documented for code in WORDS["undated"]},
    }
    missing = [words for code, words in WORDS["missing"].items() if absent[code]]
    rows = [
        f"{row.service} : {_said(row)}, {_site(row.source_url)}, {_year(row.year)} "
        f"[{row.evidence_id}]"
        for row in facts.of("weak", *WORDS["states"]).itertuples()
    ]
    return [*rows, *(f"non documenté : {words}" for words in missing)]


def _said(row) -> str:
    doubt = called("doubts", row.weak_reason) if row.kind == "weak" else ""
    return f"à confirmer ({doubt})" if doubt else WORDS["states"][row.kind]


def issue_texts(facts: Facts, rows: list[str]) -> tuple[str, str]:
    """Return the title and the text of a message that corrects a sheet."""
    text = [
        f"Opérateur : {facts.operator}",
        "",
        "Pour chaque ligne fausse ou incomplète : ce qui est juste, et la page publique qui le dit "
        "(adresse, année).",
        "",
        *(f"- {row}" for row in rows),
    ]
    return f"Fiche « {facts.operator} » : à corriger", "\n".join(text)


def correction_link(citation: dict, title: str, body: str) -> str:
    """Return the address of a prefilled issue, or of a prefilled mail; empty if there is neither.

    Parameters
    ----------
    citation : dict
        Content of ``CITATION.cff``: ``repository-code``, or an ``email`` of a contact or an author.
    title, body : str
        What to fill in.
    """
    repository = citation.get("repository-code") or citation.get("repository") or ""
    people = [*citation.get("contact", ()), *citation.get("authors", ())]
    email = next((person["email"] for person in people if person.get("email")), "")
    if "gitlab" in repository:
        start, names = "/-/issues/new", ("issue[title]", "issue[description]")
    else:
        start, names = "/issues/new", ("title", "body")
    if repository:
        start = repository.rstrip("/").removesuffix(".git") + start
    elif email:
        start, names = f"mailto:{email}", ("subject", "body")
    else:
        return ""
    query = urlencode(dict(zip(names, (title, body), strict=True)), quote_via=quote)
    return f"{start}?{query}"


def page_link(url: str, year=None) -> Links:
    """Return a link to a page, called by its site and year."""
    return Links([(_site(url) + (f", {_year(year)}" if pd.notna(year) else ""), url)])


def _service_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per service: what its surest page says, why it is weak, and its pages."""
    return pd.DataFrame(
        {
            "service": service,
            "told": same["note"].iloc[0],
            "doubt": called("doubts", same["weak_reason"].iloc[0]),
            "state": called("states", same["kind"].iloc[0]),
            "pages": _pages(same),
        }
        for service, same in rows.groupby("service", sort=False)
    )


def _pages(rows: pd.DataFrame) -> Links:
    """Return links to the first pages, each called by its site and year, all different."""
    seen, found = {}, []
    for row in rows.drop_duplicates("page")[:_PAGES].itertuples():
        text = f"{_site(row.source_url)}, {_year(row.year)}"
        seen[text] = seen.get(text, 0) + 1
        found.append((text if seen[text] == 1 else f"{text} ({seen[text]})", row.source_url))
    return Links(found)


def _year(year) -> str:
    return _UNDATED if pd.isna(year) else str(int(year))


def _site(url: str) -> str:
    """Return the site that an address is of, without ``www.``; the word "page" if it has none."""
    return re.match(r"(?:(?i:https?:)?//)?(?:www\.)?([^/?#]*)", url.strip())[1] or "page"
