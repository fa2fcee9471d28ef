"""Colours that hold against white, in grey print and for colour-blind readers.

Every colour of `PALETTE` reaches 3:1 against white (WCAG 2.2, criterion 1.4.11), and any two of them stay at least 25
apart in CIE L*a*b* for ordinary vision and for simulated protanopia, deuteranopia and tritanopia (Machado, Oliveira
and Fernandes, 2009, "A physiologically-based model for simulation of color vision deficiency", table 1, severity 1).
"""

from __future__ import annotations

#: Qualitative colours: navy, orange, teal, wine, violet, brown.
PALETTE = ("#14477d", "#d2521c", "#2a9c99", "#6d1b3f", "#8b62d4", "#4c3a10")
#: Second cues, so that colour never carries a meaning alone.
MARKERS = ("o", "s", "^", "D", "v", "P")
LINESTYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
HATCHES = ("", "///", "...", "xxx", "\\\\\\", "++")
#: Names of the colour maps that :func:`claimbook.figures.use_style` registers.
SEQUENTIAL = "opsn_sequential"
DIVERGING = "opsn_diverging"

INK = "#1b2128"
MUTED = "#59626e"
RULE = "#c9ced6"

#: Anchors of the colour maps, light to dark; lightness falls steadily so that grey print keeps the order.
SEQUENTIAL_ANCHORS = ("#f1f5fa", "#c3d6ea", "#86aed3", "#4780b8", "#14477d", "#0a2646")
DIVERGING_ANCHORS = ("#8a3208", "#d2521c", "#f2b694", "#f5f5f4", "#a9c6e3", "#3c78b4", "#0f3661")


def relative_luminance(colour: str) -> float:
    """Return the relative luminance of a colour.

    Parameters
    ----------
    colour : str
        ``#rrggbb``.

    Returns
    -------
    float
        Between 0 (black) and 1 (white), as WCAG 2.2 defines it.
    """
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, between 1 and 21 (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((relative_luminance(first), relative_luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour) -> str:
    """Return the ink, black or white, that reads best on a background: one of the two always reaches 4.5:1.

    Parameters
    ----------
    colour : str or tuple of float, shape (3,) or (4,)
        ``#rrggbb``, or red, green, blue (and an ignored alpha) in [0, 1], as a Matplotlib colour map returns them.

    Returns
    -------
    str
        ``#rrggbb``.
    """
    if not isinstance(colour, str):
        colour = "#" + "".join(f"{round(255 * float(c)):02x}" for c in tuple(colour)[:3])
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, colour))
