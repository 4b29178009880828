"""Better sets out of many good ones: the program restricted to the sites that any of them holds.

Good sets agree on most of the map, so their union is small and the restricted program is soon
solved; its best set often holds the best part of each. Works on any program whose first columns are
sites. Source: tour merging, Cook and Seymour 2003, doi:10.1287/ijoc.15.3.233.16078.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
from scipy.sparse import csr_matrix

from siting.solve.lp import QuietHighs, cost_scale, interruptible, load_data
from siting.solve.program import INFINITE, Program, build_program

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_NODES, _LOOKS = 100, 100
"""Work of one merger."""
_NEAR_WHOLE = 1e-6


class Merger:
    """Improves points of one program within the sites it is given."""

    def __init__(self, program: Program, sites: int, stop: Callable[[], bool]) -> None:
        self._program, self._sites, self._stop = program, sites, stop
        self._plus, self._minus = program.matrix.maximum(0), program.matrix.minimum(0)
        self._locks = _locks(program)

    def merge(
        self, point: NDArray[np.int64], held: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], bool]:
        """Find the best point whose sites are all held by some good set.

        Parameters
        ----------
        point
            int64 (n,), a point of the program.
        held
            bool (sites,), the sites of the good sets, those of the point among them.

        Returns
        -------
        point, proved
            int64 (n,), the given point if none better was found within the nodes; whether it is
            the best of these sites, as far as HiGHS says.
        """
        program, n = self._program, self._sites
        lower, upper = program.lower.copy(), program.upper.copy()
        upper[:n] = np.where(held, upper[:n], lower[:n])
        small, kept, found = self._cut(point, lower, upper)
        if not len(kept):
            return point, True
        answer, proved = _solve(small, point[kept], self._stop)
        if answer is None:
            return point, False
        found[kept] = answer
        better = program.admits(found) and program.value(found) > program.value(point)
        return found if better else point, proved

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


def _solve(
    program: Program, start: NDArray[np.int64], stop: Callable[[], bool]
) -> tuple[NDArray[np.int64] | None, bool]:
    """Look for a better point from a known one, within the nodes; None if HiGHS has no point."""
    factor = cost_scale(program)
    data = load_data(program, factor)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    data.integrality_ = [kinds[branch] for branch in program.branch.tolist()]
    model = QuietHighs()
    for option, value in (("threads", 1), ("random_seed", 0), ("mip_max_nodes", _NODES)):
        model.setOptionValue(option, value)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.setOptionValue("mip_abs_gap", 0.5 * factor)
    model.passModel(data)
    known: Any = highspy.HighsSolution()
    known.col_value = start.astype(float).tolist()
    model.setSolution(known)
    interruptible(model, stop)
    _limited(model)
    model.run()
    proved = model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    if model.getInfo().primal_solution_status != highspy.kSolutionStatusFeasible:
        return None, proved
    whole = np.floor(np.array(model.getSolution().col_value) + _NEAR_WHOLE).astype(np.int64)
    return whole, proved


def _limited(model: Any) -> None:
    """End a search after so many looks at its relaxation: a count, so that a run repeats."""
    looks = [0]

    def ask(event: Any) -> None:
        looks[0] += 1
        if looks[0] > _LOOKS:
            event.interrupt()

    model.cbMipInterrupt.subscribe(ask)
