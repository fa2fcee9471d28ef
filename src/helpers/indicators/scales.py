"""Answers of a survey: on a scale, and one or several choices; shares are of those who answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.indicators.coverage import share

TOTAL = "Ensemble"


def item_labels(questions: pd.DataFrame, options: pd.DataFrame, variable: str) -> dict[str, str]:
    """Return the labels of what a question is answered for: its items, or the answers to choose from if it has none.

    Parameters
    ----------
    questions : DataFrame
        One row per question and item: variable, item, item_label.
    options : DataFrame
        One row per answer that may be chosen: variable, code, label.
    variable : str

    Returns
    -------
    dict of str to str
        Code to label, in the order of the questionnaire.

    Raises
    ------
    ValueError
        If no such question was asked.
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
    themes : dict of str to str
        Code of each theme to its label, in the order wanted.
    points : dict of int to str
        Each point of the scale to its label, from the lowest.

    Returns
    -------
    DataFrame, one row per theme
        theme (label), one column per point (label), and `TOTAL`: who answered.

    Raises
    ------
    ValueError
        If a theme or a score is unknown, or a respondent answers twice for a theme.
    """
    for column, known in (("theme", themes), ("score", points)):
        strange = sorted(set(scores[column]) - set(known))
        if strange:
            raise ValueError(
                f"scores hold {column} {strange[0]!r}, which is not among {', '.join(map(str, known))}"
            )
    if scores.duplicated(["operator", "theme"]).any():
        raise ValueError("scores hold two answers of one respondent for one theme")
    counts = pd.crosstab(scores["theme"], scores["score"]).reindex(
        index=list(themes), columns=list(points), fill_value=0
    )
    out = counts.set_axis(list(points.values()), axis=1)
    out[TOTAL] = out.sum(axis=1)
    out.insert(0, "theme", list(themes.values()))
    return out.reset_index(drop=True)


def high_shares(counts: pd.DataFrame, high: list[str]) -> pd.DataFrame:
    """Return, for each theme, the share of those who answered that chose one of some points of the scale.

    Parameters
    ----------
    counts : DataFrame
        As :func:`scale_counts` returns them; a hidden count is missing, and hides the row that rests on it.
    high : list of str
        Labels of the points.

    Returns
    -------
    DataFrame, one row per theme
        theme, k, n, share, low, high (Wilson interval); largest share first, hidden rows last.
    """
    rows = []
    for row in counts.to_dict("records"):
        numbers = [row[label] for label in (*high, TOTAL)]
        known = not any(pd.isna(number) for number in numbers)
        told = share(int(sum(numbers[:-1])), int(numbers[-1])) if known and numbers[-1] > 0 else {}
        rows.append({"theme": row["theme"], **told})
    out = pd.DataFrame(rows, columns=["theme", "k", "n", "share", "low", "high"])
    return out.sort_values(["share", "theme"], ascending=[False, True], ignore_index=True)


@dataclass(frozen=True)
class ThemeSpread:
    """Whether themes differ more than chance would make them.

    Attributes
    ----------
    n : int
        Respondents who answered for every theme: the others say nothing of the order.
    spread, null : float
        Standard deviation of the shares of the themes, and its mean when answers are shuffled within respondents.
    p : float
        Share of shuffles that spread as much, this one counted.
    """

    n: int
    spread: float
    null: float
    p: float


def theme_spread(
    scores: pd.DataFrame, least: int, *, n_permutations: int, rng: np.random.Generator
) -> ThemeSpread:
    """Test whether a high score is more frequent for some themes than for others.

    Each respondent answers for every theme, so that answers are paired: they are shuffled among the themes of each
    respondent (the exact form of the test of Cochran 1950, Biometrika 37, p. 256).

    Parameters
    ----------
    scores : DataFrame
        operator, theme, score.
    least : int
        Lowest of the high scores.
    n_permutations : int
    rng : numpy.random.Generator

    Returns
    -------
    ThemeSpread

    Raises
    ------
    ValueError
        If fewer than two respondents answered for every theme, or there are fewer than two themes.
    """
    table = (
        scores.pivot_table(index="operator", columns="theme", values="score").dropna() >= least
    ).to_numpy()
    if table.shape[0] < 2 or table.shape[1] < 2:
        raise ValueError(
            f"theme_spread needs two respondents and two themes, not {table.shape[0]} and {table.shape[1]}"
        )
    observed = float(table.mean(axis=0).std())
    drawn = np.array(
        [rng.permuted(table, axis=1).mean(axis=0).std() for _ in range(n_permutations)]
    )
    p = (1 + int((drawn >= observed - 1e-12).sum())) / (1 + n_permutations)
    return ThemeSpread(len(table), observed, float(drawn.mean()), p)


def choice_shares(answers: pd.DataFrame, variable: str, labels: dict[str, str]) -> pd.DataFrame:
    """Return the share of those who answered a question that chose each of its items.

    Parameters
    ----------
    answers : DataFrame
        One row per respondent and item answered: operator, variable, item, value ("yes" or "no").
    variable : str
        The question.
    labels : dict of str to str
        Code of each item to its label.

    Returns
    -------
    DataFrame, one row per item that somebody answered
        item (label), k, n, share, low, high (Wilson interval); largest share first.

    Raises
    ------
    ValueError
        If an answer is neither yes nor no, or about an unknown item.
    """
    own = answers[answers["variable"] == variable]
    strange = sorted(set(own["value"]) - {"yes", "no"}) or sorted(set(own["item"]) - set(labels))
    if strange:
        raise ValueError(
            f"the question {variable!r} holds {strange[0]!r}, which is no answer or item of it"
        )
    rows = [
        {"item": labels[code], **share(int((part["value"] == "yes").sum()), len(part))}
        for code, part in own.groupby("item", sort=True)
    ]
    out = pd.DataFrame(rows, columns=["item", "k", "n", "share", "low", "high"])
    return out.sort_values(["share", "item"], ascending=[False, True], ignore_index=True)
