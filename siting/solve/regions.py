"""Better sets by proof, region by region: the stations around one are chosen anew, all others stay.

What is left of the program is small: a tree with cuts soon finds a better choice or proves that
there is none. A set that no region betters is far deeper than one that no exchange betters.
Source: large neighbourhood search, Shaw 1998, doi:10.1007/3-540-49481-2_30.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

from siting.solve.model import Limits
from siting.solve.program import INFINITE, Program, build_program
from siting.solve.sharing import rings
from siting.solve.tree import solve_tree
from siting.solve.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.solve.cover import CoverModel

_WORK = Limits(nodes=20, lp_iterations=20_000)
"""Work on one region."""


class Regions:
    """Improves sets of one cover model; remembers the regions that cannot be bettered."""

    def __init__(self, model: CoverModel, near: csr_matrix, stop: Callable[[], bool]) -> None:
        program = model.program
        self._model, self._program, self._stop = model, program, stop
        self._sites = len(program.objective) - len(model.wide)
        self._plus, self._minus = program.matrix.maximum(0), program.matrix.minimum(0)
        self._locks = _locks(program)
        self._near = near
        self._done: set[tuple[bytes, bytes]] = set()

    def improve(self, chosen: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
        """Choose ``size`` stations around each station anew, until no region gets better.

        Parameters
        ----------
        chosen
            bool (sites,), a set that keeps all conditions.

        Returns
        -------
        A set that covers at least as much.
        """
        better = True
        while better and not self._stop():
            better = False
            for centre in np.flatnonzero(chosen).tolist():
                if self._stop():
                    break
                found = self._around(chosen, centre, size) if chosen[centre] else None
                if found is not None:
                    chosen, better = found, True
        return chosen

    def _around(
        self, chosen: NDArray[np.bool_], centre: int, size: int
    ) -> NDArray[np.bool_] | None:
        """Better a set around one station; None if that is not possible or not soon found."""
        region = self._region(chosen, centre, size)
        free = np.zeros(self._sites, bool)
        free[self._near[region].indices] = True
        free[region] = True
        around = np.zeros(self._sites, bool)
        around[self._near[np.flatnonzero(free)].indices] = True
        key = (region.tobytes(), np.flatnonzero(chosen & around).tobytes())
        if key in self._done:
            return None
        self._done.add(key)
        rest = chosen.copy()
        rest[region] = False
        program, n = self._program, self._sites
        lower, upper = program.lower.copy(), program.upper.copy()
        lower[:n] = np.maximum(lower[:n], rest)
        upper[:n] = np.minimum(upper[:n], rest | free)
        point = self._model.point(np.flatnonzero(chosen))
        small, kept, base = self._cut(point, lower, upper)
        start = point[kept]
        reached = small.value(start)
        found = solve_tree(
            small,
            limits=_WORK,
            watch=Watch(should_stop=self._stop),
            start=start,
            beat=reached + 1,
            cuts=True,
        )
        if found.point is None or found.value is None or found.value <= reached:
            return None
        base[kept] = found.point
        return base[:n] == 1 if program.admits(base) else None

    def _region(self, chosen: NDArray[np.bool_], centre: int, size: int) -> NDArray[np.int64]:
        """Find the stations nearest to one, by the number of sites between that share rows."""
        region: list[int] = []
        for ring in rings(self._near, centre):
            region += ring[chosen[ring]].tolist()
            if len(region) >= size:
                break
        return np.sort(np.array(region[:size], np.int64))

    def _cut(
        self, point: NDArray[np.int64], lower: NDArray[np.int64], upper: NDArray[np.int64]
    ) -> tuple[Program, NDArray[np.int64], NDArray[np.int64]]:
        """Cut the program down to what can still change within the bounds.

        Columns that are worth something and whose raising breaks no row go to their upper bound.

        Returns
        -------
        program, kept, base
            The smaller program, the positions of its columns, the point the others stay at.
        """
        program, going = self._program, True
        while going:
            most = self._plus @ upper + self._minus @ lower
            least = self._plus @ lower + self._minus @ upper
            live = (most > program.row_upper) | (least < program.row_lower)
            idle = (lower < upper) & (program.objective >= 0) & ~(self._locks @ live > 0)
            lower[idle], going = upper[idle], bool(idle.any())
        kept, rows = np.flatnonzero(lower < upper), np.flatnonzero(live)
        base = np.where(lower < upper, point, lower)
        used = program.matrix[rows] @ np.where(lower < upper, 0, lower)
        low, high = program.row_lower[rows], program.row_upper[rows]
        small = build_program(
            objective=program.objective[kept],
            lower=lower[kept],
            upper=upper[kept],
            branch=program.branch[kept],
            matrix=program.matrix[rows][:, kept],
            row_lower=np.where(low <= -INFINITE, low, low - used),
            row_upper=np.where(high >= INFINITE, high, high - used),
        )
        return small, kept, base


def _locks(program: Program) -> csr_matrix:
    """Mark, per column and row (n, m), where raising the column may break the row."""
    matrix = program.matrix.tocoo()
    upward = np.where(
        matrix.data > 0,
        program.row_upper[matrix.row] < INFINITE,
        program.row_lower[matrix.row] > -INFINITE,
    )
    place = (matrix.col[upward], matrix.row[upward])
    return csr_matrix((np.ones(upward.sum(), np.int32), place), shape=matrix.shape[::-1])
