"""The official tables, and what a set of départements adds up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from claimbook.errors import DataError
from helpers.paths import project_root

FOLDER = Path("data") / "raw" / "territories"
#: Sizes below which a commune is called small: the three that French law and statistics use most.
THRESHOLDS = (500, 2000, 3500)


def territory_file(name: str, root: Path | None) -> Path:
    """Return the path of a file of ``data/raw/territories``.

    Raises
    ------
    DataError
        If the file is not there.
    """
    path = (project_root() if root is None else Path(root)) / FOLDER / name
    if not path.is_file():
        raise DataError(
            (FOLDER / name).as_posix(), "the file is missing", "restore the committed file"
        )
    return path


def _read(name: str, root: Path | None, **types: str) -> pd.DataFrame:
    return pd.read_csv(
        territory_file(name, root),
        dtype=dict.fromkeys(
            ("code", "name", "departement", "region", "epci", "zone", "chef_lieu"), "str"
        )
        | types,
        keep_default_na=False,
        na_values={column: [""] for column in types},
        encoding="utf-8",
    )


def departements(root: Path | None = None) -> pd.DataFrame:
    """Return the 101 départements of 2023.

    Parameters
    ----------
    root : Path, optional
        Root of the study; found by :func:`helpers.paths.project_root` if not given.

    Returns
    -------
    DataFrame, shape (101, 4)
        ``code``, ``name``, ``region``, ``chef_lieu``, all text, sorted by code.
    """
    return _read("departements.csv", root)


def regions(root: Path | None = None) -> pd.DataFrame:
    """Return the 18 régions of 2023: ``code``, ``name``, ``chef_lieu``, all text, sorted by code."""
    return _read("regions.csv", root)


def communes(root: Path | None = None) -> pd.DataFrame:
    """Return the 35,039 communes of 1 January 2023.

    Parameters
    ----------
    root : Path, optional
        Root of the study; found by :func:`helpers.paths.project_root` if not given.

    Returns
    -------
    DataFrame, shape (35039, 7)
        ``code``, ``name``, ``departement``, ``region``, ``epci`` (SIREN), ``population`` (Int64, inhabitants,
        missing in six uninhabited places) and ``zone``. The 94 communes of the overseas collectivities
        (zone ``com``) have an empty ``departement`` and ``region``.

    Notes
    -----
    Population municipale 2020, in force on 1 January 2023; Mayotte 2017 (Insee).
    """
    return _read("communes.csv", root, population="Int64")


def checked_codes(codes: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Return codes of départements sorted, each once.

    Raises
    ------
    ValueError
        If one is not a département, or if a text is given instead of a list.
    """
    if isinstance(codes, str):
        raise ValueError(f"codes must be a list of codes of départements, not the text {codes!r}")
    wanted, known = set(codes), set(known)
    unknown = sorted(map(repr, wanted - known))
    if unknown:
        raise ValueError(
            f"codes: {', '.join(unknown)} is not a département (01 to 95, 2A, 2B, 971 to 974, 976)"
        )
    return tuple(sorted(wanted))


def _inside(codes: Iterable[str] | None, root: Path | None) -> tuple[tuple[str, ...], pd.DataFrame]:
    """Return the départements asked for, sorted, and their communes."""
    known = departements(root)["code"]
    wanted = checked_codes(known if codes is None else codes, known)
    table = communes(root)
    return wanted, table[table["departement"].isin(wanted)]


def _checked(thresholds: Iterable[int]) -> tuple[int, ...]:
    thresholds = tuple(thresholds)
    if (
        not thresholds
        or any(t <= 0 for t in thresholds)
        or list(thresholds) != sorted(set(thresholds))
    ):
        raise ValueError(
            f"thresholds must be positive numbers of inhabitants in ascending order, not {thresholds!r}"
        )
    return thresholds


def population_by_departement(root: Path | None = None) -> pd.Series:
    """Return the inhabitants of each of the 101 départements.

    Returns
    -------
    Series of int64, shape (101,)
        Named ``population``, indexed by code, sorted. Population municipale 2020 (Mayotte 2017).
    """
    _, table = _inside(None, root)
    totals = table.groupby("departement")["population"].sum().astype("int64")
    return totals.rename_axis("code").rename("population")


def small_communes_share(
    thresholds: Iterable[int] = THRESHOLDS,
    *,
    codes: Iterable[str] | None = None,
    root: Path | None = None,
) -> pd.DataFrame:
    """Return how many communes are below each size, and how many people live in them.

    Parameters
    ----------
    thresholds : iterable of int
        Sizes in inhabitants, ascending; a commune counts when it has fewer inhabitants than that.
    codes : iterable of str, optional
        Départements to look at; all 101 if not given.
    root : Path, optional
        Root of the study.

    Returns
    -------
    DataFrame, shape (number of thresholds, 4)
        Indexed by ``threshold``: ``communes`` and ``population`` below it (int), and their shares of the whole,
        ``communes_share`` and ``population_share``, in [0, 1].

    Raises
    ------
    ValueError
        If a code is not a département, if there is none, or if the thresholds are not ascending.
    """
    thresholds = _checked(thresholds)
    wanted, table = _inside(codes, root)
    if not wanted:
        raise ValueError(
            "codes: there is no département in the list, so there is no share to compute"
        )
    sizes = table["population"]
    rows = [(int((sizes < t).sum()), int(sizes[sizes < t].sum())) for t in thresholds]
    frame = pd.DataFrame(
        rows, columns=["communes", "population"], index=pd.Index(thresholds, name="threshold")
    )
    frame["communes_share"] = frame["communes"] / len(sizes)
    frame["population_share"] = frame["population"] / int(sizes.sum())
    return frame


@dataclass(frozen=True)
class Perimeter:
    """What a set of départements adds up to.

    Attributes
    ----------
    departements : tuple of str
        Codes, sorted, each once.
    communes : int
        Number of communes.
    population : int
        Inhabitants (population municipale 2020; Mayotte 2017).
    small_communes : dict of int to int
        For each threshold, the number of communes with fewer inhabitants.
    """

    departements: tuple[str, ...]
    communes: int
    population: int
    small_communes: dict[int, int]


def perimeter(
    codes: Iterable[str], *, thresholds: Iterable[int] = THRESHOLDS, root: Path | None = None
) -> Perimeter:
    """Sum up the départements in which an operator works.

    Parameters
    ----------
    codes : iterable of str
        Codes of départements; a code given twice counts once. An empty list has nothing in it.
    thresholds : iterable of int
        Sizes below which communes are counted as small.
    root : Path, optional
        Root of the study.

    Raises
    ------
    ValueError
        If a code is not a département or the thresholds are not ascending.
    """
    thresholds = _checked(thresholds)
    wanted, table = _inside(codes, root)
    sizes = table["population"]
    small = {t: int((sizes < t).sum()) for t in thresholds}
    return Perimeter(wanted, len(table), int(sizes.sum()), small)
