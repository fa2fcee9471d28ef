"""One look for every figure: colours that hold on white, in grey and for colour-blind readers.

Every colour of `PALETTE` reaches 3:1 against white (WCAG 2.2, criterion 1.4.11), and any two stay
at least 25 apart in CIE L*a*b* for ordinary vision and for simulated protanopia, deuteranopia and
tritanopia (Machado, Oliveira and Fernandes, 2009, table 1, severity 1).
"""

from __future__ import annotations

from pathlib import Path

#: Qualitative colours: navy, orange, teal, wine, violet, brown.
PALETTE = ("#14477d", "#d2521c", "#2a9c99", "#6d1b3f", "#8b62d4", "#4c3a10")
#: Second cues, so that colour never carries a meaning alone.
MARKERS = ("o", "s", "^", "D", "v", "P")
LINESTYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
HATCHES = ("", "///", "...", "xxx", "\\\\\\", "++")
#: Name of the colour map that `use_style` registers: light to dark, so that grey print keeps order.
SEQUENTIAL = "opsn_sequential"
_ANCHORS = ("#f1f5fa", "#c3d6ea", "#86aed3", "#4780b8", "#14477d", "#0a2646")


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
    from cycler import cycler
    from matplotlib import style
    from matplotlib.colors import LinearSegmentedColormap

    mpl.use("agg")
    if SEQUENTIAL not in mpl.colormaps:
        mpl.colormaps.register(LinearSegmentedColormap.from_list(SEQUENTIAL, _ANCHORS))
    style.use(Path(__file__).with_name("report.mplstyle"))
    mpl.rcParams["axes.prop_cycle"] = cycler(color=PALETTE) + cycler(linestyle=LINESTYLES)
