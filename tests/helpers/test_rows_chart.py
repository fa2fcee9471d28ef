"""Rows of dots: what is drawn, read back."""

import pandas as pd
import pytest

from helpers import charts

LONG = "Collectivités et établissements raccordés à la transmission en ligne des actes (2012)"


def frame(values, names):
    index = pd.Index(names)
    return pd.DataFrame({"value": values, "low": values, "high": values}, index, dtype=float)


def test_numbers_of_the_table_are_written_as_those_of_the_drawing():
    assert charts.rows(frame([-0.2], ["a"]), "axe", style="points").formats["low"] == "points"


def test_names_of_several_lines_have_room():
    short, long = (
        charts.rows(frame([0.2, 0.3], [name, "b"]), "axe").drawing for name in ("a", LONG)
    )
    assert long.get_size_inches()[1] > short.get_size_inches()[1]


@pytest.mark.parametrize("value", [0.3, 0.95, 1.0])
def test_no_share_above_the_whole_stands_on_the_axis(value):
    drawing = charts.rows(frame([value], ["a"]), "axe").drawing
    drawing.canvas.draw()
    assert max(drawing.axes[0].get_xticks()) <= 1


def test_a_fall_leaves_room_for_its_number():
    axes = charts.rows(frame([-0.03, 0.3], ["a", "b"]), "axe", style="points").drawing.axes[0]
    assert axes.get_xlim()[0] < -0.04
