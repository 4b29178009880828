"""Random numbers in compiled loops: one state of 64 bits, the same numbers for the same seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOW, UNIT = np.uint64(2**32 - 1), 2.0**-32
"""The lower 32 bits of a draw, and what makes a share (0 to 1) of them."""
_HALF = np.uint64(32)
_SPREAD = 0x9E3779B97F4A7C15


def seeded(number: int) -> NDArray[np.uint64]:
    """Give the state (one element) of a run; runs of different numbers have nothing in common."""
    return np.array([(number * 2 + 1) * _SPREAD % 2**64], np.uint64)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def draw(seed: Any) -> Any:
    """Draw 64 bits and advance the xorshift state in ``seed`` (uint64, one element)."""
    x = seed[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    seed[0] = x
    return x


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def below(bits: Any, n: int) -> int:
    """Give a number of 0 .. n-1 from the upper 32 bits of a draw."""
    return int(np.int64(((bits >> _HALF) * np.uint64(n)) >> _HALF))


@njit(cache=True)  # type: ignore[untyped-decorator]
def random_index(seed: Any, n: int) -> int:
    """Draw from 0 .. n-1."""
    return int(np.int64(draw(seed) >> np.uint64(11)) % n)
