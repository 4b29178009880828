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
_SAME = 0.9
"""Sets with more than this share in common are the same but for variants."""
_KEPT = 40


class Families:
    """The best set of each family, the best first."""

    def __init__(self) -> None:
        self.sets: list[GoodSet] = []

    def add(self, fresh: Iterable[GoodSet]) -> bool:
        """Take sets in that are the best of their family; those they beat there go.

        Returns whether the best of all has become better.
        """
        before = self.sets[0][0] if self.sets else -1
        for pair in fresh:
            self._add(pair)
        return bool(self.sets) and self.sets[0][0] > before

    def know(self, pair: GoodSet) -> bool:
        """Tell whether a set is the best of a family again, or a variant."""
        return any(self._alike(pair, _SAME))

    def _alike(self, pair: GoodSet, share: float = _ALIKE) -> list[bool]:
        common = share * int(pair[1].sum())
        return [int((chosen & pair[1]).sum()) > common for _, chosen in self.sets]

    def _add(self, pair: GoodSet) -> None:
        alike = self._alike(pair)
        if any(near and pair[0] <= known[0] for near, known in zip(alike, self.sets, strict=True)):
            return
        left = [known for near, known in zip(alike, self.sets, strict=True) if not near]
        self.sets = sorted([*left, pair], key=lambda known: -known[0])[:_KEPT]
