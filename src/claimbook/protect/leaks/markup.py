"""The texts, attributes and tables of a page, each with its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from claimbook.protect.leaks.finding import Table

# Tags inside a sentence: what stands on both sides of one is read as one text.
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q",
     "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tspan", "u", "var", "wbr"}
)  # fmt: skip
_OFFICE_BLOCKS = frozenset(
    {"p", "h", "tr", "tc", "table-row", "table-cell", "tbl", "document", "body"}
)
_GEOMETRY = frozenset(
    {"d", "points", "transform", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height",
     "viewbox", "dx", "dy", "offset", "stroke-width"}
)  # fmt: skip


@dataclass
class Page:
    """What a page holds.

    Attributes
    ----------
    texts : list of (str, int, str)
        Place, line and text of each run of text, attribute and comment.
    tables : list of Table
        Their rows of headers and of cells.
    data : list of (int, str)
        Line and address of each ``data:`` URI.
    """

    texts: list[tuple[str, int, str]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    data: list[tuple[int, str]] = field(default_factory=list)


def read_page(text: str) -> Page:
    """Return the parts of a page or of another text with tags."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.page


class _Reader(HTMLParser):
    """Reads a page as a whole."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._buffer: list[str] = []
        self._line, self._block = 1, "text"
        self._open: list[Table] = []
        self._cell: list[str] | None = None
        self._row: list[tuple[str, str]] = []

    @staticmethod
    def _ends_text(tag: str) -> bool:
        """Tell whether a tag separates texts: in office documents only paragraphs, rows and cells do."""
        prefix, colon, name = tag.partition(":")
        return name in _OFFICE_BLOCKS if colon else prefix not in _INLINE

    def _flush(self, block: str = "text") -> None:
        text = "".join(self._buffer)
        if text.strip():
            self.page.texts.append((self._block, self._line, text))
        self._buffer, self._block = [], block
        self._line = self.getpos()[0]

    def handle_starttag(self, tag, attrs):
        if self._ends_text(tag):
            self._flush(tag)
        for name, value in attrs:
            if not value or name in _GEOMETRY:
                continue
            compact = value.strip()
            if compact[:5].lower() == "data:" and "," in compact:
                self.page.data.append((self.getpos()[0], compact))
            else:
                self.page.texts.append((f"attribute {name} of <{tag}>", self.getpos()[0], value))
        if tag == "table":
            self._open.append(Table("", "table"))
        elif tag == "tr":
            self._row = []
        elif tag in ("td", "th") and self._open:
            self._cell = []

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if self._ends_text(tag):
            self._flush()
        if tag in ("td", "th") and self._cell is not None:
            self._row.append((tag, " ".join("".join(self._cell).split())))
            self._cell = None
        elif tag == "tr" and self._open:
            table = self._open[-1]
            cells = [text for _, text in self._row]
            if self._row and all(kind == "th" for kind, _ in self._row) and not table.headings:
                table.headings = cells
            elif self._row:
                table.rows.append(cells)
                table.lines.append(self.getpos()[0])
        elif tag == "table" and self._open:
            self.page.tables.append(self._open.pop())

    def handle_data(self, data):
        if not self._buffer:
            self._line = self.getpos()[0]
        self._buffer.append(data)
        if self._cell is not None:
            self._cell.append(data)

    def handle_comment(self, data):
        self.page.texts.append(("comment", self.getpos()[0], data))

    def handle_decl(self, decl):
        self.page.texts.append(("declaration", self.getpos()[0], decl))

    def handle_pi(self, data):
        self.page.texts.append(("instruction", self.getpos()[0], data))

    def unknown_decl(self, data):
        self.page.texts.append(("CDATA", self.getpos()[0], data))

    def close(self):
        """End the reading: an unfinished text is a text."""
        super().close()
        self._flush()
