"""Which sites serve a common row: the neighbourhood that regions and tempering look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from siting.solve.reduce import Classes

_MOST_PAIRS = 200_000_000


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
