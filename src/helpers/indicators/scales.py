"""Answers of a survey: on a scale, and one or several choices; shares are of those who answered."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.indicators.associations import NullTest, against_nulls
from helpers.indicators.coverage import share


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


def scale_counts(
    scores: pd.DataFrame, themes: dict[str, str], points: dict[int, str]
) -> pd.DataFrame:
    """Count the respondents at each point of a scale, for each theme.

    Parameters
    ----------
    scores : DataFrame
        One row per respondent and theme answered: operator, theme, score.
    themes, points : dict
        Each theme and each point of the scale (from the lowest) to its label, in order.

    Returns
    -------
    DataFrame, one row per theme
        theme (label), one column per point (label), and n: who answered.

    Raises
    ------
    ValueError
        If a theme or a score is unknown.
    """
    strange = [
        f"{column} {value!r}"
        for column, known in (("theme", themes), ("score", points))
        for value in sorted(set(scores[column]) - set(known))
    ]
    if strange:
        raise ValueError(f"scores hold {strange[0]}, which the questionnaire does not know")
    counts = pd.crosstab(scores["theme"], scores["score"])
    counts = counts.reindex(index=list(themes), columns=list(points), fill_value=0)
    out = counts.set_axis(list(points.values()), axis=1)
    out["n"] = out.sum(axis=1)
    out.insert(0, "theme", list(themes.values()))
    return out.reset_index(drop=True)


def high_shares(counts: pd.DataFrame, high: list[str]) -> pd.DataFrame:
    """Return, for each theme, the share of those who answered that chose one of some points.

    `counts` are as :func:`scale_counts` returns them, where a missing count hides the row that
    rests on it; `high` holds labels of points. Columns: theme, k, n, share, low, high; largest
    share first, hidden rows last.
    """
    numbers = counts[[*high, "n"]]
    known = numbers.notna().all(axis=1) & (counts["n"] > 0)
    rows = []
    for theme, row, there in zip(counts["theme"], numbers.to_numpy(), known, strict=True):
        found = share(int(sum(row[:-1])), int(row[-1])) if there else {}
        rows.append({"theme": theme} | found)
    return _largest_first(rows, "theme")


def _largest_first(rows: list[dict], name: str) -> pd.DataFrame:
    out = pd.DataFrame(rows, columns=[name, "k", "n", "share", "low", "high"])
    return out.sort_values(["share", name], ascending=[False, True], ignore_index=True)


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


def choice_shares(answers: pd.DataFrame, variable: str, labels: dict[str, str]) -> pd.DataFrame:
    """Return the share of those who answered a question that chose each of its items.

    `answers` has operator, variable, item and value ("yes" or "no"); `labels` maps the code of an
    item to its label. One row per item that somebody answered: item (label), k, n, share, low,
    high; largest share first.
    """
    own = answers[answers["variable"] == variable]
    rows = [
        {"item": labels[code]} | share(int((part["value"] == "yes").sum()), len(part))
        for code, part in own.groupby("item", sort=True)
    ]
    return _largest_first(rows, "item")
