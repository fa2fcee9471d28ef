"""The charts of the reports; each returns a Matplotlib figure without text around it."""

# ruff: noqa: F401

from helpers.charts.maps import choropleth, locator_map
from helpers.charts.plots import (
    bars,
    choices,
    columns,
    lorenz_curves,
    membership_bars,
    network_map,
    null_band,
    pair_matrix,
    panels,
    plane,
    profile_heat,
    random_tables,
    state_grid,
)
from helpers.charts.rows import (
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
