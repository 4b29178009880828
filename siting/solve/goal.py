"""What a problem asks for: the figure that shall be best, and the shares that must be reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Aim = Literal["cover", "count", "cost", "worst_part", "radius"]

SHARE_UNIT = 10_000
"""The worst part's share is counted in ten-thousandths."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Floor:
    """A least covered weight of some demand rows.

    Attributes
    ----------
    name
        What a planner reads: a town, a group, ``""`` for everybody.
    rows
        int64 positions of demand rows, rising.
    least
        Weight that must be covered; for a part of ``worst_part`` the weight its share is of.
    """

    name: str
    rows: NDArray[np.int64]
    least: int


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Goal:
    """What is asked.

    Attributes
    ----------
    question
        Its name in the settings.
    aim
        ``cover`` the most weight (times worth); the least ``count`` or ``cost`` of sites; the
        ``worst_part`` as good as possible; the smallest ``radius`` that covers ``target``.
    sense, offset
        The figure shown is ``offset + sense * (what is maximised)``: 1 largest, -1 smallest.
    floors
        Least covered weights.
    parts
        Parts of ``worst_part``.
    away
        Distance per coverage entry, int64 (``radius``).
    target
        Weight within the radius.
    capacity
        Weight each site serves at most, int64, or None.
    phases
        Stations standing after each phase and its length, the last being the plan.
    """

    question: str = "most_people"
    aim: Aim = "cover"
    sense: int = 1
    offset: int = 0
    floors: tuple[Floor, ...] = ()
    parts: tuple[Floor, ...] = ()
    away: NDArray[np.int64] | None = None
    target: int = 0
    capacity: NDArray[np.int64] | None = None
    phases: tuple[tuple[int, int], ...] = ()

    @property
    def plain(self) -> bool:
        """Whether only the most covered weight is asked for."""
        asked = self.floors or self.phases or self.capacity is not None
        return self.aim == "cover" and not asked

    def shown(self, value: int) -> int:
        """Turn what is maximised into the figure shown."""
        return self.offset + self.sense * value
