"""Who looks on while a search runs: events out, a wish to stop in, the clock if limited."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from siting.solve.model import Event, shown_gap

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """Who looks on: progress events out, a wish to stop in, and the clock if there is a limit.

    ``shown`` turns what is maximised into the figure that is told.
    """

    stage: str = "tree"
    on_event: Callable[[Event], None] | None = None
    should_stop: Callable[[], bool] | None = None
    deadline: float | None = None
    shown: Callable[[int], int] | None = None
    _told: dict[str, tuple[int | None, int]] = field(default_factory=dict)

    def better(self, incumbent: int) -> None:
        """Send an event about a better plan, between those that also move the bound."""
        self.report(incumbent, *self._told.get("bound", (None, 0)))

    def report(self, incumbent: int | None, bound: int | None, nodes: int) -> None:
        """Send one event."""
        self._told["bound"] = (bound, nodes)
        if self.on_event is not None:
            if self.shown is not None and self.stage != "stage2":
                incumbent = None if incumbent is None else self.shown(incumbent)
                bound = None if bound is None else self.shown(bound)
            gap = 1.0 if incumbent is None or bound is None else shown_gap(incumbent, bound)
            self.on_event(
                Event(stage=self.stage, incumbent=incumbent, bound=bound, gap=gap, nodes=nodes)
            )

    def left(self) -> float | None:
        """Seconds left, None without a limit."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def stop(self) -> bool:
        """Tell whether to stop now."""
        late = self.deadline is not None and time.monotonic() > self.deadline
        return late or (self.should_stop is not None and self.should_stop())
