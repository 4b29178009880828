"""Good sets while the search goes on: rounding, shakes, and where needed annealing and merging."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.solve.branching import FRACTIONAL
from siting.solve.merging import Merger

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.solve.cover import CoverModel
    from siting.solve.heuristic import Finder
    from siting.solve.model import Problem

_ROOT_SHAKES, _NODE_SHAKES = 400, 20
_ROOT_WORK = 200_000_000
_PATIENT_NODES = 100_000
"""Searches that may go on for long anneal longer."""
_FAR = 0.002
"""Annealing pays where the best set stays this far (share) below the relaxation."""
_RUNS, _PATIENT_RUNS = 6, 16
_POOL, _PARENTS = 60, 8
_LEAST_STEPS, _STEPS_PER_ENTRY, _MOST_STEPS = 20_000, 12, 1_000_000
_PATIENT_STEPS = 4_000_000
_VAIN_ROUNDS = 3
"""A patient search goes on until so many rounds in a row found nothing."""


class Improver:
    """Makes integer points of fractional ones; remembers the good sets it has seen."""

    def __init__(
        self, model: CoverModel, finder: Finder, problem: Problem, stop: Callable[[], bool]
    ) -> None:
        self._model, self._finder, self._stop = model, finder, stop
        self._sites = len(problem.site_ids)
        self._patient = problem.limits.nodes >= _PATIENT_NODES
        self._random = np.random.default_rng(problem.seed)
        work = _LEAST_STEPS + _STEPS_PER_ENTRY * len(finder.net.row_site)
        self._steps = min(_MOST_STEPS, work)
        self._calls, self._next, self._wait = 0, 0, 1
        self._pool: list[tuple[int, NDArray[np.bool_]]] = []
        self._parents = _PARENTS
        self._merger: Merger | None = None

    def improve(self, relaxed: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """Return the best point known, after a look around this point of the relaxation."""
        finder, n = self._finder, self._sites
        order = np.lexsort((np.arange(n), -relaxed[:n]))
        finder.from_order(order[relaxed[order] > FRACTIONAL])
        reached = float(self._model.program.objective @ relaxed)
        if finder.best_value < reached * (1.0 - _FAR) and self._calls >= self._next:
            before = finder.best_value
            self._gather()
            # A search that found nothing waits twice as long before it is tried again.
            self._wait = 1 if finder.best_value > before else 2 * self._wait
            self._next = self._calls + self._wait
        most = _NODE_SHAKES if self._calls else _ROOT_SHAKES
        work = max(1, len(finder.net.row_site))
        chosen = finder.shakes(max(4, min(most, _ROOT_WORK // work)), self._stop)
        self._calls += 1
        return None if chosen is None else self._model.point(chosen)

    def _gather(self) -> None:
        """Anneal and merge; a patient search goes on until it finds nothing for some rounds."""
        vain = 0
        while not self._stop() and vain < (_VAIN_ROUNDS if self._patient else 1):
            before = self._finder.best_value
            self._round()
            vain = 0 if self._finder.best_value > before else vain + 1
            if vain and self._patient:
                self._steps = min(2 * self._steps, _PATIENT_STEPS)

    def _round(self) -> None:
        """Anneal some sets more, then merge the best set with some of the others."""
        finder = self._finder
        for _ in range(_PATIENT_RUNS if self._patient else _RUNS):
            found = finder.annealed(self._steps, self._stop)
            if found is None or self._stop():
                return
            self._pool.append(found)
        if self._merger is None:
            self._merger = Merger(self._model.program, self._sites, self._stop)
        self._pool.sort(key=lambda pair: -pair[0])
        del self._pool[_POOL:]
        if finder.best is None:
            return
        others = min(self._parents - 1, len(self._pool))
        drawn = self._random.choice(min(2 * others, len(self._pool)), others, replace=False)
        held = np.any([finder.best, *(self._pool[k][1] for k in drawn)], axis=0)
        start = self._model.point(np.flatnonzero(finder.best))
        point, proved = self._merger.merge(start, held)
        finder.know(self._model.chosen(point))
        self._parents = self._parents + 1 if proved else max(2, self._parents - 1)
