"""Answers of a survey: labels of its items, and whether themes differ on a scale."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.indicators.associations import NullTest, against_nulls


def item_labels(questions: pd.DataFrame, options: pd.DataFrame, variable: str) -> dict[str, str]:
    """Return the labels of the items of a question, or of its answers if it has no items.

    `questions` has variable, item, item_label; `options` variable, code, label. Code to label, in
    the order of the questionnaire; ValueError if the question was not asked.
    """
    asked = questions[questions["variable"] == variable]
    if not len(asked):
        raise ValueError(f"no question fills {variable!r}: see the table of questions")
    items = asked[asked["item"].fillna("") != ""]
    if len(items):
        return dict(zip(items["item"], items["item_label"], strict=True))
    chosen = options[options["variable"] == variable]
    return dict(zip(chosen["code"], chosen["label"], strict=True))


def theme_spread(
    scores: pd.DataFrame, least: int, *, n_permutations: int, rng: np.random.Generator
) -> tuple[int, NullTest]:
    """Test whether a score of `least` or more is more frequent for some themes than for others.

    Answers are shuffled among the themes of each respondent (the exact form of the test of Cochran
    1950, Biometrika 37, p. 256). The statistic is the standard deviation of the shares of the
    themes. `scores` has operator, theme, score. The number of respondents who answered for every
    theme comes first: the others do not count.
    """
    table = scores.pivot_table(index="operator", columns="theme", values="score").dropna()
    high = (table >= least).to_numpy()
    if min(high.shape) < 2:
        raise ValueError(f"theme_spread needs two respondents and two themes, not {high.shape}")
    null = [rng.permuted(high, axis=1).mean(axis=0).std() for _ in range(n_permutations)]
    return len(high), against_nulls(high.mean(axis=0).std(), null)
