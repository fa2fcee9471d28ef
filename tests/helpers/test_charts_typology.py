import itertools

import numpy as np
import pandas as pd

from claimbook import figures
from helpers import charts_typology


def texts(figure):
    return [t.get_text() for axes in figure.axes for t in axes.texts]


def test_a_share_that_is_not_identified_has_no_corrected_point():
    figures.use_style()
    frame = pd.DataFrame(
        {
            "s": ["a", "b"],
            "n": [0.2, 0.1],
            "c": [0.4, np.nan],
            "l": [0.3, 0.1],
            "h": [0.6, 1.0],
            "i": [True, False],
        }
    )
    figure = charts_typology.naive_and_corrected(
        frame, "s", naive="n", corrected="c", low="l", high="h", identified="i", xlabel="x"
    )
    corrected = next(line for line in figure.axes[0].lines if line.get_label() == "part corrigée")
    assert list(corrected.get_xdata()) == [0.4]
    figure.canvas.draw()


def test_bars_of_memberships_fill_the_axis():
    table = pd.DataFrame([[0.7, 0.3], [0.2, 0.8]], index=["a", "b"], columns=["x", "y"])
    figure = charts_typology.membership_bars(table, xlabel="p", limit=0.8)
    first, second = figure.axes[0].patches
    assert [p.get_hatch() or "" for p in (first, second)] == list(figures.HATCHES[:2])
    bars = [[path.get_extents().bounds for path in _rectangles(patch)] for patch in (first, second)]
    np.testing.assert_allclose(bars[0], [[0, -0.4, 0.7, 0.8], [0, 0.6, 0.2, 0.8]])
    np.testing.assert_allclose(bars[1], [[0.7, -0.4, 0.3, 0.8], [0.2, 0.6, 0.8, 0.8]])


def test_a_class_that_nobody_is_in_has_no_bar():
    table = pd.DataFrame([[1.0, 0.0]], index=["a"], columns=["x", "y"])
    first, second = charts_typology.membership_bars(table, xlabel="p").axes[0].patches
    assert (len(_rectangles(first)), len(_rectangles(second))) == (1, 0)


def _rectangles(patch):
    """Return the shapes that a compound path is made of."""
    path = patch.get_path()
    starts = (
        [*np.flatnonzero(path.codes == path.MOVETO), len(path.codes)]
        if path.codes is not None
        else [0]
    )
    return [type(path)(path.vertices[a:b], path.codes[a:b]) for a, b in itertools.pairwise(starts)]


def test_a_cell_of_the_heat_map_says_estimate_seen_and_side():
    rates, seen = pd.DataFrame({"x": [0.8]}, index=["s"]), pd.DataFrame({"x": [0.3]}, index=["s"])
    figure = charts_typology.profile_heat(rates, seen, pd.DataFrame({"x": [1]}, index=["s"]))
    (text,) = texts(figure)
    assert text.startswith("▲ 80")
    assert "(vu 30" in text


def test_the_band_and_the_index_are_drawn_for_every_null():
    table = pd.DataFrame(
        {"observed": [1, 0.8], "null_mean": [1, 0.6], "null_low": [1, 0.5], "null_high": [1, 0.7]},
        index=[1, 2],
    )
    figure = charts_typology.null_band({"one": table, "two": table}, xlabel="k", ylabel="s")
    assert len(figure.axes) == 2
    assert all(len(axes.collections) == 1 and len(axes.lines) == 2 for axes in figure.axes)


def test_the_plane_writes_the_names_asked_for():
    points = pd.DataFrame({"x": [0.0, 1.0], "y": [0.0, 1.0], "group": ["g", "h"]}, index=["A", "B"])
    services = pd.DataFrame({"x": [0.5], "y": [0.5]}, index=["cartes"])
    figure = charts_typology.plane(points, services, names=["B"], xlabel="1", ylabel="2")
    assert texts(figure) == ["cartes", "B"]


def test_names_of_services_that_stand_close_do_not_overlap():
    points = pd.DataFrame(
        {"x": [-1.0, 2.0], "y": [-1.0, 1.0], "group": ["g", "h"]}, index=["A", "B"]
    )
    services = pd.DataFrame(
        {"x": [0.9, 1.1], "y": [0.77, 0.8]},
        index=["protection des données", "archivage électronique"],
    )
    figure = charts_typology.plane(points, services, names=[], xlabel="1", ylabel="2")
    figure.canvas.draw()
    first, second = (t.get_window_extent() for t in figure.axes[0].texts)
    assert not first.overlaps(second)


def test_the_matrix_of_pairs_draws_the_limits_of_groups():
    matrix = pd.DataFrame(np.eye(4), index=list("abcd"), columns=list("abcd"))
    figure = charts_typology.pair_matrix(matrix, bounds=[2], label="p")
    assert len(figure.axes[0].lines) == 2
