"""Good sets while the search goes on: rounding, shakes, and where needed annealing and crossing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.branching import FRACTIONAL
from siting.solve.crossing import Pool
from siting.solve.heuristic import Annealing
from siting.solve.regions import Regions

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.solve.cover import CoverModel
    from siting.solve.crossing import GoodSet
    from siting.solve.heuristic import Finder
    from siting.solve.model import Problem

_ROOT_SHAKES, _NODE_SHAKES = 400, 20
_ROOT_WORK = 200_000_000
_FAR = 0.002
"""Annealing pays where the best set stays this far (share) below the relaxation."""
_THREADS = 2
_LEAST_TURNS, _TURNS_PER_ENTRY, _MOST_TURNS = 2_000, 1.2, 100_000
_HOT, _WARM = 0.05, 0.01
_RUNS, _PATIENT_RUNS = 6, 16
_PATIENT_NODES = 100_000
"""Searches that may go on for long anneal in more rounds, and look at regions."""
_VAIN_ROUNDS = 4
_ELITE, _CHAMPIONS = 8, 20
_REGIONS = (8, 12)
"""Stations chosen anew at a time."""


class Improver:
    """Makes integer points of fractional ones; remembers the good sets it has seen."""

    def __init__(
        self, model: CoverModel, finder: Finder, problem: Problem, stop: Callable[[], bool]
    ) -> None:
        self._model, self._finder, self._stop = model, finder, stop
        self._sites, self._seed = len(problem.site_ids), problem.seed
        self._patient = problem.limits.nodes >= _PATIENT_NODES
        self._random = np.random.default_rng(problem.seed)
        work = _LEAST_TURNS + int(_TURNS_PER_ENTRY * len(finder.net.row_site))
        self._turns = min(_MOST_TURNS, work)
        # The first look is before any cuts, and may be enough; annealing begins with the second.
        self._calls, self._next, self._wait, self._runs = 0, 1, 1, 0
        self._near = 0.0
        self._cold: NDArray[np.bool_] | None = None
        self._champions: list[GoodSet] = []
        self._regions: Regions | None = None

    def improve(self, relaxed: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """Return the best point known, after a look around this point of the relaxation."""
        finder, n = self._finder, self._sites
        order = np.lexsort((np.arange(n), -relaxed[:n]))
        finder.from_order(order[relaxed[order] > FRACTIONAL])
        reached = float(self._model.program.objective @ relaxed)
        self._near = reached * (1.0 - _FAR)
        if finder.best_value < self._near and self._calls >= self._next:
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
        """Breed good sets that know nothing of earlier ones; then the best of both together."""
        if self._finder.best is None or not self._finder.best.any():
            return
        if self._cold is None:
            self._cold = self._finder.best.copy()
        pool = Pool(self._finder.net, self._stop)
        self._breed(pool)
        if not self._patient or self._finder.best_value >= self._near:
            return
        if self._champions:
            island, pool = pool, Pool(self._finder.net, self._stop)
            pool.add([*self._champions, *island.sets[:_CHAMPIONS]])
            self._breed(pool)
        self._refine()
        self._champions = [(self._finder.best_value, self._finder.best), *pool.sets[:_CHAMPIONS]]

    def _refine(self) -> None:
        """Choose the best set's regions anew, small ones first."""
        if self._regions is None:
            self._regions = Regions(self._model, self._stop)
        for size in _REGIONS:
            if self._finder.best is not None:
                chosen = self._regions.improve(self._finder.best, size)
                self._finder.know(np.flatnonzero(chosen))

    def _breed(self, pool: Pool) -> None:
        """Anneal and cross, in rounds, until some rounds in a row found nothing."""
        vain, reached = 0, -1
        most = _VAIN_ROUNDS if self._patient else 1
        while vain < most and self._finder.best_value < self._near and not self._stop():
            fresh = self._annealed(pool)
            pool.add(fresh)
            if self._stop() or not pool.sets:
                break
            self._finder.know(np.flatnonzero(pool.sets[0][1]))
            vain = 0 if self._patient and pool.sets[0][0] > reached else vain + 1
            reached = pool.sets[0][0]

    def _annealed(self, pool: Pool) -> list[GoodSet]:
        """Anneal anew and from the best sets of a pool, side by side."""
        finder, tasks = self._finder, []
        for k in range(_PATIENT_RUNS if self._patient else _RUNS):
            start, hot = self._cold, _HOT
            if pool.sets and k % 2:
                start = pool.sets[self._random.integers(min(_ELITE, len(pool.sets)))][1]
                hot = _WARM * (_HOT / _WARM) ** self._random.random()
            assert start is not None  # noqa: S101 - set before any annealing
            self._runs += 1
            seed = self._seed * 1_000_003 + self._runs
            tasks.append(Annealing(start=start, hot=hot, turns=self._turns, seed=seed))
        with ThreadPoolExecutor(_THREADS) as threads:
            found = list(threads.map(lambda task: finder.annealed(task, self._stop), tasks))
        return [pair for pair in found if pair is not None]
