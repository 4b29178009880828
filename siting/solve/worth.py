"""Rows worth more at one site than at another, as covering rows over steps of worth.

The row (person, worth ``v``) is covered by any site worth ``v`` or more to it, and counts the step
from ``v`` down to the next smaller worth: the sum over its covered steps is the largest worth among
the chosen sites.
Source: Elloumi 2010, doi:10.1007/s10878-008-9168-0 (radius form of the p-median problem).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.model import Problem


def by_worth(problem: Problem) -> Problem:
    """Return the same problem without worths: one row per demand row and step of worth."""
    if problem.worth is None:
        return problem
    worth = problem.worth
    row = np.repeat(np.arange(len(problem.weight)), np.diff(problem.indptr))
    kept = np.flatnonzero(worth > 0)
    order = kept[np.lexsort((problem.site[kept], -worth[kept], row[kept]))]
    of_row, value, site = row[order], worth[order], problem.site[order]
    last = np.ones(len(order), bool)
    last[:-1] = (of_row[1:] != of_row[:-1]) | (value[1:] != value[:-1])
    ends = np.flatnonzero(last)
    following = np.zeros(len(ends), np.int64)
    same = of_row[ends[1:]] == of_row[ends[:-1]] if len(ends) else np.empty(0, bool)
    following[:-1][same] = value[ends[1:]][same]
    first = np.searchsorted(of_row, of_row[ends])
    lengths = ends + 1 - first
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    where = np.repeat(first - indptr[:-1], lengths) + np.arange(indptr[-1])
    names = tuple(
        f"{problem.demand_ids[r]}@{v}"
        for r, v in zip(of_row[ends].tolist(), value[ends].tolist(), strict=True)
    )
    before = np.arange(len(ends)) - 1
    before[np.append(True, ~same)[: len(ends)]] = -1
    return replace(
        problem,
        inside=before,
        demand_ids=names,
        indptr=indptr,
        site=_sort_rows(site[where], lengths),
        weight=problem.weight[of_row[ends]] * (value[ends] - following),
        worth=None,
    )


def _sort_rows(site: NDArray[np.int32], lengths: NDArray[np.int64]) -> NDArray[np.int32]:
    width = np.int64(site.max(initial=0)) + 1
    row = np.repeat(np.arange(len(lengths), dtype=np.int64) * width, lengths)
    return np.asarray(np.sort(row + site) - row, np.int32)
