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
from claimbook.figures.display import for_jupyter
from claimbook.figures.tables import column_styles, table_html
from helpers import charts
from helpers.operators.facts import WORDS, FactBook, Facts

# How many pages one row names.
_PAGES = 2
_UNDATED = "s. d."


@dataclass(frozen=True, repr=False)
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

    def __repr__(self) -> str:
        return f"Sheet({self.facts.operator!r})"

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        # Reports take HTML from Markdown, with its links and tables.
        return {"text/html": for_jupyter(self.html), "text/markdown": self.html}


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
        title, body = issue_texts(facts)
        return fill(
            "sheet.html.j2",
            facts=facts,
            tables=self._tables(facts),
            where=places_told(facts),
            missing=missing(facts),
            issue=title,
            address=correction_link(self.citation, title, body),
            team=self.citation["authors"][0].get("name", ""),
            words=WORDS,
            link=self.link,
            enough=self.study.parameters["least_pages"],
            page=page_link,
            date=max(self.tables["register_operators"]["snapshot"], default=""),
        )

    def link(self, operator: str) -> Links:
        """Return a name that leads to its sheet, if it has one."""
        slug = self.slugs.get(operator)
        return Links([(french.apostrophes(operator), f"{slug}.html" if slug else "")])

    def _identity_table(self, facts: Facts) -> pd.DataFrame:
        """Return what is documented of the body itself: a figure needs its page and its year."""
        identity, words = facts.identity, WORDS["identity"]
        former = ", ".join(name.strip() for name in identity["former_names"].split("|"))
        source = page_link(identity["source_url"])
        rows = [
            ("full_name", identity["full_name"], source),
            ("former_names", former, source),
            ("form", called("forms", identity["legal_family"]), source),
            ("territory", "" if identity["scope"] == "unknown" else places_told(facts), source),
        ]
        if identity["website"]:
            rows.append(("website", page_link(f"https://{identity['website']}"), ""))
        for code in filter(facts.attributes.get, [*WORDS["undated"], *WORDS["dated"]]):
            fact, year = facts.attributes[code], None
            if code in WORDS["dated"]:
                year = fact["year"]
                fact = fact | {"value": "" if pd.isna(year) else _figure(fact, code)}
            rows.append((code, fact["value"], page_link(fact["source_url"], year)))
        for row in facts.predecessors.itertuples():
            rows.append(("predecessor", self.link(row.name), page_link(row.source_url, row.year)))
        if facts.profile:
            typology = Links([("La typologie", "../04_typology.html")])
            rows.append(("profile", facts.profile, typology))
        if register := facts.register:
            numbers = french.count(register["designations"]), french.date(register["snapshot"])
            told = capitalised(WORDS["designations"][register["scope"]].format(*numbers))
            rows.append(("designations", told, page_link(register["source_url"])))
        frame = pd.DataFrame(rows, columns=["fact", "value", "pages"])
        return frame[frame["value"] != ""].assign(fact=lambda f: f["fact"].map(words))

    def _tables(self, facts: Facts) -> dict[str, Markup]:
        """Return the map and the tables of a sheet as HTML, empty where nothing is to be shown."""
        other = _service_table(facts.of("planned", "discontinued", "not_offered"))
        shown = {
            "identity": self._identity_table(facts),
            "firm": _service_table(facts.of("firm")).drop(columns=["doubt", "state"]),
            "weak": _service_table(facts.of("weak")).drop(columns="state"),
            "other": other.drop(columns="doubt"),
            "cooperation": self._cooperation_table(facts),
        }
        found = {name: _table(frame, name) for name, frame in shown.items()}
        return found | {"map": Markup(self._map(facts).html if len(facts.places) else "")}

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
        """Return one row per action that a page tells of, with all who took part."""
        same = ["kind", "topic", "year", "status", "note", "source_url"]
        actions = facts.cooperation.groupby(same, sort=False, dropna=False)["partner"]
        rows = [
            (
                Links(pair for name in partners for pair in self.link(name).items),
                called("kinds", kind),
                self.labels.get(topic) or called("topics", topic),
                capitalised(note),
                called("statuses", status),
                page_link(url, year),
            )
            for (kind, topic, year, status, note, url), partners in actions
        ]
        columns = ["partner", "kind", "topic", "told", "state", "pages"]
        return pd.DataFrame(rows, columns=columns)


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
        # Cells of tables are set as they are, so texts get their apostrophes here.
        finalize=lambda value: french.apostrophes(value) if type(value) is str else value,
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


def missing(facts: Facts) -> list[str]:
    """Return what no page gives of an operator, in words."""
    absent = {
        "form": facts.identity["legal_family"] == "inconnue",
        "territory": facts.identity["scope"] == "unknown",
        "website": not facts.identity["website"],
        **{code: code not in facts.attributes for code in WORDS["undated"]},
    }
    return [WORDS["missing"][code] for code, is_absent in absent.items() if is_absent]


def issue_texts(facts: Facts) -> tuple[str, str]:
    """Return the title and the text of a message that corrects a sheet: the rows in doubt."""
    rows = [
        f"- {row.evidence_id} : {row.service}, {called('states', row.kind)}, "
        f"{_site(row.source_url)}, {_year(row.year)}"
        for row in facts.of(*WORDS["states"]).itertuples()
    ]
    rows += [f"- non documenté : {words}" for words in missing(facts)]
    head = [f"Opérateur : {facts.operator}", "", WORDS["issue"], ""]
    return f"Fiche « {facts.operator} » : à corriger", "\n".join([*head, *rows])


def correction_link(citation: dict, title: str, body: str) -> str:
    """Return the address of a prefilled issue or, without a repository, of a prefilled mail.

    Parameters
    ----------
    citation : dict
        Content of ``CITATION.cff``: ``repository-code``, or an ``email`` of a contact or an author;
        with neither, the mail has no recipient.
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
    else:
        start, names = f"mailto:{email}", ("subject", "body")
    query = urlencode(dict(zip(names, (title, body), strict=True)), quote_via=quote)
    return f"{start}?{query}"


def page_link(url: str, year=None) -> Links:
    """Return a link to a page, called by its site and, where it is asked for, its year."""
    return Links([(_site(url) if year is None else f"{_site(url)}, {_year(year)}", url)])


def _figure(fact: dict, code: str) -> str:
    """Return a number that pages give, with its range where they give several."""
    write = french.euros if code == "budget_eur" else french.count
    value, low, high = (write(float(fact[name])) for name in ("value", "minimum", "maximum"))
    return value if low == high else WORDS["range"].format(value, _year(fact["year"]), low, high)


def _service_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per service: what its surest page says, why it is weak, and its pages."""
    first = rows.drop_duplicates("service")
    return first[["service"]].assign(
        state=[called("states", kind) for kind in first["kind"]],
        told=first["note"].map(capitalised),
        doubt=[called("doubts", reason) for reason in first["weak_reason"]],
        pages=[_pages(same) for _, same in rows.groupby("service", sort=False)],
    )


def _table(frame: pd.DataFrame, name: str) -> Markup:
    """Return a table as HTML; nothing, if it has no rows."""
    if frame.empty:
        return Markup()
    rows = frame.rename(columns=WORDS["headings"])
    styles = column_styles(rows, name, None)
    caption = WORDS["captions"][name]
    body = table_html(rows, caption, f"{name}-titre", styles)
    return Markup('<div class="opsn tabular">{}</div>').format(Markup(body))


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
    """Return the site that an address is of, without ``www.``; the word "page" if it has none.

    The host of a repository tells little: the owner of the repository is named too.
    """
    bare = re.sub(r"^((?i:https?:)?//)?(www\.)?", "", url.strip())
    return re.match(r"git(hub|lab)\.com/[^/?#]+|[^/?#]*", bare)[0] or "page"


def capitalised(text: str) -> str:
    """Return a text with a capital at its start, and the rest as it is."""
    return text[:1].upper() + text[1:]
