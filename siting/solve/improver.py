"""Good sets while the search goes on: rounding and shakes; where needed annealing and tempering."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.branching import FRACTIONAL
from siting.solve.climbing import Climbing
from siting.solve.crossing import Pool
from siting.solve.heuristic import Annealing
from siting.solve.regions import Regions
from siting.solve.sharing import around, sharing

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
"""Searches that may go on for long climb ladders; where those are dear, they anneal in more rounds
and look at regions."""
_VAIN_ROUNDS = 4
_ELITE, _CHAMPIONS = 8, 20
_REGIONS = (8, 12)
"""Stations chosen anew at a time."""
_TEMPERED, _ROOM = 1_000_000, 2_000_000
"""Entries of the coverage up to which a turn of tempering is cheap; stations times sites."""


class Improver:
    """Makes integer points of fractional ones; remembers the good sets it has seen."""

    def __init__(
        self,
        model: CoverModel,
        finder: Finder,
        problem: Problem,
        stop: Callable[[], bool],
        tell: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._model, self._finder, self._stop, self._tell = model, finder, stop, tell
        self._sites, self._seed = len(problem.site_ids), problem.seed
        self._patient = problem.limits.nodes >= _PATIENT_NODES
        self._random = np.random.default_rng(problem.seed)
        work = _LEAST_TURNS + int(_TURNS_PER_ENTRY * len(finder.net.row_site))
        self._turns = min(_MOST_TURNS, work)
        # The first look is before any cuts, and may be enough; annealing begins with the second.
        self._calls, self._next, self._wait, self._runs = 0, 1, 1, 0
        self._enough = 0.0
        self._cold: NDArray[np.bool_] | None = None
        self._champions: list[GoodSet] = []
        self._regions: Regions | None = None
        self._climbing: Climbing | None = None
        """Ladders also climb while the tree works, but only by the clock: no such run repeats."""
        self._timed = problem.limits.seconds is not None

    def improve(self, relaxed: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """Return the best point known, after a look around this point of the relaxation."""
        finder, n = self._finder, self._sites
        self.close()
        order = np.lexsort((np.arange(n), -relaxed[:n]))
        finder.from_order(order[relaxed[order] > FRACTIONAL])
        if self._climbing is not None and self._climbing.best is not None:
            self._learn(self._climbing.best)
        if self._cold is None and finder.best is not None and finder.best.any():
            self._cold = finder.best.copy()
        reached = float(self._model.program.objective @ relaxed)
        self._enough = reached * (1.0 - _FAR)
        if finder.best_value < self._enough and self._calls >= self._next:
            before = finder.best_value
            self._gather()
            # A search that found nothing waits twice as long before it is tried again.
            self._wait = 1 if finder.best_value > before else 2 * self._wait
            self._next = self._calls + self._wait
        most = _NODE_SHAKES if self._calls else _ROOT_SHAKES
        work = max(1, len(finder.net.row_site))
        chosen = finder.shakes(max(4, min(most, _ROOT_WORK // work)), self._stop)
        self._calls += 1
        self._go_aside()
        return None if chosen is None else self._model.point(chosen)

    def close(self) -> None:
        """Let what goes on aside stand still."""
        if self._climbing is not None:
            self._climbing.aside.pause()

    def _prepare(self) -> None:
        """Set up ladders, or regions, for a search that may go on for long; once is enough."""
        if self._climbing is not None or self._regions is not None or self._cold is None:
            return
        near = sharing(self._model.classes, self._sites) if self._patient else None
        if near is None:
            return
        room = int(self._cold.sum()) * self._sites
        if len(self._finder.net.row_site) <= _TEMPERED and room <= _ROOM:
            # One ladder begins at the greedy arrangement, the next at that of the relaxation.
            greedy = self._finder.first
            starts = [self._cold] if greedy is None else [greedy, self._cold]
            nearby = around(self._model.classes, near)
            self._climbing = Climbing(
                self._model, self._finder.net, nearby, starts, self._seed, self._stop
            )
        else:
            self._regions = Regions(self._model, near, self._stop)

    def _go_aside(self) -> None:
        if self._timed and self._finder.best_value < self._enough:
            self._prepare()
            if self._climbing is not None:
                self._climbing.aside.resume()

    def _gather(self) -> None:
        """Find good sets that know nothing of earlier ones; then the best of both together."""
        if self._cold is None:
            return
        self._prepare()
        if self._climbing is not None:
            self._climbing.together(self._learn, self._enough)
        else:
            self._anneal()

    def _anneal(self) -> None:
        pool = Pool(self._finder.net, self._stop)
        self._breed(pool)
        if not self._patient or self._finder.best_value >= self._enough:
            return
        pool.add(self._champions)
        if pool.sets:
            self._learn(pool.sets[0])
        self._refine()
        if self._finder.best is not None:
            best = (self._finder.best_value, self._finder.best)
            self._champions = [best, *pool.sets[:_CHAMPIONS]]

    def _learn(self, found: GoodSet) -> None:
        if found[0] > self._finder.best_value:
            self._know(found[1])

    def _know(self, chosen: NDArray[np.bool_]) -> None:
        before = self._finder.best_value
        self._finder.know(np.flatnonzero(chosen))
        if self._finder.best_value > before:
            self._tell(self._finder.best_value)

    def _refine(self) -> None:
        """Choose the best set's regions anew, small ones first."""
        for size in _REGIONS:
            if self._regions is not None and self._finder.best is not None:
                self._know(self._regions.improve(self._finder.best, size))

    def _breed(self, pool: Pool) -> None:
        """Anneal and cross, in rounds, until some rounds in a row found nothing."""
        vain, reached = 0, -1
        most = _VAIN_ROUNDS if self._patient else 1
        while vain < most and self._finder.best_value < self._enough and not self._stop():
            fresh = self._annealed(pool)
            pool.add(fresh)
            if self._stop() or not pool.sets:
                break
            self._learn(pool.sets[0])
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
