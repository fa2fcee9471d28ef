"""One look for every figure: set once per kernel."""

from __future__ import annotations

from claimbook.figures import palette

FONTS = ("DejaVu Sans", "Verdana", "Arial", "sans-serif")


def rc_params() -> dict:
    """Return the Matplotlib settings of the collection."""
    from cycler import cycler

    colours, count = palette.PALETTE, len(palette.PALETTE)
    return {
        "axes.edgecolor": palette.MUTED,
        "axes.labelcolor": palette.INK,
        "axes.labelsize": 10,
        "axes.axisbelow": True,
        "axes.formatter.use_mathtext": False,
        "axes.grid": False,
        "axes.prop_cycle": cycler(color=colours) + cycler(linestyle=palette.LINESTYLES[:count]),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlesize": 11,
        "axes.titleweight": "bold",
        "axes.unicode_minus": True,
        "figure.constrained_layout.use": True,
        "figure.dpi": 96,
        "figure.facecolor": "white",
        "figure.figsize": (7.6, 4.4),
        "font.family": "sans-serif",
        "font.sans-serif": list(FONTS),
        "font.size": 10,
        "grid.color": palette.RULE,
        "grid.linewidth": 0.6,
        "hatch.linewidth": 0.6,
        "image.cmap": palette.SEQUENTIAL,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "patch.edgecolor": "white",
        "patch.linewidth": 0.5,
        "savefig.facecolor": "white",
        "svg.fonttype": "none",
        # ids inside the SVG come from a hash of this salt: the same figure gives the same bytes
        "svg.hashsalt": "opsn",
        "text.color": palette.INK,
        # names of operators may hold "$" or "_": labels are text, never formulae
        "text.parse_math": False,
        "xtick.color": palette.MUTED,
        "xtick.labelcolor": palette.INK,
        "xtick.labelsize": 9,
        "ytick.color": palette.MUTED,
        "ytick.labelcolor": palette.INK,
        "ytick.labelsize": 9,
    }


def use_style() -> None:
    """Set Matplotlib for the collection: palette, text kept as text, stable bytes, nothing shown by itself.

    Figures appear only where a cell returns :func:`claimbook.figures.figure`, with all their text.
    """
    import matplotlib as mpl
    from matplotlib.colors import LinearSegmentedColormap

    mpl.use("agg")
    for name, anchors in (
        (palette.SEQUENTIAL, palette.SEQUENTIAL_ANCHORS),
        (palette.DIVERGING, palette.DIVERGING_ANCHORS),
    ):
        if name not in mpl.colormaps:
            mpl.colormaps.register(LinearSegmentedColormap.from_list(name, anchors))
    mpl.rcParams.update(rc_params())
