"""An integer program as data: maximise c v subject to rows and bounds, all numbers integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, vstack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

INFINITE = 2**62
"""A row bound of this size (either sign) is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """Maximise ``constant + objective @ v``; rows between bounds; ``v`` integer within bounds.

    Attributes
    ----------
    objective, lower, upper
        int64 (n,).
    branch
        bool (n,): the columns the search branches on; the others are integral once these are.
    matrix
        csr_matrix int64 (m, n).
    columns
        Its transpose as csr_matrix (n, m), kept for the exact products.
    row_lower, row_upper
        int64 (m,), ``-INFINITE`` and ``INFINITE`` where there is none.
    constant
        int.
    """

    objective: NDArray[np.int64]
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    branch: NDArray[np.bool_]
    matrix: csr_matrix
    columns: csr_matrix
    row_lower: NDArray[np.int64]
    row_upper: NDArray[np.int64]
    constant: int = 0

    def value(self, point: NDArray[np.int64]) -> int:
        """Objective of an integer point."""
        return self.constant + exact_dot(self.objective, point)

    def admits(self, point: NDArray[np.int64]) -> bool:
        """Tell whether an integer point keeps all bounds and rows, exactly."""
        if (point < self.lower).any() or (point > self.upper).any():
            return False
        rows = self.matrix @ point
        return bool((rows >= self.row_lower).all() and (rows <= self.row_upper).all())


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One condition: ``lower <= sum(value * v[index]) <= upper``."""

    index: NDArray[np.int64]
    value: NDArray[np.int64]
    lower: int = -INFINITE
    upper: int = INFINITE
    name: str = ""


def rows_matrix(rows: Sequence[Row], n: int) -> csr_matrix:
    """Stack rows into a csr_matrix int64 (len(rows), n)."""
    sizes = [len(row.index) for row in rows]
    indptr = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
    empty = np.empty(0, np.int64)
    index = np.concatenate([row.index for row in rows]) if rows else empty
    value = np.concatenate([row.value for row in rows]) if rows else empty
    return csr_matrix((value.astype(np.int64), index, indptr), shape=(len(rows), n))


def exact_dot(a: NDArray[np.int64], b: NDArray[np.int64]) -> int:
    """Inner product of integer vectors without overflow."""
    size = float(np.abs(a).astype(np.float64) @ np.abs(b).astype(np.float64))
    if size < 2**62:
        return int(a @ b)
    return sum(x * y for x, y in zip(a.tolist(), b.tolist(), strict=True))


def build_program(  # noqa: PLR0913 - the parts of an integer program
    *,
    objective: NDArray[np.int64],
    lower: NDArray[np.int64],
    upper: NDArray[np.int64],
    branch: NDArray[np.bool_],
    matrix: csr_matrix,
    row_lower: NDArray[np.int64],
    row_upper: NDArray[np.int64],
    constant: int = 0,
) -> Program:
    """Make a program; the transpose of its matrix is computed once here."""
    return Program(
        objective=objective,
        lower=lower,
        upper=upper,
        branch=branch,
        matrix=matrix,
        columns=matrix.T.tocsr(),
        row_lower=row_lower,
        row_upper=row_upper,
        constant=constant,
    )


def with_rows(program: Program, matrix: csr_matrix, upper: NDArray[np.int64]) -> Program:
    """Add rows ``matrix @ v <= upper`` as the last."""
    none = np.full(len(upper), -INFINITE, np.int64)
    return build_program(
        objective=program.objective,
        lower=program.lower,
        upper=program.upper,
        branch=program.branch,
        matrix=vstack([program.matrix, matrix], format="csr", dtype=np.int64),
        row_lower=np.concatenate([program.row_lower, none]),
        row_upper=np.concatenate([program.row_upper, upper]),
        constant=program.constant,
    )
