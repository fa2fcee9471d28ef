"""Seeded, named perturbations of tables, and whether the claims of a notebook notice them.

A perturbation is what an error in the data or in the code before them would look like: an operator lost, two labels
swapped, a value shifted. A claim ledger is worth its name if nearly all of them change a claim or break an invariant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from claimbook.claims import compare

Tables = dict[str, pd.DataFrame]
OPERATOR_COLUMNS = ("operator", "source", "target", "predecessor")
KEYS = frozenset(
    {
        "operator",
        "service_code",
        "source",
        "target",
        "predecessor",
        "row_id",
        "evidence_id",
        "figure_id",
    }
)
# Words for people, which no computation reads.
FREE_TEXT = frozenset(
    {
        "note",
        "comment",
        "source_url",
        "website",
        "weak_reason",
        "full_name",
        "former_names",
        "batch",
    }
)


@dataclass(frozen=True)
class Perturbation:
    """One changed set of tables: what was done, to which tables, and the result."""

    name: str
    touched: tuple[str, ...]
    tables: Tables


class Attempt(NamedTuple):
    """What a kind of perturbation did: the words for it, and the tables that it changed."""

    words: str
    changed: Tables


def _with(tables: Tables, *columns: str) -> list[str]:
    return [
        name
        for name in sorted(tables)
        if set(columns) <= set(tables[name].columns) and len(tables[name]) > 1
    ]


def _pick(rng: np.random.Generator, items: Iterable):
    items = list(items)
    return items[int(rng.integers(len(items)))] if items else None


def _two(rng: np.random.Generator, values: pd.Series) -> list | None:
    unique = sorted(values.dropna().unique())
    return (
        [unique[place] for place in rng.choice(len(unique), 2, replace=False)]
        if len(unique) > 1
        else None
    )


def _columns(frame: pd.DataFrame, kind: Callable[[pd.Series], bool]) -> list[str]:
    return [name for name in frame.columns if name not in KEYS | FREE_TEXT and kind(frame[name])]


def _is_number(column: pd.Series) -> bool:
    return (
        pd.api.types.is_numeric_dtype(column)
        and not pd.api.types.is_bool_dtype(column)
        and column.notna().any()
    )


def _is_category(column: pd.Series) -> bool:
    text = pd.api.types.is_string_dtype(column) or pd.api.types.is_bool_dtype(column)
    return text and 1 < column.nunique() <= max(2, len(column) // 4)


def drop_operator(tables: Tables, rng: np.random.Generator) -> Attempt | None:
    """Lose every row of one operator, in every table."""
    home = _pick(rng, _with(tables, "operator"))
    if home is None:
        return None
    operator = _pick(rng, sorted(tables[home]["operator"].dropna().unique()))
    changed = {}
    for name, frame in tables.items():
        hit = frame.isin(
            {column: [operator] for column in OPERATOR_COLUMNS if column in frame}
        ).any(axis=1)
        if hit.any():
            changed[name] = frame[~hit].reset_index(drop=True)
    return Attempt(f"drop the operator {operator!r} everywhere", changed)


def swap_service_labels(tables: Tables, rng: np.random.Generator) -> Attempt | None:
    """Give each of two services the label of the other."""
    home = _pick(rng, _with(tables, "service_code", "label_fr"))
    pair = _two(rng, tables[home]["label_fr"]) if home else None
    return _swapped(tables[home], home, "label_fr", pair, "labels") if pair else None


def swap_services(tables: Tables, rng: np.random.Generator) -> Attempt | None:
    """Read each of two services for the other, in one table."""
    home = _pick(
        rng, [name for name in _with(tables, "service_code") if "label_fr" not in tables[name]]
    )
    pair = _two(rng, tables[home]["service_code"]) if home else None
    return _swapped(tables[home], home, "service_code", pair, "services") if pair else None


def swap_operators(tables: Tables, rng: np.random.Generator) -> Attempt | None:
    """Read each of two operators for the other, in one table."""
    home = _pick(rng, _with(tables, "operator"))
    pair = _two(rng, tables[home]["operator"]) if home else None
    return _swapped(tables[home], home, "operator", pair, "operators") if pair else None


def _swapped(frame: pd.DataFrame, name: str, column: str, pair: list, what: str) -> Attempt:
    first, second = pair
    swapped = frame.assign(**{column: frame[column].replace({first: second, second: first})})
    return Attempt(f"swap the {what} {first!r} and {second!r} in {name}", {name: swapped})


def flip_status(tables: Tables, rng: np.random.Generator) -> Attempt | None:
    """Give one row another category, such as "planned" for "offered"."""
    home = _pick(rng, [name for name in _with(tables) if _columns(tables[name], _is_category)])
    if home is None:
        return None
    frame = tables[home].copy()
    column = _pick(rng, _columns(frame, _is_category))
    row = int(rng.integers(len(frame)))
    before = frame[column].iloc[row]
    after = _pick(
        rng, [value for value in sorted(frame[column].dropna().unique()) if value != before]
    )
    frame.iloc[row, frame.columns.get_loc(column)] = after
    return Attempt(f"say '{after}' for '{before}' in {home}.{column}, row {row}", {home: frame})


def shift_value(tables: Tables, rng: np.random.Generator) -> Attempt | None:
    """Move one number by a tenth of its size, and by one at the least."""
    home = _pick(rng, [name for name in _with(tables) if _columns(tables[name], _is_number)])
    if home is None:
        return None
    frame = tables[home].copy()
    column = _pick(rng, _columns(frame, _is_number))
    row = int(_pick(rng, np.flatnonzero(frame[column].notna())))
    before = frame[column].iloc[row]
    after = before + max(1, round(abs(before) / 10))
    frame.iloc[row, frame.columns.get_loc(column)] = after
    return Attempt(f"read {after} for {before} in {home}.{column}, row {row}", {home: frame})


def scale_column(tables: Tables, rng: np.random.Generator) -> Attempt | None:
    """Read a whole column of numbers in another unit: ten times as large."""
    home = _pick(rng, [name for name in _with(tables) if _columns(tables[name], _is_number)])
    if home is None:
        return None
    column = _pick(rng, _columns(tables[home], _is_number))
    return Attempt(
        f"multiply {home}.{column} by ten",
        {home: tables[home].assign(**{column: tables[home][column] * 10})},
    )


def duplicate_row(tables: Tables, rng: np.random.Generator) -> Attempt | None:
    """Count one row twice."""
    home = _pick(rng, _with(tables))
    if home is None:
        return None
    row = int(rng.integers(len(tables[home])))
    twice = np.insert(np.arange(len(tables[home])), row, row)
    return Attempt(
        f"duplicate row {row} of {home}", {home: tables[home].iloc[twice].reset_index(drop=True)}
    )


def drop_row(tables: Tables, rng: np.random.Generator) -> Attempt | None:
    """Lose one row."""
    home = _pick(rng, _with(tables))
    if home is None:
        return None
    row = int(rng.integers(len(tables[home])))
    return Attempt(
        f"drop row {row} of {home}",
        {home: tables[home].drop(tables[home].index[row]).reset_index(drop=True)},
    )


KINDS = (
    drop_operator,
    swap_service_labels,
    swap_services,
    swap_operators,
    flip_status,
    shift_value,
    scale_column,
    duplicate_row,
    drop_row,
)


def perturbations(
    tables: Mapping[str, pd.DataFrame], rng: np.random.Generator, n: int, kinds=KINDS
) -> Iterator[Perturbation]:
    """Yield seeded perturbations of tables, each one different from the tables and applied alone.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables; they are never changed.
    rng : numpy.random.Generator
        Source of randomness; perturbation i depends on the generator and on i alone.
    n : int
        How many.
    kinds : sequence of callable
        Kinds of perturbation, taken in turn; one that does not apply gives way to the next.

    Yields
    ------
    Perturbation
        With all tables, the changed ones in the place of the old.

    Raises
    ------
    ValueError
        If no kind changes anything.
    """
    tables = dict(tables)
    for number, stream in enumerate(rng.spawn(n)):
        for turn in range(10 * len(kinds)):
            attempt = kinds[(number + turn) % len(kinds)](tables, stream)
            changed = attempt.changed if attempt else {}
            if any(not frame.equals(tables[name]) for name, frame in changed.items()):
                yield Perturbation(attempt.words, tuple(sorted(changed)), {**tables, **changed})
                break
        else:
            raise ValueError("no kind of perturbation changes these tables")


class Result(NamedTuple):
    """Whether a perturbation was caught, and by what."""

    name: str
    caught: bool
    why: str


def check(
    changes: Iterable[Perturbation], baseline: list[dict], run: Callable[[Tables], list[dict]]
) -> Iterator[Result]:
    """Run a notebook on each perturbation and say whether a claim or an invariant noticed it.

    Parameters
    ----------
    changes : iterable of Perturbation
        What `perturbations` yields.
    baseline : list of dict
        Claims of the notebook on the tables as they are.
    run : callable
        From tables to claims; an exception (a failed invariant, a sentence that cannot be written) counts as caught.

    Yields
    ------
    Result
        In the order of the perturbations.
    """
    for change in changes:
        try:
            comparison = compare(baseline, run(change.tables))
        except Exception as error:
            yield Result(
                change.name,
                True,
                f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}",
            )
            continue
        differing = len(comparison.changed) + len(comparison.new) + len(comparison.gone)
        yield Result(change.name, not comparison.accepted, f"{differing} claims differ")


def tell(results: Iterable[Result]) -> str:
    """Return the share of perturbations caught, and the list of those that were not."""
    results = list(results)
    missed = [result for result in results if not result.caught]
    share = 1 - len(missed) / len(results) if results else 0.0
    lines = [f"{len(results) - len(missed)} of {len(results)} perturbations caught ({share:.1%})"]
    return "\n".join(
        [*lines, *(f"  not caught: {result.name} ({result.why})" for result in missed)]
    )
