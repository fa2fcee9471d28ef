"""From each computed value to the cell that computed it, and back."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup

from claimbook import french
from claimbook.page.markup import UniqueIds

#: Id of the note that says, to those who cannot see the dotted line, what the link of a value does.
HELP_ID = "aide-valeur"
_BACK = Markup(
    '<li><a href="#{0}" aria-label="Revenir à la valeur {1}, {2}">{1}</a> <span>{2}</span></li>'
)
_FOLD = Markup(
    '<details class="code"><summary>{label}</summary>\n'
    '<div class="evidence" id="cell-{cell_id}" tabindex="-1" role="group" aria-label="{label}">\n'
    '<pre><code lang="en">{source}</code></pre>{ways}</div></details>'
)


@dataclass
class Evidence:
    """What links the values of a page to its cells: claims, ids of the code cells, ids of the page.

    ``feeds`` gives, for each cell, the (id, text, heading) of the values that it computed.
    """

    claims: list
    cells: set
    ids: UniqueIds
    feeds: dict = field(default_factory=dict)

    def computed_in(self, claim_id: str, stated_in: str) -> str | None:
        """Return the id of the cell that computed a claim stated in a cell."""
        same = [c for c in self.claims if c.get("id") == claim_id]
        here = [c for c in same if c.get("cell") == stated_in] or same
        computed = (c["computed_in"] for c in here if c.get("computed_in") in self.cells)
        return next(computed, stated_in if stated_in in self.cells else None)

    def link(self, tree, stated_in: str, heading: str) -> None:
        """Turn the values of a cell's tree into links to the cells that computed them, in place."""
        for element in tree.find_all("a", attrs={"data-claim": True}):
            claim_id = element["data-claim"]
            target = self.computed_in(claim_id, stated_in)
            element["id"] = self.ids.reserve("valeur-" + french.slug(claim_id.rpartition("/")[2]))
            if target is None or element.find_parent("a") is not None:
                element.name = "span"
                element.attrs.pop("href", None)
                continue
            element["href"] = f"#cell-{target}"
            element["aria-describedby"] = HELP_ID
            self.feeds.setdefault(target, []).append((element["id"], element.get_text(), heading))


def fold(cell_id: str, source: str, *, label: str, feeds=(), data=()) -> Markup:
    """Return the folded source of a cell, with links to the values it feeds and to its `data`.

    The target of a value's link stands inside the ``<details>``: browsers open it before they
    scroll to it (HTML standard, "ancestor revealing algorithm"), and ``tabindex="-1"`` moves the
    focus there too, all without a script.
    """
    ways = Markup("")
    if feeds:
        items = Markup("").join(_BACK.format(*feed) for feed in feeds)
        ways += Markup('<p>Valeurs du texte calculées ici\xa0:</p><ul class="back">{}</ul>').format(
            items
        )
    if data:
        link = Markup('<a href="#{}">données de «\xa0{}\xa0»</a>')
        links = Markup(", ").join(link.format(*target) for target in data)
        ways += Markup("<p>Lignes à l’appui\xa0: {}</p>").format(links)
    if ways:
        ways = Markup('<div class="ways">{}</div>').format(ways)
    return _FOLD.format(label=label, cell_id=cell_id, source=source.strip(), ways=ways)
