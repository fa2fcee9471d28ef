"""The list of all sheets as a page: by name, by département and by group, searchable with the browser's own search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from markupsafe import Markup

from claimbook import french
from helpers.operators.catalogue import COLUMNS
from helpers.operators.words import SCOPES

_TABLE = Markup(
    "<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead>\n{bodies}\n</table>\n"  # bodies: with anchors
)
_UNPLACED = "Sans page lue : aucun groupe"


def fragment(slices: list[dict]) -> str:
    """Return the body of the list, as HTML whose headings start at level 2.

    Parameters
    ----------
    slices : list of dict
        Slices in alphabetical order.

    Returns
    -------
    str
        Every text is escaped.
    """
    n = french.count(len(slices))
    words = french.plural(len(slices), "opérateur a sa fiche", "opérateurs ont leur fiche")
    parts = [
        Markup("<p>{} {}.</p>\n").format(n, words),
        Markup(
            "<p>On y cherche un nom ou un département avec la recherche du navigateur (Ctrl + F, ou Cmd + F). "
            'Les mêmes données se reprennent <a href="operators.csv">en CSV pour un tableur</a> et '
            '<a href="operators.json">en JSON</a> ; le <a href="operators.schema.json">schéma de la table</a> en '
            "décrit les colonnes, comme la dernière section de cette page.</p>\n"
        ),
        _by_name(slices),
        _by_place(slices),
        _by_group(slices),
        _columns(),
    ]
    return str(Markup("").join(parts))


def _table(caption: str, heads: Iterable[str], bodies: Iterable[Markup]) -> Markup:
    cells = Markup("").join(Markup('<th scope="col">{}</th>').format(head) for head in heads)
    return _TABLE.format(
        caption=french.typeset(caption), heads=cells, bodies=Markup("\n").join(bodies)
    )


def _row(first: Markup | str, *others: Markup | str) -> Markup:
    cells = Markup("").join(Markup("<td>{}</td>").format(cell) for cell in others)
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(first, cells)


def _body(rows: Iterable[Markup], anchor: str = "") -> Markup:
    attribute = Markup(' id="{}"').format(anchor) if anchor else ""
    return Markup("<tbody{}>\n{}\n</tbody>").format(attribute, Markup("\n").join(rows))


def _link(content: dict) -> Markup:
    return Markup('<a href="{}.html">{}</a>').format(content["slug"], content["operator"])


def _links(contents: Iterable[dict]) -> Markup:
    return Markup(", ").join(_link(content) for content in contents)


def _gathered(slices: Iterable[dict], keys: Callable[[dict], Iterable]) -> dict:
    found: dict = {}
    for content in slices:
        for key in keys(content):
            found.setdefault(key, []).append(content)
    return found


def _where(content: dict) -> str:
    places = [place["name"] for place in content["perimeter"]["departements"]] + content[
        "perimeter"
    ]["outside"]
    regions = content["perimeter"]["regions"]
    if content["perimeter"]["scope"] == "region":
        return f"{regions[0]} ({', '.join(places)})"
    return ", ".join(places) or SCOPES[content["perimeter"]["scope"]]


def _initial(content: dict) -> str:
    first = content["slug"][0]
    return first.upper() if first.isalpha() else "0-9"


def _jumps(labels: Mapping[str, str], called: str) -> Markup:
    items = Markup("").join(
        Markup('<li><a href="#{}">{}</a></li>').format(anchor, text)
        for anchor, text in labels.items()
    )
    return Markup('<nav class="jumps" aria-label="{}"><ul>{}</ul></nav>\n').format(called, items)


def _by_name(slices: list[dict]) -> Markup:
    groups = _gathered(slices, lambda content: [_initial(content)])
    bodies = [
        _body(
            (
                _row(
                    _link(content),
                    content["form"],
                    _where(content),
                    Markup("{}").format(sum(s["state"] == "offered" for s in content["services"])),
                    str(content["reading"]["pages"]),
                )
                for content in members
            ),
            f"lettre-{initial.lower()}",
        )
        for initial, members in groups.items()
    ]
    heads = ("Opérateur", "Forme", "Où", "Services vus", "Pages lues")
    letters = {f"lettre-{initial.lower()}": initial for initial in groups}
    return Markup("<h2>Par nom</h2>\n{}{}").format(
        _jumps(letters, "Initiales"),
        _table("Les opérateurs, par ordre alphabétique", heads, bodies),
    )


def _by_place(slices: list[dict]) -> Markup:
    places = _gathered(
        slices,
        lambda content: [
            (place["code"], place["name"]) for place in content["perimeter"]["departements"]
        ],
    )
    regions = {
        (place["code"], place["name"]): place["region"]
        for content in slices
        for place in content["perimeter"]["departements"]
    }
    rows = [
        _row(f"{name} ({code})", regions[code, name], _links(places[code, name]))
        for code, name in sorted(places)
    ]
    others = _gathered(slices, lambda content: content["perimeter"]["outside"])
    rows += [_row(name, "hors des départements", _links(others[name])) for name in sorted(others)]
    for scope in ("national", "unknown"):
        found = [content for content in slices if content["perimeter"]["scope"] == scope]
        if found:
            rows.append(_row(SCOPES[scope][:1].upper() + SCOPES[scope][1:], "–", _links(found)))
    heads = ("Département", "Région", "Opérateurs")
    return Markup(
        "<h2>Par département</h2>\n<p>Un département qui manque n’a aucun opérateur documenté : "
        "cela ne prouve pas qu’aucun n’y travaille.</p>\n{}"
    ).format(_table("Les opérateurs de chaque département", heads, [_body(rows)]))


def _by_group(slices: list[dict]) -> Markup:
    groups = _gathered(slices, lambda content: [(content["class"] or {}).get("name", _UNPLACED)])
    verdict = next((content["class"]["verdict"] for content in slices if content["class"]), "")
    warning = {
        "k classes": "La typologie distingue ces types ; un opérateur n’y appartient qu’avec une probabilité.",
        "no classes": "La typologie conclut qu’il n’y a pas de types : ces groupes sont une coupure commode.",
    }.get(
        verdict,
        "La typologie laisse ouverte la question des types : ces groupes ne sont qu’une exploration.",
    )
    parts = [
        Markup(
            '<h2>Par groupe</h2>\n<p>{} <a href="../04_typology.html">Lire la typologie.</a> '
            "Les opérateurs nettement classés viennent d’abord.</p>\n"
        ).format(warning)
    ]
    names = sorted(name for name in groups if name != _UNPLACED) + [_UNPLACED] * (
        _UNPLACED in groups
    )
    for name in names:
        members = sorted(
            groups[name], key=lambda content: not (content["class"] or {}).get("placed", False)
        )
        items = Markup("\n").join(
            Markup("<li>{}{}</li>").format(_link(c), _sure(c)) for c in members
        )
        parts.append(
            Markup('<h3>{}</h3>\n<ul class="names">{}</ul>\n').format(french.typeset(name), items)
        )
    return Markup("").join(parts)


def _sure(content: dict) -> str:
    found = content["class"]
    if not found:
        return ""
    return f" ({french.percent(found['membership'], 0)}{'' if found['placed'] else ', pas nettement classé'})"


def _columns() -> Markup:
    kinds = {
        "string": "texte",
        "integer": "nombre entier",
        "number": "nombre",
        "boolean": "oui ou non",
    }
    rows = [
        _row(Markup("<code>{}</code>").format(name), kinds[kind], text)
        for name, kind, text, _ in COLUMNS
    ]
    caption = "Colonnes de operators.csv : points-virgules, virgules décimales, UTF-8"
    return Markup("<h2>Les colonnes de la table</h2>\n{}").format(
        _table(caption, ("Colonne", "Type", "Contenu"), [_body(rows)])
    )
