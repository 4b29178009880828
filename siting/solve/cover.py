"""Maximal covering as an integer program over sites and classes of demand rows.

Source: Church and ReVelle 1974, doi:10.1007/BF01942293, with demand rows merged and classes of one
site folded into that site's own weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, vstack

from siting.solve.conditions import condition_rows, site_bounds
from siting.solve.program import INFINITE, Program, build_program, rows_matrix

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

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
        before = np.concatenate([[0], np.cumsum(point[self.classes.site])])
        hits = before[self.classes.indptr[1:]] - before[self.classes.indptr[:-1]]
        point[sites:] = hits[self.wide] >= self.need
        return point

    def chosen(self, point: NDArray[np.int64]) -> NDArray[np.int64]:
        """Site positions of a point."""
        sites = len(self.program.objective) - len(self.wide)
        return np.flatnonzero(point[:sites] == 1)


def cover_model(problem: Problem, classes: Classes, cliques: list[list[int]]) -> CoverModel:
    """Build the program whose optimum is the most weight covered."""
    rows, n = condition_rows(problem, cliques), len(problem.site_ids)
    return model_over(
        classes,
        need=problem.need,
        bounds=site_bounds(problem),
        conditions=rows_matrix(rows, n),
        limits=([row.lower for row in rows], [row.upper for row in rows]),
        parents=class_parents(problem, classes),
    )


def model_over(
    classes: Classes,
    *,
    need: int,
    bounds: tuple[NDArray[np.int64], NDArray[np.int64]],
    conditions: csr_matrix,
    limits: tuple[ArrayLike, ArrayLike],
    parents: NDArray[np.int64] | None = None,
) -> CoverModel:
    """Build the program over classes of rows.

    Parameters
    ----------
    bounds
        Of each site, int64 (sites,) each.
    conditions, limits
        int64 CSR (conditions, sites), and the least and the most of each.
    parents
        Per class, one whose sites are among its own, or -1.
    """
    n = conditions.shape[1]
    folded = (np.diff(classes.indptr) == 1) & (need == 1)
    wide = np.flatnonzero(~folded)
    objective = np.zeros(n + len(wide), np.int64)
    np.add.at(objective, classes.site[classes.indptr[:-1][folded]], classes.weight[folded])
    objective[n:] = classes.weight[wide]
    lower = np.zeros(n + len(wide), np.int64)
    upper = np.ones(n + len(wide), np.int64)
    lower[:n], upper[:n] = bounds
    branch = np.ones(n + len(wide), bool)
    branch[n:] = need > 1  # with one station needed they follow from the sites
    if parents is None:
        parents = np.full(len(classes), -1, np.int64)
    cover = _matrix(classes, wide, n, need, parents)
    parts = (conditions.data, conditions.indices, conditions.indptr)
    widened = csr_matrix(parts, shape=(conditions.shape[0], n + len(wide)))
    least, most = (np.asarray(limit, np.int64) for limit in limits)
    program = build_program(
        objective=objective,
        lower=lower,
        upper=upper,
        branch=branch,
        matrix=vstack([cover, widened], format="csr", dtype=np.int64),
        row_lower=np.concatenate([np.full(len(wide), -INFINITE, np.int64), least]),
        row_upper=np.concatenate([np.zeros(len(wide), np.int64), most]),
    )
    return CoverModel(program=program, classes=classes, wide=wide, need=need)


def class_parents(problem: Problem, classes: Classes) -> NDArray[np.int64]:
    """Return for each class one whose sites are among its own and that has a column, or -1."""
    parents = np.full(len(classes), -1, np.int64)
    if problem.inside is None or problem.need > 1:
        return parents
    rows = np.flatnonzero((classes.of_row >= 0) & (problem.inside >= 0))
    member, first = np.unique(classes.of_row[rows], return_index=True)
    parents[member] = classes.of_row[problem.inside[rows[first]]]
    sizes = np.diff(classes.indptr)
    useless = (parents >= 0) & ((sizes[parents] <= 1) | (parents == np.arange(len(classes))))
    parents[useless] = -1
    return parents


def _matrix(
    classes: Classes,
    wide: NDArray[np.int64],
    n: int,
    need: int,
    parents: NDArray[np.int64],
) -> csr_matrix:
    """Rows ``need z - sum of its sites <= 0`` for the wide classes.

    Where a class has a parent, the parent's column stands for the sites they share.
    """
    place = np.full(len(classes), -1, np.int64)
    place[wide] = np.arange(len(wide))
    sizes = np.diff(classes.indptr)
    of_entry = np.repeat(np.arange(len(classes)), sizes)
    keep = place[of_entry] >= 0
    has = np.flatnonzero(parents >= 0)
    if len(has):
        key = of_entry * np.int64(n) + classes.site
        shared_sizes = sizes[parents[has]]
        start = np.cumsum(shared_sizes) - shared_sizes
        where = np.repeat(classes.indptr[parents[has]] - start, shared_sizes)
        where = where + np.arange(shared_sizes.sum())
        shared = np.repeat(has, shared_sizes) * np.int64(n) + classes.site[where]
        keep &= ~np.isin(key, shared, assume_unique=True)
    entry = np.flatnonzero(keep)
    row = np.concatenate([place[of_entry[entry]], np.arange(len(wide)), place[has]])
    column = np.concatenate(
        [classes.site[entry], n + np.arange(len(wide)), n + place[parents[has]]]
    )
    value = np.concatenate(
        [np.full(len(entry), -1), np.full(len(wide), need), np.full(len(has), -1)]
    )
    shape = (len(wide), n + len(wide))
    return coo_matrix((value.astype(np.int64), (row, column)), shape=shape).tocsr()
