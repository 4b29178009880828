"""Which sites serve common rows: the neighbourhoods that regions and tempering look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from siting.solve.reduce import Classes

_MOST_PAIRS = 200_000_000
_ALIKE = 0.5
"""Share of the rows of the one with fewer that sites alike serve in common."""


class Around(NamedTuple):
    """Neighbourhoods, bool CSR (sites, sites), columns in order, each site in its own."""

    near: csr_matrix  # sites that serve a common row
    alike: csr_matrix  # sites that serve most rows of one of the two in common


def sharing(classes: Classes, sites: int) -> csr_matrix | None:
    """Give, per site, the sites that serve a row it serves, itself among them.

    Returns
    -------
    bool CSR (sites, sites), columns in order; None where rows have too many pairs of sites.
    """
    sizes = np.diff(classes.indptr).astype(np.float64)
    if float(sizes @ sizes) > _MOST_PAIRS:
        return None
    shape = (len(classes), sites)
    held = csr_matrix((np.ones(len(classes.site), bool), classes.site, classes.indptr), shape)
    near = (held.T @ held).tocsr()
    near.sort_indices()
    return near


def around(classes: Classes, near: csr_matrix) -> Around:
    """Give the neighbourhoods of tempering; ``near`` is that of `sharing`."""
    sites = near.shape[0]
    shape = (len(classes), sites)
    held = csr_matrix((np.ones(len(classes.site), np.int32), classes.site, classes.indptr), shape)
    common = (held.T @ held).tocoo()
    rows = np.bincount(classes.site, minlength=sites)
    fewer = np.minimum(rows[common.row], rows[common.col])
    kept = common.data >= _ALIKE * fewer
    pairs = (np.ones(int(kept.sum()), bool), (common.row[kept], common.col[kept]))
    alike = csr_matrix(pairs, near.shape)
    alike.sort_indices()
    return Around(near, alike)


def rings(near: csr_matrix, start: int) -> Iterator[NDArray[np.int64]]:
    """Walk outwards: a site, those that share rows with it, those that do with these, and on."""
    seen = np.zeros(near.shape[0], bool)
    front = np.array([start])
    while len(front):
        seen[front] = True
        yield front
        beside = np.unique(near[front].indices)
        front = beside[~seen[beside]]
