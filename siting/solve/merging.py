"""The best mixture of a few good sets: the question asked anew with their sites alone, and proved.

With so few sites most demand rows fall together, and what is left is so small that a tree soon
proves its best choice, mostly at the root. Crossing by parts finds mixtures only where two sets
differ in places that do not touch; this finds any.
Source: optimized crossover, Aggarwal, Orlin and Tai 1997, doi:10.1287/opre.45.2.226.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.solve.cover import CoverModel, model_over
from siting.solve.model import Limits
from siting.solve.reduce import merge_rows
from siting.solve.tree import solve_tree
from siting.solve.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.solve.crossing import GoodSet

_WORK = Limits(nodes=100, lp_iterations=20_000)
"""Work on one mixture."""


class Merger:
    """Mixes good sets of one cover model."""

    def __init__(self, model: CoverModel) -> None:
        self._model = model
        self._conditions = model.program.matrix[len(model.wide) :]

    def merge(self, sets: list[GoodSet], stop: Callable[[], bool]) -> GoodSet | None:
        """Give the best set whose sites are all in one of these.

        None if it is one of them. Where the work runs out first it is the best found so far.
        """
        value, best = max(sets, key=lambda pair: pair[0])
        union = np.any([chosen for _, chosen in sets], axis=0)
        small = self._cut(union)
        start = small.point(np.flatnonzero(best[union]))
        watch = Watch(should_stop=stop)
        found = solve_tree(small.program, limits=_WORK, watch=watch, start=start, cuts=True)
        if found.point is None or found.value is None or found.value <= value:
            return None
        mixture = np.zeros(len(union), bool)
        mixture[np.flatnonzero(union)[small.chosen(found.point)]] = True
        return found.value, mixture

    def _cut(self, union: NDArray[np.bool_]) -> CoverModel:
        """Ask the question with some of the sites alone (bool, sites)."""
        whole, kept = self._model, np.flatnonzero(union)
        classes, m = whole.classes, len(whole.wide)
        inside = union[classes.site]
        before = np.concatenate([[0], np.cumsum(inside)])
        place = np.cumsum(union, dtype=np.int32) - 1
        fewer = merge_rows(
            before[classes.indptr].astype(np.int64),
            place[classes.site[inside]],
            classes.weight,
            need=whole.need,
        )
        program = whole.program
        return model_over(
            fewer,
            need=whole.need,
            bounds=(program.lower[kept], program.upper[kept]),
            conditions=self._conditions[:, kept],
            limits=(program.row_lower[m:], program.row_upper[m:]),
        )
