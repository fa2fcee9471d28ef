"""The look of every figure, and a Matplotlib figure as inline SVG: the same bytes every time.

Every colour of `PALETTE` reaches 3:1 against white (WCAG 2.2, criterion 1.4.11), and any two stay
at least 25 apart in CIE L*a*b* for ordinary vision and for simulated protanopia, deuteranopia and
tritanopia (Machado, Oliveira and Fernandes, 2009, table 1, severity 1).
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from claimbook.french import apostrophes

#: Qualitative colours: navy, orange, teal, wine, violet, brown.
PALETTE = ("#14477d", "#d2521c", "#2a9c99", "#6d1b3f", "#8b62d4", "#4c3a10")
#: Second cues, so that colour never carries a meaning alone.
MARKERS = ("o", "s", "^", "D", "v", "P")
LINESTYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
#: Name of the colour map that `use_style` registers: light to dark, so that grey print keeps order.
SEQUENTIAL = "opsn_sequential"
_ANCHORS = ("#f1f5fa", "#c3d6ea", "#86aed3", "#4780b8", "#14477d", "#0a2646")
#: Below this width in CSS pixels a drawing is an emblem beside the text, and is never stretched.
SMALL = 400
_HREF = "{http://www.w3.org/1999/xlink}href"
_FAMILY = re.compile(r"font-family: [^;]+; ?")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_NUMBER = re.compile(r"-?\d+\.\d+")


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two ``#rrggbb`` colours, from 1 to 21 (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour) -> str:
    """Return black or white, which reads best on a background: one always reaches 4.5:1.

    Parameters
    ----------
    colour : str or tuple of float, shape (3,) or (4,)
        Any Matplotlib colour; alpha is ignored.

    Returns
    -------
    str
        ``#rrggbb``.
    """
    from matplotlib.colors import to_hex

    background = to_hex(colour)
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, background))


def use_style() -> None:
    """Set Matplotlib for the collection: palette, text kept as text, stable bytes.

    Figures appear only where a cell returns :func:`claimbook.figures.figure`.
    """
    import matplotlib as mpl
    from matplotlib import style
    from matplotlib.colors import LinearSegmentedColormap

    mpl.use("agg")
    if SEQUENTIAL not in mpl.colormaps:
        mpl.colormaps.register(LinearSegmentedColormap.from_list(SEQUENTIAL, _ANCHORS))
    style.use(Path(__file__).with_name("report.mplstyle"))
    mpl.rcParams["axes.prop_cycle"] = mpl.rcsetup.cycler(color=PALETTE, linestyle=LINESTYLES)


def figure_of(drawing, name: str):
    """Return the Matplotlib figure behind a figure, axes or seaborn grid, or raise `ValueError`."""
    from matplotlib.figure import FigureBase

    found = getattr(drawing, "figure", None) or drawing
    if not isinstance(found, FigureBase):
        kind = type(drawing).__name__
        raise ValueError(f"{name}: expected a Matplotlib figure, axes or seaborn grid, not {kind}")
    figure = found.get_figure(root=True)
    if not any(axes.has_data() for axes in figure.axes):
        raise ValueError(f"{name}: the figure draws nothing")
    return figure


def svg_of(figure, *, name: str, alternative: str) -> str:
    """Return a Matplotlib figure as an ``<svg role="img">`` element, its ids prefixed by a slug.

    `ValueError` if a label holds a formula (``$…$``) or a control character.
    """
    root = _drawn(figure, name)
    for text in root.iter("text"):
        if "\\mathdefault" in "".join(text.itertext()):
            remedy = "call claimbook.figures.format_axis on that axis"
            raise ValueError(f"{name}: a tick is written as a formula; {remedy}")
    _remove_unused(root)
    _rename_ids(root, name)
    for parent in list(root.iter()):
        if parent.tag != "defs":
            parent[:] = list(_ungrouped(parent))
    width, height = (_pixels(root.attrib[side]) for side in ("width", "height"))
    root.attrib = {
        "class": "plot small" if width < SMALL else "plot",
        "role": "img",
        "aria-label": " ".join(alternative.split()),
        "viewBox": root.attrib["viewBox"],
        "width": str(width),
        "height": str(height),
        # Matplotlib states these in a style sheet, which would leak into the page.
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
        "font-family": "DejaVu Sans, Verdana, Arial, sans-serif",
    }
    for element in root.iter():
        _tidy(element)
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)


def _drawn(figure, name: str) -> ElementTree.Element:
    """Return the SVG that Matplotlib writes, with tags without their namespace."""
    import matplotlib as mpl

    settings = {"svg.fonttype": "none", "svg.hashsalt": "opsn", "text.parse_math": False}
    buffer = io.BytesIO()
    with warnings.catch_warnings(), mpl.rc_context(settings):
        # The reader's fonts draw the labels: what this machine's font lacks is no matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    try:
        root = ElementTree.fromstring(buffer.getvalue())
    except ElementTree.ParseError as error:
        problem = "a label of the figure holds a control character"
        raise ValueError(f"{name}: {problem} ({error})") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _pixels(length: str) -> int:
    return round(float(length.removesuffix("pt")) * 4 / 3)


def _remove_unused(root) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            unused = child.tag == "defs" and all(held.tag == "style" for held in child)
            if unused or child.tag in ("metadata", "style", "title"):
                parent.remove(child)


def _rename_ids(root, name: str) -> None:
    """Remove ids that nothing refers to, and prefix the others."""
    used = set()
    for element in root.iter():
        if _HREF in element.attrib:
            element.set("href", element.attrib.pop(_HREF))
        used.add(element.get("href", "").removeprefix("#"))
        used.update(*map(_REFERENCE.findall, element.attrib.values()))
    for element in root.iter():
        if element.get("id") in used:
            element.set("id", f"{name}-{element.get('id')}")
        else:
            element.attrib.pop("id", None)
        for key, value in list(element.attrib.items()):
            value = re.sub(r"^#", f"#{name}-", value) if key == "href" else value
            element.set(key, _REFERENCE.sub(rf"url(#{name}-\1)", value))


def _ungrouped(parent) -> Iterator[ElementTree.Element]:
    """Yield the children, with what groups without attributes hold in their place."""
    for child in parent:
        if child.tag == "g" and not child.attrib:
            yield from _ungrouped(child)
        else:
            yield child


def _tidy(element) -> None:
    """Remove blanks, write apostrophes and paths as they should be, leave fonts to the page."""
    words = element.tag in ("text", "tspan")
    element.tail = None
    if words and element.text:
        element.text = apostrophes(element.text)
    elif not words and not (element.text or "").strip():
        element.text = None
    if element.tag == "text":
        element.set("style", _FAMILY.sub("", element.get("style", "")))
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
    if "d" in element.attrib:
        element.set("d", compact(element.attrib["d"]))
    if "points" in element.attrib:
        element.set("points", " ".join(element.attrib["points"].split()))


def compact(path: str) -> str:
    """Return the ``d`` of an SVG path to a tenth of a point: a map holds thousands of them."""
    shorter = _NUMBER.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), path)
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", " ".join(shorter.split()))
