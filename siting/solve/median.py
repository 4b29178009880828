"""p-median on a full distance table: swaps, Lagrangian bound, fixing, then an exact remainder.

What remains after fixing is a covering program: client ``i`` is covered at radius ``D`` if a chosen
site lies within ``D``, and each radius step it is covered at saves its length (Cornuejols,
Nemhauser and Wolsey 1980; Elloumi 2010, doi:10.1007/s10878-008-9168-0; solved step by step as in
Garcia, Labbe and Marin 2011, doi:10.1287/ijoc.1100.0418).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from siting.solve.covering import cover_most
from siting.solve.model import Limits, Problem, gap_share

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_SCALE = 1 << 14
_MISSES = 15
_SMALLEST_STEP = 2e-4
_MOST_ENTRIES = 60_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class MedianAnswer:
    """Chosen columns of the table and what is proved.

    Attributes
    ----------
    chosen
        Positions, ascending.
    value, bound
        Smallest sum found and a proved lower bound; integers in the table's unit.
    status
        ``optimal``, ``within_gap`` or ``stopped``.
    free
        Sites that were neither fixed open nor closed by the Lagrangian bound.
    """

    chosen: tuple[int, ...]
    value: int
    bound: int
    gap: float
    status: str
    free: int


@njit(cache=True)  # type: ignore[untyped-decorator]
def _nearest_two(table: Any, member: Any, first: Any, second: Any, owner: Any) -> int:
    total = 0
    for i in range(table.shape[0]):
        a, b, who = 2**62, 2**62, -1
        for q in range(len(member)):
            d = table[i, member[q]]
            if d < a:
                b, a, who = a, d, q
            elif d < b:
                b = d
        first[i], second[i], owner[i] = a, b, who
        total += a
    return total


@njit(cache=True)  # type: ignore[untyped-decorator]
def _interchange(table: Any, member: Any, allowed: Any) -> int:
    """Swap while it pays; returns the sum. Source: Whitaker 1983, fast interchange."""
    clients, sites = table.shape
    first, second = np.empty(clients, np.int64), np.empty(clients, np.int64)
    owner = np.empty(clients, np.int64)
    total = _nearest_two(table, member, first, second, owner)
    inside = np.zeros(sites, np.bool_)
    inside[member] = True
    loss = np.zeros(len(member), np.int64)
    better = True
    while better:
        better = False
        for new in range(sites):
            if inside[new] or not allowed[new]:
                continue
            gain = 0
            loss[:] = 0
            for i in range(clients):
                d = table[i, new]
                if d < first[i]:
                    gain += first[i] - d
                else:
                    loss[owner[i]] += min(second[i], d) - first[i]
            best = int(np.argmin(loss))
            if gain > loss[best]:
                inside[member[best]] = False
                inside[new] = True
                member[best] = new
                total = _nearest_two(table, member, first, second, owner)
                better = True
    return total


@njit(cache=True)  # type: ignore[untyped-decorator]
def _profits(table: Any, order: Any, price: Any, profit: Any) -> None:
    """Profit of each site: what clients pay above its distance; stops at the price."""
    profit[:] = 0
    for i in range(table.shape[0]):
        for k in range(order.shape[1]):
            j = order[i, k]
            rest = price[i] - table[i, j]
            if rest <= 0:
                break
            profit[j] += rest


@njit(cache=True)  # type: ignore[untyped-decorator]
def _ascend(table: Any, order: Any, state: Any, numbers: Any, rounds: int) -> None:
    """Volume steps on the clients' prices; ``numbers``: best bound, factor, misses, target, p."""
    centre, average, forced = state
    clients, sites = table.shape
    p = int(numbers[4])
    price, profit = centre.copy(), np.empty(sites)
    for _ in range(rounds):
        norm = 0.0
        slope = np.empty(clients)
        for i in range(clients):
            s = 1.0
            for k in range(sites):
                j = order[i, k]
                if table[i, j] >= centre[i]:
                    break
                s -= average[j]
            slope[i] = s
            norm += s * s
        step = numbers[1] * max(numbers[3] - numbers[0], 1e-3) / max(norm, 1e-9)
        total = 0.0
        for i in range(clients):
            price[i] = max(table[i, order[i, 0]], centre[i] + step * slope[i])
            total += price[i]
        _profits(table, order, price, profit)
        ranked = np.argsort(-(profit + forced))
        for k in range(p):
            total -= profit[ranked[k]]
        share = 0.1
        average *= 1.0 - share
        for k in range(p):
            average[ranked[k]] += share
        if total > numbers[0]:
            numbers[0] = total
            centre[:] = price
            numbers[2] = 0.0
            numbers[1] = min(1.9, numbers[1] * 1.05)
        else:
            numbers[2] += 1.0
            if numbers[2] >= _MISSES:
                numbers[1] *= 0.75
                numbers[2] = 0.0


def _search(
    table: NDArray[np.int64], p: int, start: NDArray[np.int64], rounds: int, seed: int
) -> tuple[int, NDArray[np.int64]]:
    """Interchange from a start, then from shaken sets."""
    rng = np.random.default_rng(seed)
    sites = table.shape[1]
    allowed = np.ones(sites, bool)
    best = start.astype(np.int64).copy()
    value = int(_interchange(table, best, allowed))
    for _ in range(rounds):
        trial = best.copy()
        strength = int(rng.integers(1, max(2, min(p, 10)) + 1))
        spare = np.setdiff1d(np.arange(sites), trial)
        count = min(strength, len(spare), p)
        if not count:
            break
        trial[rng.choice(p, count, replace=False)] = rng.choice(spare, count, replace=False)
        total = int(_interchange(table, trial, allowed))
        if total <= value:
            value, best = total, trial
    return value, np.sort(best)


def _fix(
    table: NDArray[np.int64], order: NDArray[np.int32], price: NDArray[np.float64], p: int, top: int
) -> tuple[int, NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int64]]:
    """Bound by integer prices, exactly, and the sites it fixes shut and open below ``top``."""
    prices = np.rint(price * _SCALE).astype(np.int64)
    profit = np.empty(table.shape[1], np.int64)
    _profits(table * _SCALE, order, prices, profit)
    ranked = np.sort(profit)[::-1]
    total = int(prices.sum()) - int(ranked[:p].sum())
    room = top * _SCALE - total  # a site whose change costs this much leads to no smaller sum
    last = int(ranked[p - 1])
    following = int(ranked[p]) if p < len(ranked) else 0
    inside = profit >= last
    shut = (profit < last) & (last - profit >= room) if room > 0 else profit < last
    opened = inside & (profit - following >= room) & (profit > following)
    return -((-total) // _SCALE), shut, opened, prices


def solve_median(  # noqa: PLR0913 - the search's own settings have defaults
    table: NDArray[np.int64],
    p: int,
    *,
    limits: Limits | None = None,
    rounds: int = 60,
    steps: int = 1200,
    seed: int = 0,
    should_stop: Callable[[], bool] | None = None,
) -> MedianAnswer:
    """Choose ``p`` columns so that the sum of each row's smallest chosen entry is least.

    Parameters
    ----------
    table
        int64 (clients, sites), >= 0.
    p
        Between 1 and the number of sites.
    rounds, steps
        Shakes of the heuristic and steps of the Lagrangian ascent.
    """
    table = np.ascontiguousarray(table, np.int64)
    sites = table.shape[1]
    order = np.argsort(table, axis=1, kind="stable").astype(np.int32)
    rng = np.random.default_rng(seed)
    value, best = _search(table, p, rng.choice(sites, p, replace=False), rounds, seed)
    centre = table[:, best].min(axis=1).astype(np.float64) + 1.0
    average = np.zeros(sites)
    average[best] = 1.0
    numbers = np.array([-1e18, 1.0, 0.0, float(value), float(p)])
    forced = np.zeros(sites)
    bound, done = 0, 0
    shut, opened = np.zeros(sites, bool), np.zeros(sites, bool)
    while done < steps and bound < value and numbers[1] > _SMALLEST_STEP:
        if should_stop is not None and should_stop():
            break
        _ascend(table, order, (centre, average, forced), numbers, 100)
        done += 100
        trial = np.argsort(-average, kind="stable")[:p]
        total, found = _search(table, p, trial, 2, seed + done)
        if total < value:
            value, best = total, found
            numbers[3] = float(value)
        proved, now_shut, now_open, _ = _fix(table, order, centre, p, value)
        bound = max(bound, proved)
        shut |= now_shut
        opened |= now_open
    free = int((~shut & ~opened).sum())
    if bound >= value:
        return _answer(best, value, value, "optimal", free)
    return _remainder(table, p, (value, best, bound), (shut, opened, centre), limits or Limits())


def _answer(
    best: NDArray[np.int64], value: int, bound: int, status: str, free: int
) -> MedianAnswer:
    return MedianAnswer(
        chosen=tuple(sorted(best.tolist())),
        value=value,
        bound=bound,
        gap=gap_share(bound, value),
        status=status,
        free=free,
    )


def _remainder(
    table: NDArray[np.int64],
    p: int,
    known: tuple[int, NDArray[np.int64], int],
    fixed: tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]],
    limits: Limits,
) -> MedianAnswer:
    """Solve what fixing left as a covering program; caps grow until they bind no more."""
    value, best, bound = known
    shut, opened, centre = fixed
    keep = np.flatnonzero(~shut | np.isin(np.arange(table.shape[1]), best))
    opened = opened[keep]
    rest = table[:, keep]
    caps = np.maximum(np.ceil(centre * 1.1).astype(np.int64), table[:, best].min(axis=1) + 1)
    while True:
        problem = radius_problem(rest, caps, p, np.flatnonzero(opened), limits)
        if problem is None:
            return _answer(best, value, bound, "stopped", len(keep))
        solution = cover_most(problem)
        worst = int(caps.sum())
        bound = max(bound, min(value, worst - solution.bound))
        chosen = problem.positions(solution.chosen)
        total = int(rest[:, chosen].min(axis=1).sum())
        if total < value:
            value, best = total, keep[chosen]
        near = rest[:, chosen].min(axis=1)
        if bound >= value:
            return _answer(best, value, value, "optimal", len(keep))
        if solution.status != "optimal" or not (near > caps).any():
            return _answer(best, value, bound, "stopped", len(keep))
        caps = np.where(near > caps, near + 1, caps)


def radius_problem(
    table: NDArray[np.int64],
    caps: NDArray[np.int64],
    p: int,
    forced: NDArray[np.int64],
    limits: Limits,
) -> Problem | None:
    """Make the covering problem of a table: one demand row per client and radius below its cap.

    Returns
    -------
    The problem, whose covered weight is the sum of caps minus the sum of (capped) distances; None
    if it would have too many entries.
    """
    rows, weights = [], []
    entries = 0
    for i in range(len(table)):
        sites = np.flatnonzero(table[i] < caps[i])
        order = sites[np.argsort(table[i, sites], kind="stable")]
        radii = table[i, order]
        ends = np.flatnonzero(np.diff(radii, append=-1) != 0)
        steps = np.diff(np.append(radii[ends], caps[i]))
        for end, step in zip(ends.tolist(), steps.tolist(), strict=True):
            rows.append(np.sort(order[: end + 1]))
            weights.append(step)
            entries += end + 1
        if entries > _MOST_ENTRIES:
            return None
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    names = tuple(f"{k:06d}" for k in range(table.shape[1]))
    return Problem(
        site_ids=names,
        demand_ids=tuple(map(str, range(len(rows)))),
        indptr=indptr,
        site=np.concatenate(rows).astype(np.int32) if rows else np.empty(0, np.int32),
        weight=np.array(weights, np.int64),
        p=p,
        forced=tuple(names[k] for k in forced.tolist()),
        limits=limits,
    )
