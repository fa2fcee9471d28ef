import numpy as np
import pandas as pd

from helpers import charts_typology, figures


def texts(figure):
    return [t.get_text() for axes in figure.axes for t in axes.texts]


def test_a_share_that_is_not_identified_has_no_corrected_point():
    figures.use_style()
    frame = pd.DataFrame(
        {"s": ["a", "b"], "n": [0.2, 0.1], "c": [0.4, np.nan], "l": [0.3, 0.1], "h": [0.6, 1.0], "i": [True, False]}
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
    ends = [p.get_x() + p.get_width() for p in figure.axes[0].patches]
    assert max(ends) == 1.0
    assert [p.get_hatch() or "" for p in figure.axes[0].patches[::2]] == list(figures.HATCHES[:2])


def test_a_cell_of_the_heat_map_says_estimate_seen_and_side():
    rates, seen = pd.DataFrame({"x": [0.8]}, index=["s"]), pd.DataFrame({"x": [0.3]}, index=["s"])
    figure = charts_typology.profile_heat(rates, seen, pd.DataFrame({"x": [1]}, index=["s"]))
    (text,) = texts(figure)
    assert text.startswith("▲ 80")
    assert "(vu 30" in text


def test_the_band_and_the_index_are_drawn_for_every_null():
    table = pd.DataFrame(
        {"observed": [1, 0.8], "null_mean": [1, 0.6], "null_low": [1, 0.5], "null_high": [1, 0.7]}, index=[1, 2]
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
    points = pd.DataFrame({"x": [-1.0, 2.0], "y": [-1.0, 1.0], "group": ["g", "h"]}, index=["A", "B"])
    services = pd.DataFrame(
        {"x": [0.9, 1.1], "y": [0.77, 0.8]}, index=["protection des données", "archivage électronique"]
    )
    figure = charts_typology.plane(points, services, names=[], xlabel="1", ylabel="2")
    figure.canvas.draw()
    first, second = (t.get_window_extent() for t in figure.axes[0].texts)
    assert not first.overlaps(second)


def test_the_matrix_of_pairs_draws_the_limits_of_groups():
    matrix = pd.DataFrame(np.eye(4), index=list("abcd"), columns=list("abcd"))
    figure = charts_typology.pair_matrix(matrix, bounds=[2], label="p")
    assert len(figure.axes[0].lines) == 2
