"""The charts of the reports; each returns a Matplotlib figure without text around it."""

# ruff: noqa: F401

from helpers.charts.forms import Chart, bars, lines, matrix, rows
from helpers.charts.graph import network
from helpers.charts.maps import choropleth, locator_map, territories
from helpers.charts.old_rows import (
    against_chance,
    breadth_rows,
    changes,
    dots,
    group_means,
    naive_and_corrected,
    pairs,
    quotients,
    ranges,
    steps,
    twins,
)
from helpers.charts.plots import (
    choices,
    columns,
    lorenz_curves,
    membership_bars,
    null_band,
    pair_matrix,
    panels,
    plane,
    profile_heat,
    random_tables,
    state_grid,
)
