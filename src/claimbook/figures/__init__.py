"""A figure or a table with its text: alternative, caption, reading note, scope, source and data.

Every figure and table of the collection goes through :func:`figure` or :func:`table`, so that none can exist without
the words that let a reader who does not see it, prints it in grey or doubts it, use it all the same.
"""

from claimbook.figures.display import Display, figure, table
from claimbook.figures.formats import cell_formatter, format_axis
from claimbook.figures.links import Links
from claimbook.figures.palette import (
    DIVERGING,
    HATCHES,
    LINESTYLES,
    MARKERS,
    PALETTE,
    SEQUENTIAL,
    ink_on,
)
from claimbook.figures.style import use_style
from claimbook.figures.texts import filler_reason

__all__ = [
    "DIVERGING",
    "HATCHES",
    "LINESTYLES",
    "MARKERS",
    "PALETTE",
    "SEQUENTIAL",
    "Display",
    "Links",
    "cell_formatter",
    "figure",
    "filler_reason",
    "format_axis",
    "ink_on",
    "table",
    "use_style",
]
