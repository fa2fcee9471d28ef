"""The chart forms of the reports; each returns a `Chart`: its drawing and the table of it."""

# ruff: noqa: F401

from helpers.charts.drawn import check_drawn
from helpers.charts.forms import Chart, bars, lines, matrix, rows
from helpers.charts.graph import network
from helpers.charts.maps import locator_map, territories
