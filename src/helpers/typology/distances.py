"""Jaccard distances between binary profiles, and the checks that every method of this package shares."""

from __future__ import annotations

import numpy as np

_TOLERANCE = 1e-10


class JaccardDistances(np.ndarray):
    """A square matrix of Jaccard distances that remembers what it is.

    It behaves as the plain array of its values, with two additions that a plain array cannot carry.
    Ward's method needs Euclidean distances: the square roots of Jaccard distances are Euclidean, the Jaccard
    distances are not (Gower & Legendre 1986), so :func:`~helpers.typology.partition` takes the root of these, and of
    no other matrix. And ``keys`` orders rows that the distances alone cannot tell apart.

    A selection of rows and columns is still Jaccard distances, but has lost its keys. Arithmetic gives plain arrays.

    Attributes
    ----------
    keys : numpy.ndarray of shape (n,) or None
        Rank of the content of each profile; equal profiles share a rank.
    """

    keys: np.ndarray | None = None

    def __new__(cls, values, keys=None):
        """Take square distances, and the rank of the content of each row."""
        self = np.ascontiguousarray(values, dtype=float).view(cls)
        self.keys = keys
        return self

    def __array_finalize__(self, obj):
        self.keys = None

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        plain = [np.asarray(x) if isinstance(x, JaccardDistances) else x for x in inputs]
        if out is not None:
            kwargs["out"] = tuple(
                np.asarray(x) if isinstance(x, JaccardDistances) else x for x in out
            )
        return getattr(ufunc, method)(*plain, **kwargs)

    def __reduce__(self):
        return JaccardDistances, (np.asarray(self), self.keys)


def jaccard_distances(profiles) -> JaccardDistances:
    """Jaccard distance between every two rows of a binary table.

    One minus the number of services that both offer over the number that at least one offers. Cells that are
    missing in either row are left out of the comparison of these two rows. Two rows without any service have
    distance 0: nothing tells them apart.

    Parameters
    ----------
    profiles : array_like of shape (n, m) or pandas.DataFrame
        1 offered, 0 not offered, NaN unknown.

    Returns
    -------
    JaccardDistances of shape (n, n)
        Shares in [0, 1]; equal fractions are equal floating-point numbers, so that ties are exact.

    Raises
    ------
    ValueError
        A value is not binary, a row or column is all missing, or two rows have no cell known in both.

    References
    ----------
    Jaccard (1901), Bulletin de la Société vaudoise des sciences naturelles 37, 547-579.
    Gower & Legendre (1986), Journal of Classification 3, 5-48.
    """
    table = check_profiles(profiles)
    known = ~np.isnan(table)
    if not known.all():
        shared = known.astype(float) @ known.T
        if (shared == 0).any():
            i, j = np.argwhere(shared == 0)[0]
            raise ValueError(
                f"profiles: {row_name(profiles, i)} and {row_name(profiles, j)} have no cell known in both"
            )
    return JaccardDistances(_jaccard(table, table), keys=content_ranks(table))


def jaccard_between(rows, others) -> np.ndarray:
    """Jaccard distances from every row of one checked table to every row of another, shape (n, k)."""
    return _jaccard(rows, others)


def _jaccard(rows, others) -> np.ndarray:
    a1, b1 = (rows == 1).astype(float), (others == 1).astype(float)
    both = a1 @ b1.T
    apart = a1 @ (others == 0).astype(float).T + (rows == 0).astype(float) @ b1.T
    either = both + apart
    # One correctly rounded quotient of two integers: equal fractions give equal bits, whatever the services.
    return np.divide(apart, either, out=np.zeros_like(either), where=either > 0)


def content_ranks(table) -> np.ndarray:
    """Rank every row by its content, cell by cell (missing last); equal rows share a rank.

    Parameters
    ----------
    table : numpy.ndarray of shape (n, m)
        Numbers, NaN where missing.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
    """
    coded = np.where(np.isnan(table), 2, table)
    return np.unique(coded, axis=0, return_inverse=True)[1].reshape(-1)


def row_name(table, i) -> str:
    """Name row ``i`` (counted from 0) of a data frame or array in an error message."""
    return (
        f"row {table.index[i]!r}"
        if hasattr(table, "index") and hasattr(table, "iloc")
        else f"row {i}"
    )


def _column_name(table, j) -> str:
    return f"column {table.columns[j]!r}" if hasattr(table, "columns") else f"column {j}"


def check_profiles(profiles, *, complete=False) -> np.ndarray:
    """Check a table of binary profiles and return it as floats with NaN where a cell is missing.

    Parameters
    ----------
    profiles : array_like of shape (n, m) or pandas.DataFrame
        Binary values (0, 1, False, True), NaN, None or pandas.NA where unknown.
    complete : bool, default False
        Refuse missing cells.

    Returns
    -------
    numpy.ndarray of float, shape (n, m)

    Raises
    ------
    ValueError
        With the row, the column and the value at fault.
    """
    frame = hasattr(profiles, "to_numpy")
    cells = profiles.to_numpy(dtype=object, na_value=np.nan) if frame else np.asarray(profiles)
    if cells.ndim != 2 or 0 in cells.shape:
        raise ValueError(
            f"profiles: a table of rows and columns is needed, not an array of shape {cells.shape}"
        )
    if cells.dtype.kind == "b" or cells.dtype.kind in "iuf":
        table = cells.astype(float)
    else:
        table = np.array([[_number(x) for x in row] for row in cells], dtype=float)
    wrong = ~((table == 0) | (table == 1) | np.isnan(table))
    if wrong.any():
        i, j = np.argwhere(wrong)[0]
        value = cells[i, j].item() if isinstance(cells[i, j], np.generic) else cells[i, j]
        raise ValueError(
            f"profiles: {row_name(profiles, i)}, {_column_name(profiles, j)} holds {value!r}, "
            "which is not 0, 1 or missing"
        )
    missing = np.isnan(table)
    for axis, name in ((1, row_name), (0, _column_name)):
        empty = np.flatnonzero(missing.all(axis=axis))
        if empty.size:
            raise ValueError(f"profiles: {name(profiles, empty[0])} is all missing; leave it out")
    if complete and missing.any():
        i, j = np.argwhere(missing)[0]
        raise ValueError(
            f"profiles: {row_name(profiles, i)}, {_column_name(profiles, j)} is missing; this method needs every cell"
        )
    return table


def _number(cell) -> float:
    """Read a cell as a float; infinity, which is never valid, stands for what is not a number."""
    if cell is None or cell != cell:
        return np.nan
    return float(cell) if isinstance(cell, (bool, np.bool_, int, float, np.number)) else np.inf


def check_distances(distances) -> np.ndarray:
    """Check a square matrix of distances and return it as a plain, exactly symmetric array of floats.

    Parameters
    ----------
    distances : array_like of shape (n, n)

    Returns
    -------
    numpy.ndarray of float, shape (n, n)

    Raises
    ------
    ValueError
        The matrix is not square, finite, non-negative, symmetric and null on its diagonal; with the rows at fault.
    """
    d = np.asarray(distances, dtype=float)
    if d.ndim != 2 or d.shape[0] != d.shape[1] or d.size == 0:
        raise ValueError(f"distances: a square matrix is needed, not an array of shape {d.shape}")
    for wrong, what in ((~np.isfinite(d), "is not finite"), (d < 0, "is negative")):
        if wrong.any():
            i, j = np.argwhere(wrong)[0]
            raise ValueError(f"distances: between rows {i} and {j} the distance {d[i, j]} {what}")
    if np.diagonal(d).any():
        i = np.flatnonzero(np.diagonal(d))[0]
        raise ValueError(f"distances: row {i} is at distance {d[i, i]} from itself, not 0")
    uneven = np.abs(d - d.T) > _TOLERANCE * max(1.0, d.max())
    if uneven.any():
        i, j = np.argwhere(uneven)[0]
        raise ValueError(
            f"distances: not symmetric, {d[i, j]} from row {i} to row {j} but {d[j, i]} from row {j} to row {i}"
        )
    return (d + d.T) / 2 + 0.0
