"""Ladders that climb on a core of their own while the tree works on another."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from siting.solve.crossing import GoodSet
    from siting.solve.tempering import Ladder


_STAGE = 100
"""Sweeps between two looks whether a ladder is worth going on."""


class Aside:
    """Lets one ladder after another climb, between ``resume`` and ``pause``."""

    def __init__(self, fresh: Callable[[], Ladder], stop: Callable[[], bool]) -> None:
        self._fresh, self._stop = fresh, stop
        self._halt = threading.Event()
        self._threads: ThreadPoolExecutor | None = None
        self._work: Future[None] | None = None
        self._found: list[GoodSet] = []
        self._ladder = fresh()

    def resume(self) -> None:
        """Go on; nothing else may touch the ladder until ``pause``."""
        self.pause()
        self._halt.clear()
        self._threads = ThreadPoolExecutor(1)
        self._work = self._threads.submit(self._climb)

    def pause(self) -> None:
        """Wait until the ladder stands still, at its next exchange; its errors rise here."""
        if self._threads is None or self._work is None:
            return
        self._halt.set()
        self._threads.shutdown()
        work, self._threads, self._work = self._work, None, None
        work.result()

    @property
    def best(self) -> GoodSet:
        """The best set of all ladders not yet handed over; for use before ``resume``."""
        return max([*self._found, self._ladder.best], key=lambda pair: pair[0])

    def take(self) -> list[GoodSet]:
        """Hand over the best sets of the ladders so far, each once."""
        found, self._found = [*self._found, self._ladder.best], []
        return found

    def ladder(self) -> Ladder:
        """Give the ladder that is worth going on with, for use before ``resume``."""
        if not self._ladder.hopeful():
            self._found.append(self._ladder.best)
            self._ladder = self._fresh()
        return self._ladder

    def _climb(self) -> None:
        while not self._over():
            self.ladder().climb(_STAGE, self._over)

    def _over(self) -> bool:
        return self._halt.is_set() or self._stop()
