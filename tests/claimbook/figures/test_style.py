"""Colours hold against white, for colour-blind readers and in grey print."""

import itertools

import matplotlib as mpl
import numpy as np
import pytest

from claimbook import figures
from claimbook.figures.svg import contrast
from tests.loading import cases

CASES = cases(__file__)


@pytest.fixture(autouse=True)
def style():
    figures.use_style()


def linear(colour):
    values = np.array(mpl.colors.to_rgb(colour))
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    ratios = CASES["xyz"] @ np.clip(rgb, 0, 1) / [0.95047, 1, 1.08883]
    roots = np.where(ratios > 0.008856, np.cbrt(ratios), 7.787 * ratios + 16 / 116)
    return np.array([116 * roots[1] - 16, 500 * (roots[0] - roots[1]), 200 * (roots[1] - roots[2])])


def test_colours_and_text_keep_the_contrasts_of_wcag_on_white():
    names = ("text.color", "axes.labelcolor", "xtick.labelcolor", "xtick.color")
    limits = dict.fromkeys(figures.PALETTE, 3) | {mpl.rcParams[name]: 4.5 for name in names}
    for colour, least in limits.items():
        assert contrast(mpl.colors.to_hex(colour), "#ffffff") >= least, colour


@pytest.mark.parametrize("vision", CASES["visions"])
def test_any_two_colours_stay_apart_for_every_vision(vision):
    seen = np.array(CASES["visions"][vision])
    for first, second in itertools.combinations(figures.PALETTE, 2):
        distance = np.linalg.norm(lab(seen @ linear(first)) - lab(seen @ linear(second)))
        assert distance >= 25, (first, second)


def test_series_differ_by_more_than_colour():
    styles = [entry["linestyle"] for entry in mpl.rcParams["axes.prop_cycle"]]
    for cues in (styles, figures.MARKERS):
        assert len({str(cue) for cue in cues}) == len(figures.PALETTE)


def test_the_sequential_map_darkens_steadily_so_that_grey_print_keeps_the_order():
    colours = mpl.colormaps[figures.SEQUENTIAL](np.linspace(0, 1, 64))[:, :3]
    assert (np.diff([lab(linear(colour))[0] for colour in colours]) < 0).all()


def test_ink_reads_on_every_shade_of_the_map():
    for shade in mpl.colormaps[figures.SEQUENTIAL](np.linspace(0, 1, 50)):
        assert contrast(figures.ink_on(shade), mpl.colors.to_hex(shade)) >= 4.5
