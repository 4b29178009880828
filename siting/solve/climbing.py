"""Ladders that climb side by side, or one aside while the tree works; what they see is mixed.

A ladder finds good arrangements of parts of the map, each in a set that is poor elsewhere. Crossing
and merging put the good parts together: the best of many sets lies far above every one of them.
Where ladders lead to the same arrangement again, windows arrange parts of the best sets anew.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from siting.solve.aside import Aside
from siting.solve.crossing import Pool
from siting.solve.families import Families
from siting.solve.merging import Merger
from siting.solve.tempering import Ladder
from siting.solve.windows import LEAST_STATIONS, Window, open_window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from siting.solve.cover import CoverModel
    from siting.solve.crossing import GoodSet
    from siting.solve.moves import Net
    from siting.solve.sharing import Around

_THREADS = 2
_STAGE = 300
"""Sweeps between two mixings of what a ladder has seen."""
_MIXED = 2
"""Sets of the pool that go into a mixture with a fresh one."""
_STALE, _VAIN = 100, 3
"""Looks without a better set before a pool is given up for a new one; pools in a row that led to
nothing better."""
_WINDOWS = 100
"""Windows after a pool that led to an arrangement known, counted anew from every better set."""
_BEST, _MIXTURES = 12, 8
"""Champions that are mixed with each other, and how often."""


class Seen(NamedTuple):
    """What one look has found, and where."""

    ladder: Ladder
    sets: list[GoodSet]


class Climbing:
    """The ladders of one search and the pool of what they have seen."""

    def __init__(
        self,
        model: CoverModel,
        net: Net,
        around: Around,
        starts: Sequence[NDArray[np.bool_]],
        seed: int,
        stop: Callable[[], bool],
    ) -> None:
        self._net, self._around, self._starts, self._seed = net, around, starts, seed
        self._merger, self._stop = Merger(model), stop
        self._random = np.random.default_rng(seed)
        self._ladders = self._stale = self._vain = 0
        self._pool, self._champions = Pool(net, stop), Pool(net, stop)
        self._families, self._windows = Families(), 0
        self._wide = int(starts[0].sum()) >= LEAST_STATIONS
        self._drawing = np.random.default_rng([seed, 1])
        self._waiting: list[Ladder] = []
        self.aside = Aside(self.follow, self.look, self.take, stop)

    @property
    def best(self) -> GoodSet | None:
        """The best set there is."""
        sets = [*self._pool.sets[:1], *self._champions.sets[:1], *self._families.sets[:1]]
        return max(sets, key=lambda pair: pair[0]) if sets else None

    def ladder(self) -> Ladder:
        """Set up the next ladder: starts take turns."""
        k = self._ladders
        self._ladders += 1
        start = self._starts[k % len(self._starts)]
        return Ladder(self._net, self._around, start, self._seed * 1_000_003 + k)

    def follow(self, ladder: Ladder | None, patience: int = 1) -> Ladder:
        """Go on with a ladder, or with what comes after: windows and ladders take turns."""
        if ladder is not None and self._windows > 0 and not isinstance(ladder, Window):
            self._waiting.append(ladder)
        elif ladder is not None and ladder.hopeful(patience):
            return ladder
        if self._windows > 0:
            self._windows -= 1
            return open_window(self._net, self._around, self._families, self._drawing)
        while self._waiting:
            ladder = self._waiting.pop(0)
            if ladder.hopeful(patience):
                return ladder
        return self.ladder()

    def look(self, ladder: Ladder, stop: Callable[[], bool]) -> Seen:
        """Let a ladder climb a stage; what it has seen, and mixtures with sets known."""
        seen, random = ladder.climb(_STAGE, stop), ladder.random
        if isinstance(ladder, Window):
            # A variant of the best set may be worse on the whole and better in one district.
            best, known = self._families.sets[:1], self._families.sets[1:_BEST]
            crossed = Pool(self._net, stop)
            crossed.add([*best, *seen])
            seen, firsts = crossed.sets, [[*best, *_drawn(seen, 1, random)]]
        else:
            firsts, known = [seen[:1], []], self._pool.sets
        mixtures = [
            self._mix([*first, *_drawn(known, _MIXED + 1 - len(first), random)], stop)
            for first in firsts
        ]
        return Seen(ladder, [*seen, *(pair for pair in mixtures if pair is not None)])

    def take(self, seen: Seen, stop: Callable[[], bool]) -> None:
        """Take what a look has found; a pool that leads no further gives way to a new one.

        Its sets have become alike, and what is fresh comes to nothing among them.
        """
        if isinstance(seen.ladder, Window):
            if self._families.add(seen.sets):
                self._windows = _WINDOWS
            return
        before = self._pool.sets[0][0] if self._pool.sets else -1
        self._pool.add(seen.sets)
        if not self._pool.sets:
            return
        self._stale = 0 if self._pool.sets[0][0] > before else self._stale + 1
        if self._stale >= _STALE:
            known = self._champions.sets[0][0] if self._champions.sets else -1
            champion = self._pool.sets[0]
            self._windows = _WINDOWS if self._wide and self._families.know(champion) else 0
            self.keep(champion, stop)
            self._vain = 0 if self._champions.sets[0][0] > known else self._vain + 1
            self._pool, self._stale = Pool(self._net, self._stop), 0

    def keep(self, champion: GoodSet, stop: Callable[[], bool]) -> None:
        """Keep a set that a pool led to, and mix it with the others."""
        self._champions.add([champion])
        for _ in range(_MIXTURES):
            parents = _drawn(self._champions.sets[:_BEST], _MIXED + 1, self._random)
            mixture = self._mix(parents, stop)
            if mixture is not None:
                self._champions.add([mixture])
        self._families.add([champion, *self._champions.sets[:_BEST]])

    def together(self, tell: Callable[[GoodSet], None], enough: float) -> None:
        """Let ladders climb side by side until some pools in a row led to nothing better.

        Parameters
        ----------
        tell
            Called with the best set after each stage.
        enough
            Weight that needs no more climbing.
        """
        going = [self.aside.ladder(), *(self.ladder() for _ in range(_THREADS - 1))]
        self._vain = 0
        with ThreadPoolExecutor(_THREADS) as threads:
            while self._vain < _VAIN and not self._stop():
                looks = [threads.submit(self.look, one, self._stop) for one in going]
                for look in looks:
                    self.take(look.result(), self._stop)
                if self.best is not None:
                    tell(self.best)
                    if self.best[0] >= enough:
                        break
                going = [self.aside.ladder(), *(self.follow(one) for one in going[1:])]

    def _mix(self, parents: list[GoodSet], stop: Callable[[], bool]) -> GoodSet | None:
        return self._merger.merge(parents, stop) if len(parents) > 1 else None


def _drawn(sets: list[GoodSet], number: int, random: np.random.Generator) -> list[GoodSet]:
    return [sets[k] for k in random.permutation(len(sets))[:number]]
