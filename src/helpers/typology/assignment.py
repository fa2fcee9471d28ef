"""A rule of at most three questions that tells the type of an operator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier

from helpers.estimates import Estimate, share

# Most questions of a whole rule, and folds that try it: fewer where a type has fewer operators.
MAX_QUESTIONS, N_FOLDS = 3, 5


@dataclass(frozen=True)
class AssignmentRule:
    """Yes-or-no questions on services that lead to a type.

    Attributes
    ----------
    questions : DataFrame
        One row per question, the first one first, index question: service_code, if_seen and
        if_not_seen (each a question, or a type).
    accuracy : Estimate
        Operators whose type the rule finds, by cross-validation.
    largest : float
        Share of the largest type: what always answering it would reach.
    """

    questions: pd.DataFrame
    accuracy: Estimate
    largest: float

    def assign(self, seen: pd.Series) -> str:
        """Return the type of an operator from the services seen (booleans by service code)."""
        answer = 1
        while isinstance(answer, int):
            question = self.questions.loc[answer]
            answer = question["if_seen" if seen[question["service_code"]] else "if_not_seen"]
        return answer


def assignment_rule(
    seen: pd.DataFrame, types: pd.Series, *, rng: np.random.Generator | int
) -> AssignmentRule:
    """Return the rule that a small decision tree learns from typed operators.

    Parameters
    ----------
    seen : DataFrame of bool, shape (n, m)
        Services seen, one row per operator.
    types : Series of str, shape (n,)
        Type of each operator; aligned with `seen` by index.
    rng : Generator or int
        Draws the folds of the cross-validation.

    Raises
    ------
    ValueError
        If there are fewer than two types, a type has one operator, or an operator has no type.
    """
    rng = np.random.default_rng(rng)
    types = types.reindex(seen.index)
    if types.isna().any():
        raise ValueError(f"{types.index[types.isna()][0]!r} has no type")
    sizes = types.value_counts()
    if len(sizes) < 2 or sizes.min() < 2:
        raise ValueError("a rule needs two types, with two operators each at least")
    # One leaf more than questions; ties between services are broken by the fixed seed.
    tree = DecisionTreeClassifier(max_leaf_nodes=MAX_QUESTIONS + 1, random_state=0)
    folds = StratifiedKFold(
        min(N_FOLDS, int(sizes.min())), shuffle=True, random_state=int(rng.integers(2**32))
    )
    predicted = cross_val_predict(tree, seen.to_numpy(), types.to_numpy(), cv=folds)
    tree.fit(seen.to_numpy(), types.to_numpy())
    right = int((predicted == types.to_numpy()).sum())
    return AssignmentRule(
        _questions(tree, list(seen.columns)),
        share(right, len(types)),
        float(sizes.iloc[0] / len(types)),
    )


def _questions(tree: DecisionTreeClassifier, services: list[str]) -> pd.DataFrame:
    """Return the questions of a fitted tree, numbered from the root."""
    nodes = tree.tree_
    asked = [node for node in range(nodes.node_count) if nodes.children_left[node] >= 0]
    number = {node: place for place, node in enumerate(asked, start=1)}

    def answer(node: int):
        return number.get(node) or str(tree.classes_[nodes.value[node].argmax()])

    rows = [
        {
            "question": number[node],
            "service_code": services[nodes.feature[node]],
            "if_seen": answer(nodes.children_right[node]),
            "if_not_seen": answer(nodes.children_left[node]),
        }
        for node in asked
    ]
    columns = ["question", "service_code", "if_seen", "if_not_seen"]
    return pd.DataFrame(rows, columns=columns).set_index("question")
