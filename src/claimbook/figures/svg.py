"""A Matplotlib figure as inline SVG: text kept as text, the same bytes every time, ids that cannot clash."""

from __future__ import annotations

import io
import re
import warnings
from xml.etree import ElementTree

from claimbook.figures.paths import compact
from claimbook.figures.style import FONTS

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
#: Below this width in CSS pixels a drawing is an emblem beside the text: it keeps its size, and is never stretched.
SMALL = 400
_FAMILY = re.compile(r"font-family: [^;]+; ?")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def figure_of(drawing, name: str):
    """Return the Matplotlib figure behind a figure, axes or seaborn grid; raise ValueError for anything else."""
    from matplotlib.figure import FigureBase

    for candidate in (drawing, getattr(drawing, "figure", None), getattr(drawing, "fig", None)):
        if isinstance(candidate, FigureBase):
            break
    else:
        raise ValueError(
            f"{name}: expected a Matplotlib figure, axes or seaborn grid, not {type(drawing).__name__}"
        )
    figure = candidate.get_figure(root=True)
    if not any(axes.has_data() for axes in figure.axes):
        raise ValueError(f"{name}: the figure draws nothing")
    return figure


def svg_of(figure, *, name: str, alternative: str) -> str:
    """Return a figure as an ``<svg role="img">`` element.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawn figure.
    name : str
        Slug that prefixes every id of the drawing.
    alternative : str
        Alternative text.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a label holds a formula (``$…$`` made by a Matplotlib formatter) or a control character.
    """
    import matplotlib as mpl

    buffer = io.BytesIO()
    with (
        warnings.catch_warnings(),
        mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "opsn", "text.parse_math": False}),
    ):
        # labels stay text, drawn with the reader's fonts: what the font of this machine lacks does not matter
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    try:
        root = ElementTree.fromstring(buffer.getvalue())
    except ElementTree.ParseError as error:
        raise ValueError(
            f"{name}: a label of the figure holds a control character ({error})"
        ) from None
    for text in root.iter(f"{{{SVG}}}text"):
        if "\\mathdefault" in "".join(text.itertext()):
            raise ValueError(
                f"{name}: a tick is written as a formula; call claimbook.figures.format_axis on that axis"
            )
    _simplify(root, name)
    small = int(_pixels(root.attrib["width"])) < SMALL
    root.attrib = {
        "class": "plot small" if small else "plot",
        "role": "img",
        "aria-label": " ".join(alternative.split()),
        "viewBox": root.attrib["viewBox"],
        "width": _pixels(root.attrib["width"]),
        "height": _pixels(root.attrib["height"]),
        # Matplotlib states these for the whole document in a style sheet, which would leak into the page
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
        "font-family": ", ".join(FONTS),
    }
    return _serialise(root)


def _pixels(length: str) -> str:
    return str(round(float(length.removesuffix("pt")) * 4 / 3))


def _simplify(root, name: str) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            kind = child.tag.rpartition("}")[2]
            unused = kind == "defs" and not [c for c in child if not c.tag.endswith("}style")]
            if kind in ("metadata", "style", "title") or unused:
                parent.remove(child)
    used = set()
    for element in root.iter():
        link = element.attrib.pop(f"{{{XLINK}}}href", None)
        if link is not None:
            element.set("href", link)
        if element.get("href", "").startswith("#"):
            used.add(element.get("href")[1:])
        for value in element.attrib.values():
            used.update(_REFERENCE.findall(value))
    for element in root.iter():
        identifier = element.get("id")
        if identifier in used:
            element.set("id", f"{name}-{identifier}")
        elif identifier is not None:
            del element.attrib["id"]
        for key, value in element.attrib.items():
            if key == "href" and value.startswith("#"):
                element.set(key, f"#{name}-{value[1:]}")
            elif "url(#" in value:
                element.set(key, _REFERENCE.sub(rf"url(#{name}-\1)", value))
    _unwrap(root)


def _unwrap(root) -> None:
    """Replace groups that carry nothing by what they hold."""
    for parent in list(root.iter()):
        if parent.tag == f"{{{SVG}}}defs":
            continue
        changed = True
        while changed:
            changed = False
            for position, child in enumerate(list(parent)):
                if child.tag == f"{{{SVG}}}g" and not child.attrib:
                    parent.remove(child)
                    for offset, grandchild in enumerate(list(child)):
                        parent.insert(position + offset, grandchild)
                    changed = True
                    break


def _serialise(root) -> str:
    from claimbook.french import apostrophes

    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        if not (element.tag == "text" or element.tag == "tspan"):
            element.text = element.text if element.text and element.text.strip() else None
        element.tail = None
        if element.text and element.tag in ("text", "tspan"):
            element.text = apostrophes(element.text)
        if element.tag == "text":
            element.set("style", _FAMILY.sub("", element.get("style", "")))
            if element.get("transform", "").startswith("rotate(-0 "):
                del element.attrib["transform"]
        if "d" in element.attrib:
            element.set("d", compact(" ".join(element.attrib["d"].split())))
        if "points" in element.attrib:
            element.set("points", " ".join(element.attrib["points"].split()))
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
