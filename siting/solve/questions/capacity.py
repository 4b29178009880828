"""Stations that serve only so many: most person-hours served within capacities.

People of a row may be split over stations; amounts are whole thousandths. The program knows of each
class of demand only how much of it is served; `Crowds` adds the rows that say how much can be, and
`filling` who goes where.
Source: capacitated maximal covering, Current and Storbeck 1988, doi:10.1068/b150153.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix, vstack

from siting.solve.conditions import condition_rows, conflict_cliques, site_bounds
from siting.solve.program import INFINITE, Program, build_program, rows_matrix
from siting.solve.questions.answer import Answer, answer_of
from siting.solve.questions.crowds import Crowds
from siting.solve.questions.filling import fill_all
from siting.solve.questions.seeker import Seeker
from siting.solve.reduce import merge_rows
from siting.solve.tree import solve_tree
from siting.solve.watch import Watch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.model import Problem
    from siting.solve.reduce import Classes
    from siting.solve.searching import TreeResult

_DIGITS, _LARGEST = 40, 59
"""Binary digits of a dual value, and of one times the largest number of a row."""


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
    watch = watch or Watch()
    classes = merge_rows(problem.indptr, problem.site, problem.weight)
    program = _program(problem, capacity, classes)
    seeker = Seeker(problem, classes, capacity, watch.stop)
    crowds = Crowds(classes, seeker.net, seeker.filling)
    start = crowds.inner = seeker.begin()
    if start is not None:
        watch.better(seeker.served)
    found = solve_tree(
        program,
        limits=problem.limits,
        watch=watch,
        start=start,
        improve=seeker.improve,
        separate=crowds.separate,
        scale=_scale(program),
    )
    if found.certificate is not None:
        certificate = replace(found.certificate, crowds=tuple(crowds.listed))
        found = replace(found, certificate=certificate)
    if found.point is None:
        return found, ()
    fill_all(seeker.net, seeker.filling, found.point[: len(problem.site_ids)] == 1)
    return found, _flows(problem, classes, seeker.filling.flow)


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
    """Columns of sites, then one amount per class: at most what its stations take of it."""
    n, m = len(problem.site_ids), len(classes)
    row = np.repeat(np.arange(m), np.diff(classes.indptr))
    takes = np.minimum(classes.weight[row], capacity[classes.site]).astype(np.int64)
    every = np.arange(m)
    value = np.concatenate([-takes, np.ones(m, np.int64)])
    place = (np.concatenate([row, every]), np.concatenate([classes.site, n + every]))
    served = coo_matrix((value, place), shape=(m, n + m))
    rows = condition_rows(problem, conflict_cliques(problem.conflicts, n))
    low, high = site_bounds(problem)
    none = np.zeros(m, np.int64)
    return build_program(
        objective=np.concatenate([np.zeros(n, np.int64), none + 1]),
        lower=np.concatenate([low, none]),
        upper=np.concatenate([high, classes.weight]),
        branch=np.concatenate([np.ones(n, bool), np.zeros(m, bool)]),
        matrix=vstack([served, rows_matrix(rows, n + m)], format="csr", dtype=np.int64),
        row_lower=np.concatenate([none - INFINITE, np.array([r.lower for r in rows], np.int64)]),
        row_upper=np.concatenate([none, np.array([r.upper for r in rows], np.int64)]),
    )


def _scale(program: Program) -> int:
    """Give dual values digits enough; a crowd's row has numbers up to a site's capacity."""
    largest = max(
        1, int(np.abs(program.matrix.data).max(initial=1)), int(program.upper.max(initial=1))
    )
    return 1 << max(0, min(_DIGITS, _LARGEST - largest.bit_length()))
