"""Ladders that climb on a core of their own while the tree works on another; their sets crossed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from siting.solve.tempering import Ladder


Seen = TypeVar("Seen")

_PATIENCE = 4
"""How much longer a ladder may climb in vain: nothing waits for it."""


class Aside(Generic[Seen]):
    """Lets one ladder after another climb, between ``resume`` and ``pause``."""

    def __init__(
        self,
        follow: Callable[[Ladder | None, int], Ladder],
        look: Callable[[Ladder, Callable[[], bool]], Seen],
        take: Callable[[Seen, Callable[[], bool]], None],
        stop: Callable[[], bool],
    ) -> None:
        self._follow, self._look, self._take, self._stop = follow, look, take, stop
        self._halt = threading.Event()
        self._threads: ThreadPoolExecutor | None = None
        self._work: Future[None] | None = None
        self._ladder = follow(None, 1)

    def resume(self) -> None:
        """Go on; nothing else may touch the ladders and what they found until ``pause``."""
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

    def ladder(self, patience: int = 1) -> Ladder:
        """Give the ladder that is worth going on with, for use before ``resume``."""
        self._ladder = self._follow(self._ladder, patience)
        return self._ladder

    def _climb(self) -> None:
        while not self._over():
            self._take(self._look(self.ladder(_PATIENCE), self._over), self._over)

    def _over(self) -> bool:
        return self._halt.is_set() or self._stop()
