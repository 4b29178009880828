"""The conditions on the chosen set as integer rows over sites, in one fixed order.

The order (count, budget, quotas, cliques of conflicts) is part of the certificate's meaning: the
checker rebuilds the same rows from the same conditions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.solve.program import INFINITE, Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.model import Problem


def condition_rows(problem: Problem, cliques: list[list[int]]) -> list[Row]:
    """Return the rows of all conditions except forced and banned (those are bounds)."""
    n = len(problem.site_ids)
    every = np.arange(n, dtype=np.int64)
    rows = []
    if problem.p is not None:
        ones = np.ones(n, np.int64)
        rows.append(Row(index=every, value=ones, lower=problem.p, upper=problem.p, name="count"))
    if problem.cost is not None and problem.budget is not None:
        cost = problem.cost.astype(np.int64)
        rows.append(Row(index=every, value=cost, upper=problem.budget, name="budget"))
    for quota in problem.quotas:
        index = np.unique(problem.positions(quota.site_ids))
        top = INFINITE if quota.maximum is None else quota.maximum
        ones = np.ones(len(index), np.int64)
        rows.append(Row(index=index, value=ones, lower=quota.minimum, upper=top, name=quota.name))
    for clique in cliques:
        index = np.array(clique, np.int64)
        rows.append(Row(index=index, value=np.ones(len(index), np.int64), upper=1, name="spacing"))
    return rows


def site_bounds(problem: Problem) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lower and upper bound of each site's 0-1 variable: forced and banned sites are fixed."""
    lower = np.zeros(len(problem.site_ids), np.int64)
    upper = np.ones(len(problem.site_ids), np.int64)
    lower[problem.positions(problem.forced)] = 1
    upper[problem.positions(problem.banned)] = 0
    return lower, upper


def conflict_cliques(conflicts: NDArray[np.int32], n: int) -> list[list[int]]:
    """Cover the conflict pairs by cliques, greedily in index order.

    "At most one of a clique" is implied by its pairs and bounds the relaxation better.
    """
    near: list[set[int]] = [set() for _ in range(n)]
    for a, b in conflicts.tolist():
        near[a].add(b)
        near[b].add(a)
    done: set[tuple[int, int]] = set()
    cliques = []
    for a in range(n):
        for b in sorted(near[a]):
            if b < a or (a, b) in done:
                continue
            clique = [a, b]
            common = near[a] & near[b]
            while common:
                c = min(common)
                clique.append(c)
                common = common & near[c]
            clique.sort()
            done.update((x, y) for k, x in enumerate(clique) for y in clique[k + 1 :])
            cliques.append(clique)
    return cliques
