"""Fixed curves from a raw value to a utility in [0, 1], never stretched to the candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing a rule looks at.

    Attributes
    ----------
    key
        Name, the key of its label in the locale files (``criteria.KEY``).
    unit
        Unit of the raw value, the key of its label (``units.UNIT``).
    weight
        Weight within the rule; a rule's weights sum to 1.
    zero, full
        Raw values at which the utility is 0 and 1; straight line between, flat beyond.
        ``zero > full`` makes a criterion where less is better.
    source
        Where the two values come from.
    """

    key: str
    unit: str
    weight: float
    zero: float
    full: float
    source: str

    def utility(self, raw: np.ndarray) -> np.ndarray:
        """Return the utility of each raw value, shape (n,), in [0, 1]."""
        span = self.full - self.zero
        return np.clip((np.asarray(raw, dtype=float) - self.zero) / span, 0.0, 1.0)
