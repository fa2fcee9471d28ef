"""From each computed value to the cell that computed it, and back."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup, escape

from claimbook.page.code import highlight
from claimbook.page.markup import Names, slug

#: Id of the note that says, to those who cannot see the dotted line, what the link of a value does.
HELP_ID = "aide-valeur"


@dataclass
class Evidence:
    """What links the values of a page to its cells.

    Attributes
    ----------
    claims : list of dict
        Claims of the notebook; each may hold ``cell`` (where it is stated) and ``computed_in``.
    cells : set of str
        Ids of the cells whose source the page shows.
    names : Names
        Ids of the page.
    feeds : dict of str to list of (str, str, str)
        Cell to the values that it computed: id of the link, text, heading under which the value is stated.
    """

    claims: list
    cells: set
    names: Names
    feeds: dict = field(default_factory=dict)

    def computed_in(self, claim_id: str, stated_in: str) -> str | None:
        """Return the id of the cell that computed a claim stated in a cell."""
        same = [c for c in self.claims if c.get("id") == claim_id]
        here = [c for c in same if c.get("cell") == stated_in] or same
        for claim in here:
            if claim.get("computed_in") in self.cells:
                return claim["computed_in"]
        return stated_in if stated_in in self.cells else None

    def link(self, tree, stated_in: str, heading: str) -> None:
        """Turn the values of a tree into links to the cells that computed them, in place.

        Parameters
        ----------
        tree : bs4.BeautifulSoup
            HTML of one cell, where values are ``<a class="claim" data-claim="ID">``.
        stated_in : str
            Id of this cell.
        heading : str
            Heading that precedes it.
        """
        for element in tree.find_all("a", attrs={"data-claim": True}):
            claim_id = element["data-claim"]
            target = self.computed_in(claim_id, stated_in)
            inside_link = element.find_parent("a")
            element["id"] = self.names.give("valeur-" + slug(claim_id.rpartition("/")[2]))
            if target is None or inside_link is not None:
                element.name = "span"
                element.attrs.pop("href", None)
                continue
            element["href"] = f"#cell-{target}"
            element["aria-describedby"] = HELP_ID
            self.feeds.setdefault(target, []).append((element["id"], element.get_text(), heading))


def fold(cell_id: str, source: str, *, label: str, feeds=(), data=()) -> str:
    """Return the folded source of a cell, with the way back to the values that it feeds.

    Parameters
    ----------
    cell_id : str
        Id of the cell.
    source : str
        Its source.
    label : str
        What the summary says.
    feeds : iterable of (str, str, str)
        Id of the link, text and heading of each value.
    data : iterable of (str, str)
        Id in the page and name of the tables nearest to the cell.

    Returns
    -------
    str

    Notes
    -----
    The target of a value's link stands *inside* the ``<details>``: browsers then open it before they scroll to it
    (HTML standard, "ancestor revealing algorithm"), without a script. ``tabindex="-1"`` moves the focus there too.
    """
    ways = []
    if feeds:
        items = "".join(_way_back(*feed) for feed in feeds)
        ways.append(
            f'<p>Valeurs du texte calculées ici\N{NO-BREAK SPACE}:</p><ul class="back">{items}</ul>'
        )
    if data:
        links = ", ".join(
            f'<a href="#{anchor}">données de «\N{NO-BREAK SPACE}{escape(name)}\N{NO-BREAK SPACE}»</a>'
            for anchor, name in data
        )
        ways.append(f"<p>Lignes à l’appui\N{NO-BREAK SPACE}: {links}</p>")
    trail = f'<div class="ways">{"".join(ways)}</div>' if ways else ""
    return str(
        Markup(
            f'<details class="code"><summary>{escape(label)}</summary>\n'
            f'<div class="evidence" id="cell-{cell_id}" tabindex="-1" role="group" aria-label="{escape(label)}">\n'
            f'<pre><code lang="en">{highlight(source.strip())}</code></pre>{trail}</div></details>'
        )
    )


def _way_back(anchor: str, text: str, heading: str) -> str:
    text, heading = escape(text), escape(heading)
    return (
        f'<li><a href="#{anchor}" aria-label="Revenir à la valeur {text}, {heading}">{text}</a>'
        f" <span>{heading}</span></li>"
    )
