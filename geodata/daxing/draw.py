"""Draws by hash: the same on every machine and version, and unmoved by new rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

_T = TypeVar("_T")
_DIGITS = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A family of draws.

    Attributes
    ----------
    seed
        Another seed gives other draws.
    """

    seed: int

    def uniform(self, *key: object) -> float:
        """Return the number in [0, 1) that belongs to the key."""
        text = "|".join(str(part) for part in (self.seed, *key))
        digits = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
        return float(int(digits, 16) / 16**_DIGITS)

    def between(self, low: float, high: float, *key: object) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * self.uniform(*key)

    def whole(self, low: int, high: int, *key: object) -> int:
        """Return a whole number in low..high, both included."""
        return low + int(self.uniform(*key) * (high - low + 1))

    def one_of(self, items: Sequence[_T], *key: object) -> _T:
        """Return one of the items."""
        return items[int(self.uniform(*key) * len(items))]

    def heavy(self, low: float, high: float, power: float, *key: object) -> int:
        """Return a whole number with a heavy tail: few are large, none above ``high``."""
        drawn = low * (1.0 - self.uniform(*key)) ** (-1.0 / power)
        return round(float(min(drawn, high)))
