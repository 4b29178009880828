"""Stations that serve only so many: most person-hours served within capacities.

People of a row may be split over stations; amounts are whole thousandths, and with the sites fixed
the flows are integral because the rows form a transport problem.
Source: capacitated maximal covering, Current and Storbeck 1988, doi:10.1068/b150153.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix, vstack

from siting.solve.conditions import condition_rows, conflict_cliques, site_bounds
from siting.solve.heuristic import Finder
from siting.solve.program import INFINITE, Program, build_program, rows_matrix
from siting.solve.questions.answer import Answer, answer_of
from siting.solve.questions.filling import Filler
from siting.solve.reduce import merge_rows
from siting.solve.tree import solve_tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.model import Problem
    from siting.solve.reduce import Classes
    from siting.solve.tree import TreeResult
    from siting.solve.watch import Watch


def most_served(
    problem: Problem, capacity: NDArray[np.int64], watch: Watch | None = None
) -> Answer:
    """Choose the sites that serve the most weight within each site's capacity.

    Parameters
    ----------
    capacity
        int64 per site, in the unit of the weights.
    """
    return answer_of("capacity", problem, serve_most(problem, capacity, watch)[0])


def serve_most(
    problem: Problem, capacity: NDArray[np.int64], watch: Watch | None = None
) -> tuple[TreeResult, tuple[tuple[str, str, int], ...]]:
    """Search, and give each demand row's weight to stations.

    Returns
    -------
    The search's result and (demand id, site id, weight), in the order of the rows.
    """
    classes = merge_rows(problem.indptr, problem.site, problem.weight)
    program = _program(problem, capacity, classes)
    finder = Finder(problem, classes)
    filler = Filler(classes.indptr, classes.site, classes.weight, capacity)
    n = len(problem.site_ids)

    def improve(point: NDArray[np.float64]) -> NDArray[np.int64] | None:
        order = np.lexsort((np.arange(n), -point[:n]))
        finder.take_in_order(order)
        return filler.point(finder.state.chosen)

    chosen = finder.greedy()
    start = None if chosen is None else filler.point(finder.state.chosen)
    found = solve_tree(program, limits=problem.limits, watch=watch, start=start, improve=improve)
    if found.point is None:
        return found, ()
    return found, _flows(problem, classes, found.point[n:])


def _flows(
    problem: Problem, classes: Classes, flow: NDArray[np.int64]
) -> tuple[tuple[str, str, int], ...]:
    """Hand the classes' flows out to their demand rows, in order."""
    left = flow.copy()
    given = []
    for row in np.flatnonzero(classes.of_row >= 0).tolist():
        rest = int(problem.weight[row])
        k, end = classes.indptr[classes.of_row[row] : classes.of_row[row] + 2].tolist()
        while rest and k < end:
            part = min(rest, int(left[k]))
            if part:
                given.append((row, int(classes.site[k]), part))
                left[k] -= part
                rest -= part
            k += 1
    return tuple((problem.demand_ids[row], problem.site_ids[s], part) for row, s, part in given)


def _program(problem: Problem, capacity: NDArray[np.int64], classes: Classes) -> Program:
    n = len(problem.site_ids)
    sizes = np.diff(classes.indptr)
    row = np.repeat(np.arange(len(sizes)), sizes)
    entries = len(row)
    flow = n + np.arange(entries)
    most = np.minimum(classes.weight[row], capacity[classes.site])
    ones = np.ones(entries, np.int64)
    width = n + entries
    every = np.arange(n)
    supply = coo_matrix((ones, (row, flow)), shape=(len(sizes), width))
    room = coo_matrix(
        (
            np.concatenate([ones, -capacity.astype(np.int64)]),
            (np.concatenate([classes.site, every]), np.concatenate([flow, every])),
        ),
        shape=(n, width),
    )
    # What a class may get from its chosen sites together; one row a class keeps the program small.
    link = coo_matrix(
        (
            np.concatenate([ones, -most]),
            (np.concatenate([row, row]), np.concatenate([flow, classes.site])),
        ),
        shape=(len(sizes), width),
    )
    rows = condition_rows(problem, conflict_cliques(problem.conflicts, n))
    low, high = site_bounds(problem)
    count = 2 * len(sizes) + n
    return build_program(
        objective=np.concatenate([np.zeros(n, np.int64), ones]),
        lower=np.concatenate([low, np.zeros(entries, np.int64)]),
        upper=np.concatenate([high, most]),
        branch=np.concatenate([np.ones(n, bool), np.zeros(entries, bool)]),
        matrix=vstack([supply, room, link, rows_matrix(rows, width)], format="csr", dtype=np.int64),
        row_lower=np.array([-INFINITE] * count + [r.lower for r in rows], np.int64),
        row_upper=np.concatenate(
            [
                classes.weight,
                np.zeros(n + len(sizes), np.int64),
                np.array([r.upper for r in rows], np.int64),
            ]
        ),
    )
