"""Questions about how far people walk, as covering problems over distance steps.

If what one person contributes is a falling function of the distance to the nearest chosen site,
the total is a covering sum: the row (person, distance ``D``) is covered by any site within ``D``
and contributes the function's step at ``D``. So mean distance (p-median), visits with distance
decay and the Kolm-Pollak equal-distance measure share the chooser, its conditions and its proof.
Sources: Elloumi 2010, doi:10.1007/s10878-008-9168-0 (radius form); Horton et al. 2024,
doi:10.1016/j.orl.2023.107061 (Kolm-Pollak facility location is linear).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.solve.worth import by_worth

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.solve.model import Problem

_EXPONENT_LIMIT = 30.0


def nested_problem(
    problem: Problem,
    distance: NDArray[np.int64],
    worth: Callable[[NDArray[np.int64]], NDArray[np.int64]],
    *,
    step: int = 1,
) -> Problem:
    """Replace "covered or not" by what each distance is worth.

    Parameters
    ----------
    problem
        Coverage lists the sites within reach of each row; conditions stay as they are.
    distance
        int64 per coverage entry (millimetres), aligned with ``problem.site``.
    worth
        Worth of one unit of weight at these distances, integers >= 0, falling with distance; a row
        without a chosen site in reach is worth 0.
    step
        Distances are rounded up to multiples of this, which merges rows.

    Returns
    -------
    A problem whose covered weight is the sum of weight times worth of the nearest chosen site.
    """
    rounded = -(-distance // step) * step
    return by_worth(replace(problem, worth=worth(rounded).astype(np.int64)))


def mean_distance_problem(
    problem: Problem, distance: NDArray[np.int64], *, cap: int, step: int = 1
) -> Problem:
    """Smallest mean distance: the worth is what is saved against the cap.

    Whoever has no chosen site within reach counts as walking ``cap``. The sum of weight times
    distance is ``cap * total_weight - value``.
    """
    return nested_problem(problem, distance, lambda d: np.maximum(cap - d, 0), step=step)


def decay_problem(
    problem: Problem, distance: NDArray[np.int64], *, half: int, unit: int = 1000, step: int = 1
) -> Problem:
    """Most visits when they halve every ``half`` of distance; the worth is in ``unit``-ths."""

    def worth(d: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.rint(unit * 0.5 ** (d / half)).astype(np.int64)

    return nested_problem(problem, distance, worth, step=step)


def kolm_pollak_problem(
    problem: Problem,
    distance: NDArray[np.int64],
    *,
    cap: int,
    aversion: float = 1.0,
    step: int = 1,
) -> tuple[Problem, Callable[[int], float]]:
    """Smallest Kolm-Pollak equal distance: long walks count more than short ones.

    Parameters
    ----------
    cap
        Distance of whoever has no chosen site in reach.
    aversion
        How much inequality counts; the scale is the cap: ``exp(aversion * d / cap)``.

    Returns
    -------
    The problem and a function from its value to the equally distributed equivalent distance.
    """
    unit = 100_000
    rate = min(aversion, _EXPONENT_LIMIT)

    def burden(d: Any) -> Any:
        return np.rint(unit * np.exp(rate * np.minimum(d, cap) / cap)).astype(np.int64)

    worst = int(burden(np.array([cap]))[0])
    made = nested_problem(problem, distance, lambda d: np.maximum(worst - burden(d), 0), step=step)
    total = problem.total_weight

    def equal_distance(value: int) -> float:
        mean = (worst * total - value) / max(total, 1) / unit
        return float(np.log(mean) * cap / rate)

    return made, equal_distance
