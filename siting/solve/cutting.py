"""Bring the root's relaxation nearer to the integer points, round by round, before branching."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.branching import fractional
from siting.solve.certify import prove, value_bound
from siting.solve.halves import Cut, cut_rows, find_cuts, with_cuts
from siting.solve.lp import Relaxation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from siting.solve.lp import LpResult
    from siting.solve.program import Program
    from siting.solve.watch import Watch

_ROUNDS, _MOST = 40, 200
_LOOK_BACK, _LEAST_SHARE = 4, 0.1
"""Rounds end when so many in a row won less than this share of all that was won."""
_PAIR, _LEAST_OF_GAP = 2, 0.01
"""Nor do they go on when so many in a row won less than this share of the gap."""
_CLEAN_EVERY = 3
_SLACK = 1e-6
_SHARE_OF_ITERATIONS, _SHARE_OF_TIME = 0.25, 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Root:
    """The root after its cuts.

    Attributes
    ----------
    program
        The program with the cuts as its last rows; ``relaxation`` has the same rows.
    cuts
        What they are made of, by the rows of the program without cuts.
    dual, bound
        int64 per row, and the integer it proves.
    """

    program: Program
    relaxation: Relaxation
    cuts: tuple[Cut, ...]
    dual: NDArray[np.int64]
    bound: int


class Cutter:
    """Adds cuts to one relaxation at its root bounds; counts its simplex iterations."""

    def __init__(
        self, program: Program, relaxation: Relaxation, *, scale: int, unit: int, watch: Watch
    ) -> None:
        self._plain, self._relaxation = program, relaxation
        self._scale, self._unit, self._watch = scale, unit, watch
        self._program, self._cuts = program, list[Cut]()
        self._reached: list[float] = []
        self.iterations = 0

    def run(
        self,
        *,
        most_iterations: int,
        look: Callable[[LpResult, int], int | None],
        closed: Callable[[int], bool],
    ) -> Root | None:
        """Solve and cut until rounds win little, the limit is reached or nothing is left to do.

        Parameters
        ----------
        look
            Looks for a better point around the first relaxation, given its bound too; gives the
            best value known.
        closed
            Tells of a bound whether the search needs no better one.

        Returns
        -------
        None if not even the first relaxation was solved.
        """
        root: Root | None = None
        value: int | None = None
        start = self._watch.left()
        for turn in range(_ROUNDS):
            found = self._solve()
            if found is None:
                break
            answer, root = found
            value = look(answer, root.bound) if turn == 0 else value
            self._watch.report(value, root.bound, 0)
            used = self.iterations > _SHARE_OF_ITERATIONS * most_iterations
            over = used or closed(root.bound) or self._watch.stop()
            if over or self._tired(answer, start, value):
                break
            fresh = find_cuts(self._plain, answer.point, _MOST, self._watch.stop)
            if not fresh:
                break
            self._change(fresh, clean=turn % _CLEAN_EVERY == _CLEAN_EVERY - 1)
        return None if root is None else self._lean(root)

    def _solve(self) -> tuple[LpResult, Root] | None:
        program = self._program
        answer = self._relaxation.solve(program.lower, program.upper)
        self.iterations += answer.iterations
        if answer.status != "optimal":
            return None
        proof = prove(program, (program.lower, program.upper), answer.dual, self._scale)
        if proof is None:
            return None
        dual, exact = proof
        self._reached.append(answer.objective)
        root = Root(
            program=program,
            relaxation=self._relaxation,
            cuts=tuple(self._cuts),
            dual=dual,
            bound=value_bound(program, exact, self._unit),
        )
        return answer, root

    def _tired(self, answer: LpResult, start: float | None, value: int | None) -> bool:
        """Tell whether more rounds are not worth their time."""
        reached, left = self._reached, self._watch.left()
        if not len(fractional(answer.point, self._plain.branch)):
            return True
        if start is not None and left is not None and left < (1.0 - _SHARE_OF_TIME) * start:
            return True
        if value is not None and len(reached) > _PAIR:
            pair = reached[-1 - _PAIR] - reached[-1]
            if pair < _LEAST_OF_GAP * (reached[-1] - value):
                return True
        if len(reached) <= _LOOK_BACK:
            return False
        late = reached[-1 - _LOOK_BACK] - reached[-1]
        return late < _LEAST_SHARE * (reached[0] - reached[-1])

    def _change(self, fresh: Sequence[Cut], *, clean: bool) -> None:
        if clean:
            self._drop(self._loose())
        self._cuts += fresh
        self._relaxation.add_rows(*cut_rows(self._plain, fresh))
        self._program = with_cuts(self._plain, self._cuts)

    def _loose(self) -> NDArray[np.int64]:
        """Positions of the cuts that the present point does not touch."""
        first = self._plain.matrix.shape[0]
        slack = self._program.row_upper[first:] - self._relaxation.activity()[first:]
        return np.flatnonzero(slack > _SLACK)

    def _drop(self, loose: NDArray[np.int64]) -> None:
        gone = set(loose.tolist())
        self._cuts = [cut for k, cut in enumerate(self._cuts) if k not in gone]
        self._relaxation.drop_rows(self._plain.matrix.shape[0] + loose)

    def _lean(self, root: Root) -> Root:
        """Leave out the cuts that the last proof does not use."""
        if len(root.cuts) != len(self._cuts) or root.program is not self._program:
            # The last relaxation was not solved: its rows are not those of the proof.
            return replace(root, relaxation=Relaxation(root.program, stop=self._watch.stop))
        first = self._plain.matrix.shape[0]
        loose = self._loose()
        loose = loose[root.dual[first + loose] == 0]
        self._drop(loose)
        return replace(
            root,
            program=with_cuts(self._plain, self._cuts),
            cuts=tuple(self._cuts),
            dual=np.delete(root.dual, first + loose),
        )
