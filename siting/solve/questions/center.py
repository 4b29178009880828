"""The smallest worst distance (p-center): the radius that p stations keep for everybody.

Source: threshold search over the distances, Minieka 1970, doi:10.1137/1012016.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.questions.fewest import fewest_sites
from siting.solve.questions.targets import Floors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.model import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class CenterAnswer:
    """Smallest worst distance.

    Attributes
    ----------
    chosen
        Site ids.
    radius
        Everybody (of the rows any site reaches) has a chosen site within it; None if no radius of
        the table is possible.
    bound
        No radius below this is possible; equal to ``radius`` if proved.
    status
        ``optimal``, ``stopped`` or ``infeasible``.
    """

    chosen: tuple[str, ...]
    radius: int | None
    bound: int
    status: str


def smallest_radius(problem: Problem, distance: NDArray[np.int64]) -> CenterAnswer:
    """Find the smallest radius at which the conditions allow everybody a site.

    Parameters
    ----------
    problem
        Coverage lists the sites in reach; ``p`` bounds the number of stations from above.
    distance
        int64 per coverage entry.
    """
    reach = replace(problem, weight=(np.diff(problem.indptr) > 0).astype(np.int64))
    radii = np.unique(distance)
    most = len(problem.site_ids) if problem.p is None else problem.p
    low, high = 0, len(radii)
    best: tuple[str, ...] = ()
    sure = True
    while low < high:
        middle = (low + high) // 2
        answer = fewest_sites(_within(reach, distance, int(radii[middle])), Floors(total=1.0))
        if answer.value is not None and answer.value <= most:
            best, high = answer.chosen, middle
        else:
            proved = answer.status == "infeasible" or (
                answer.bound is not None and answer.bound > most
            )
            sure = sure and proved
            low = middle + 1
    if low == len(radii):
        return CenterAnswer(chosen=(), radius=None, bound=0, status="infeasible")
    radius = int(radii[low])
    bound = radius if sure else int(radii[0])
    status = "optimal" if sure else "stopped"
    return CenterAnswer(chosen=best, radius=radius, bound=bound, status=status)


def _within(problem: Problem, distance: NDArray[np.int64], radius: int) -> Problem:
    keep = distance <= radius
    row = np.repeat(np.arange(len(problem.indptr) - 1), np.diff(problem.indptr))
    counts = np.bincount(row[keep], minlength=len(problem.indptr) - 1)
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return replace(problem, indptr=indptr, site=problem.site[keep], scores=None)
