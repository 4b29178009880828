"""The best set of each arrangement: good sets so unlike each other that none is a variant.

A set that leads no further has many near relatives of about its weight; of two equally good ones
that differ in a whole district each may be a step to something better.
Source: clearing of niches, Petrowski 1996, doi:10.1109/ICEC.1996.542703.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.solve.crossing import GoodSet

_ALIKE = 0.8
"""Sets with more than this share of their stations in common are one family."""
_KEPT = 40


class Families:
    """The best set of each family, the best first."""

    def __init__(self) -> None:
        self.sets: list[GoodSet] = []

    def add(self, fresh: Iterable[GoodSet]) -> None:
        """Take sets in that are the best of their family; those they beat there go."""
        for pair in fresh:
            self._add(pair)

    def _add(self, pair: GoodSet) -> None:
        value, chosen = pair
        if len(self.sets) == _KEPT and value <= self.sets[-1][0]:
            return
        common = _ALIKE * int(chosen.sum())
        alike = [int((other & chosen).sum()) > common for _, other in self.sets]
        if any(near and value <= known[0] for near, known in zip(alike, self.sets, strict=True)):
            return
        left = [known for near, known in zip(alike, self.sets, strict=True) if not near]
        self.sets = sorted([*left, pair], key=lambda known: -known[0])[:_KEPT]
