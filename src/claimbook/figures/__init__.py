"""A figure or a table with its text: alternative, caption, reading note, scope, source and data.

Every figure and table of the collection goes through :func:`figure` or :func:`table`, so that a
reader who does not see it, prints it in grey or doubts it can use it all the same.
"""

from claimbook.figures.display import Display, figure, table
from claimbook.figures.svg import LINESTYLES, MARKERS, PALETTE, SEQUENTIAL, ink_on, use_style
from claimbook.figures.tables import Links, cell_formatter, csv_text, format_axis

__all__ = ["LINESTYLES", "MARKERS", "PALETTE", "SEQUENTIAL", "ink_on", "use_style"]
__all__ += ["Display", "Links", "cell_formatter", "csv_text", "figure", "format_axis", "table"]
