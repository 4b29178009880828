"""Points that hang together: chains of neighbours no farther apart than a distance."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

_ASIDE = 2


def chained(xy: np.ndarray, reach_m: float) -> np.ndarray:
    """Find the groups that chains of links of at most ``reach_m`` join.

    All points of a square whose diagonal is the reach belong together, so only neighbouring
    squares are compared, by their nearest points: 100,000 dense points take a moment where all
    pairs take seconds.

    Parameters
    ----------
    xy
        Metres, float64 (n, 2).
    reach_m
        Longest link, inclusive, > 0.

    Returns
    -------
    numpy.ndarray
        int64 (n,), groups numbered in the order of their first points.
    """
    side = reach_m / np.sqrt(2.0) * (1 - 1e-9)
    squares, of = np.unique(np.floor(xy / side).astype(np.int64), axis=0, return_inverse=True)
    of = of.ravel()
    order = np.argsort(of, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(of, minlength=len(squares)))[:-1])
    number = {tuple(square): k for k, square in enumerate(squares.tolist())}
    trees = [cKDTree(xy[rows]) for rows in members]
    links = [
        (k, other)
        for k, (a, b) in enumerate(squares.tolist())
        for i in range(-_ASIDE, _ASIDE + 1)
        for j in range(-_ASIDE, _ASIDE + 1)
        if (other := number.get((a + i, b + j), -1)) > k
        and trees[other].query(xy[members[k]])[0].min() <= reach_m
    ]
    left, right = np.array(links, dtype=np.int64).reshape(-1, 2).T
    graph = coo_matrix((np.ones(len(left), bool), (left, right)), shape=(len(squares),) * 2)
    label = connected_components(graph, directed=False)[1][of]
    _, first, group = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[group.ravel()])
