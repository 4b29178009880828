"""The best set of each arrangement: good sets so unlike each other that none is a variant.

A set that leads no further has many near relatives of about its weight; of two equally good ones
that differ in a whole district each may be a step to something better.
Source: clearing of niches, Petrowski 1996, doi:10.1109/ICEC.1996.542703.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from siting.solve.crossing import GoodSet

_ALIKE = 0.8
"""Sets with more than this share of their stations in common are one family."""
_SAME = 0.9
"""Sets with more than this share in common are the same but for variants."""
_KEPT = 40


@dataclass(slots=True)
class _Family:
    led_by: GoodSet
    turns: int = 0


class Families:
    """The best set of each family, the best first, and how many turns each has had."""

    def __init__(self) -> None:
        self._families: list[_Family] = []

    @property
    def sets(self) -> list[GoodSet]:
        """The best set of each family, the best first."""
        return [family.led_by for family in self._families]

    def add(self, fresh: Iterable[GoodSet]) -> bool:
        """Take sets in that are the best of their family; those they beat there go.

        Returns whether the best of all has become better.
        """
        before = self._families[0].led_by[0] if self._families else -1
        for pair in fresh:
            self._add(pair)
        return bool(self._families) and self._families[0].led_by[0] > before

    def know(self, pair: GoodSet) -> bool:
        """Tell whether a set is the best of a family again, or a variant."""
        return any(self._alike(pair, _SAME))

    def waiting(self, among: int, most: int) -> bool:
        """Tell whether one of the best families has had fewer than ``most`` turns."""
        return any(family.turns < most for family in self._families[:among])

    def next_in_turn(self, among: int) -> GoodSet:
        """Give the best set that has had the fewest turns, of the best families; it has one now."""
        family = min(self._families[:among], key=lambda one: one.turns)
        family.turns += 1
        return family.led_by

    def _alike(self, pair: GoodSet, share: float = _ALIKE) -> list[bool]:
        common = share * int(pair[1].sum())
        return [int((chosen & pair[1]).sum()) > common for _, chosen in self.sets]

    def _add(self, pair: GoodSet) -> None:
        known = list(zip(self._alike(pair), self._families, strict=True))
        if any(near and pair[0] <= family.led_by[0] for near, family in known):
            return
        left = [family for near, family in known if not near]
        found = sorted([*left, _Family(pair)], key=lambda family: -family.led_by[0])
        self._families = found[:_KEPT]
