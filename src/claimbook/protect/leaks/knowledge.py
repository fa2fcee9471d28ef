"""What the confidential tables know, arranged for looking up: names, records, groups and amounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from claimbook.protect.leaks.names import NameIndex, name_index
from claimbook.protect.leaks.words import plain, stems
from claimbook.protect.roles import Roles

if TYPE_CHECKING:
    import pandas as pd

_VARIABLE = ("attribute", "variable", "question", "item", "service_code")
_VALUE = ("value", "answer", "state", "response")
# Values that are words of any text.
_ANYWHERE = frozenset({"autre", "inconnue", "region", "departement", "national", "several", "unknown", "oui", "non",
                       "public", "mixte", "commune", "association"})  # fmt: skip
_YES = frozenset({"offered", "oui", "yes", "true", "1", "x", "vrai"})
# What tells how the study worked, not what an operator answered.
_NOT_ANSWERS = frozenset({"year", "minimum", "maximum", "n_values", "n_pages", "n_firm_pages", "n_planned_pages",
                          "first_year", "last_year", "n_raw", "only_rollout", "n_departements"})  # fmt: skip


@dataclass
class Knowledge:
    """The confidential tables as a checker needs them.

    Attributes
    ----------
    operators : list of str
    threshold : int
    dominance : float
    names : NameIndex
    pseudonyms : dict of str to str
        Code, such as ``A07``, to operator.
    answers : dict of str to (dict of str to str)
        Variable to the value of each operator that has one.
    numbers : dict of str to (dict of str to float)
        The same for numbers.
    groups : dict of str to (dict of str to set of str)
        Quasi-identifier to its values, in plain words, to the operators that have them.
    labels : dict of str to set of str
        Variable to the words under which readers know it, in plain words.
    words : dict of str to (dict of str to str)
        Variable to the words that stand for its codes.
    """

    operators: list[str]
    threshold: int
    dominance: float
    names: NameIndex
    pseudonyms: dict[str, str] = field(default_factory=dict)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: dict[str, dict[str, float]] = field(default_factory=dict)
    groups: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    labels: dict[str, set[str]] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def runs(self) -> dict[str, list[tuple[str, str]]]:
        """Words of each value of a quasi-identifier, to the (variable, value) pairs that they mean."""
        found: dict[str, list[tuple[str, str]]] = {}
        for variable, groups in self.groups.items():
            for value in groups:
                run = " ".join(stems(value))
                if len(run) > 2 and not run.isdigit() and run not in _ANYWHERE:
                    found.setdefault(run, []).append((variable, value))
        return found

    @cached_property
    def by_label(self) -> dict[str, list[str]]:
        """Words by which readers know a variable, to the variables that they may mean."""
        found: dict[str, list[str]] = {}
        for variable, labels in self.labels.items():
            for label in sorted(labels):
                found.setdefault(label, []).append(variable)
        return found

    def yes(self, variable: str) -> set[str]:
        """Return the operators that said yes to a variable."""
        return {o for o, value in self.answers.get(variable, {}).items() if plain(value) in _YES}


def knowledge_of(
    tables: Mapping[str, pd.DataFrame],
    roles: Roles,
    *,
    threshold: int,
    dominance: float,
    pseudonyms: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    territories: Iterable[str] = (),
) -> Knowledge:
    """Return what the confidential tables know.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tidy tables with operators under their names, in the column ``operator``.
    roles : Roles
        What each column gives away.
    threshold : int
        Fewest operators behind a published cell.
    dominance : float
        Largest share of a published amount that may come from one operator.
    pseudonyms : mapping of str to str, optional
        Operator to the code of its pseudonym.
    labels : mapping of str to str, optional
        Code, of a service or of a value, to the words that readers see.
    territories : iterable of str
        Names of départements and regions.

    Returns
    -------
    Knowledge
    """
    labels, territories = dict(labels or {}), list(territories)
    names, identifiers = [], []
    wide: dict[str, dict[str, list]] = {}
    operators = sorted(set(tables["operators"]["operator"]))
    known = set(operators)
    for frame in tables.values():
        if "operator" not in frame.columns:
            continue
        frame = frame[frame["operator"].isin(known)]
        for operator, variable, value in _told(frame):
            text = _text(value)
            if text == "":
                continue
            if variable in ("full_name", "former_names", "acronym"):
                names += [(operator, part.strip()) for part in text.split("|")]
            elif variable in roles.identifiers:
                identifiers.append((operator, text))
            elif (
                variable not in roles.tokens
                and variable not in roles.operators
                and variable not in _NOT_ANSWERS
            ):
                wide.setdefault(variable, {}).setdefault(operator, []).append(text)
    names += [(operator, operator) for operator in operators]
    found = Knowledge(operators, threshold, dominance, name_index(names, identifiers, territories))
    found.pseudonyms = {code: operator for operator, code in (pseudonyms or {}).items()}
    for variable, held in wide.items():
        _arrange(found, variable, held, roles, labels)
    return found


def _told(frame) -> Iterable[tuple[str, str, object]]:
    """Yield (operator, variable, value) of a table, whether it has a row per operator or a row per answer."""
    name = next((c for c in _VARIABLE if c in frame.columns), None)
    value = next((c for c in _VALUE if c in frame.columns), None)
    if name is not None and value is not None:
        variables = frame[name].astype(str)
        if "item" in frame.columns and name != "item":
            # a question of several items is as many variables
            items = frame["item"].fillna("").astype(str)
            variables = variables.where(items == "", variables + ":" + items)
        yield from zip(frame["operator"], variables, frame[value], strict=True)
        return
    for column in frame.columns:
        if column != "operator":
            yield from zip(
                frame["operator"], [str(column)] * len(frame), frame[column], strict=True
            )


def _text(value) -> str:
    if value is None or str(value) in ("<NA>", "NaT", "nan"):
        return ""
    if hasattr(value, "item"):
        value = value.item()
    return (
        str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    )


def _arrange(
    found: Knowledge, variable: str, held: dict[str, list], roles: Roles, labels: dict[str, str]
) -> None:
    single = all(len(set(values)) == 1 for values in held.values())
    if variable in roles.quasi_identifiers:
        groups = found.groups.setdefault(variable, {})
        for operator, values in held.items():
            for part in {part.strip() for value in values for part in value.split("|")} - {""}:
                for word in {
                    plain(part),
                    plain(labels.get(part, part)),
                    plain(labels.get(f"{variable}:{part}", part)),
                }:
                    groups.setdefault(word, set()).add(operator)
    if not single:
        return
    values = {operator: texts[0] for operator, texts in held.items()}
    found.answers[variable] = values
    question = variable.partition(":")[0]
    found.words[variable] = {
        v: labels[f"{question}:{v}"] for v in set(values.values()) if f"{question}:{v}" in labels
    }
    found.labels[variable] = {plain(variable), plain(labels.get(variable, variable))}
    numbers = {operator: _number(text) for operator, text in values.items()}
    if variable not in roles.quasi_identifiers and all(
        number is not None for number in numbers.values()
    ):
        found.numbers[variable] = numbers


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if number == number and abs(number) != float("inf") else None
