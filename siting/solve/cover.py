"""Maximal covering as an integer program over sites and classes of demand rows.

Source: Church and ReVelle 1974, doi:10.1007/BF01942293, with demand rows merged and classes of one
site folded into that site's own weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix, vstack

from siting.solve.conditions import condition_rows, site_bounds
from siting.solve.program import INFINITE, Program, Row, build_program, rows_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from siting.solve.model import Problem
    from siting.solve.reduce import Classes


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverModel:
    """The program of a problem and how its columns read.

    Attributes
    ----------
    program
        Columns: one per site (0-1), then one per class in ``wide``.
    classes
        All classes.
    wide
        Positions of the classes that have a column of their own (more than one site, or backup).
    need
        Chosen sites within reach that a row needs.
    """

    program: Program
    classes: Classes
    wide: NDArray[np.int64]
    need: int

    def point(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Complete a set of site positions to a point of the program."""
        sites = len(self.program.objective) - len(self.wide)
        point = np.zeros(len(self.program.objective), np.int64)
        point[chosen] = 1
        rows = self.program.matrix[: len(self.wide), :sites]
        hits = -(rows @ point[:sites])
        point[sites:] = hits >= self.need
        return point

    def chosen(self, point: NDArray[np.int64]) -> NDArray[np.int64]:
        """Site positions of a point."""
        sites = len(self.program.objective) - len(self.wide)
        return np.flatnonzero(point[:sites] == 1)


def cover_model(problem: Problem, classes: Classes, cliques: list[list[int]]) -> CoverModel:
    """Build the program whose optimum is the most weight covered."""
    n = len(problem.site_ids)
    sizes = np.diff(classes.indptr)
    folded = (sizes == 1) & (problem.need == 1)
    wide = np.flatnonzero(~folded)
    objective = np.zeros(n + len(wide), np.int64)
    np.add.at(objective, classes.site[classes.indptr[:-1][folded]], classes.weight[folded])
    objective[n:] = classes.weight[wide]
    lower = np.zeros(n + len(wide), np.int64)
    upper = np.ones(n + len(wide), np.int64)
    lower[:n], upper[:n] = site_bounds(problem)
    branch = np.ones(n + len(wide), bool)
    branch[n:] = problem.need > 1  # with one station needed they follow from the sites
    rows = condition_rows(problem, cliques)
    program = build_program(
        objective=objective,
        lower=lower,
        upper=upper,
        branch=branch,
        matrix=_matrix(classes, wide, rows, n, problem.need),
        row_lower=np.array([-INFINITE] * len(wide) + [row.lower for row in rows], np.int64),
        row_upper=np.array([0] * len(wide) + [row.upper for row in rows], np.int64),
    )
    return CoverModel(program=program, classes=classes, wide=wide, need=problem.need)


def _matrix(
    classes: Classes, wide: NDArray[np.int64], rows: list[Row], n: int, need: int
) -> csr_matrix:
    """Rows ``need z - sum of its sites <= 0`` for the wide classes, then the conditions."""
    sizes = np.diff(classes.indptr)[wide]
    start = np.cumsum(sizes) - sizes
    where = np.repeat(classes.indptr[wide] - start, sizes) + np.arange(sizes.sum())
    row = np.concatenate([np.repeat(np.arange(len(wide)), sizes), np.arange(len(wide))])
    column = np.concatenate([classes.site[where], n + np.arange(len(wide))])
    value = np.concatenate([np.full(len(where), -1), np.full(len(wide), need)]).astype(np.int64)
    cover = coo_matrix((value, (row, column)), shape=(len(wide), n + len(wide))).tocsr()
    return vstack([cover, rows_matrix(rows, n + len(wide))], format="csr", dtype=np.int64)
