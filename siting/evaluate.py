"""How good the stations are that stand today, which add nothing, which to move, what comes next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from siting.solve.choose import choose_sites
from siting.solve.goal import Goal
from siting.solve.model import Problem, Quota, Solution, covered_weight

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One station moved: what the network covers more."""

    given_up: str
    opened: str
    gain: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkReport:
    """The present network judged.

    Attributes
    ----------
    value
        Weight the present stations cover.
    alone
        Per station the weight only it covers, smallest first.
    idle
        Stations that cover nothing the others do not.
    best, best_bound
        Weight the best network of the same size covers, and its proved bound.
    share
        ``value / best``, 0-1.
    moves
        The best changes, at most ``k`` stations moved together, most gain first by pairing.
    moved_value
        Weight covered after these moves.
    following
        The ``k`` sites to add next, in one set, and the weight covered with them.
    following_value
        Weight covered with them.
    status
        Weakest status of the searches behind it.
    """

    value: int
    alone: tuple[tuple[str, int], ...]
    idle: tuple[str, ...]
    best: int
    best_bound: int
    share: float
    moves: tuple[Move, ...]
    moved_value: int
    following: tuple[str, ...]
    following_value: int
    status: str


def evaluate_network(problem: Problem, existing: Sequence[str], *, k: int = 5) -> NetworkReport:
    """Judge the existing stations against what the candidates allow.

    Parameters
    ----------
    problem
        Its ``p``, forced sites, quotas and spacing are set aside: the network is judged as it is.
    existing
        Site ids of the stations that stand.
    k
        How many stations may move, and how many come next.
    """
    here = tuple(sorted(set(existing)))
    size = len(here)
    free = replace(
        problem,
        p=size,
        forced=(),
        quotas=(),
        conflicts=np.empty((0, 2), np.int32),
        cost=None,
        budget=None,
        sunk=0,
        goal=Goal(),
        worth=None,
        inside=None,
        banned=tuple(sorted(set(problem.banned) - set(here))),
        scores=None,
    )
    present = free.positions(here)
    value = covered_weight(free, present)
    alone = {
        site: value - covered_weight(free, present[present != k])
        for site, k in zip(here, present.tolist(), strict=True)
    }
    best = choose_sites(free)
    keep = Quota(name="kept", site_ids=here, minimum=max(0, size - k))
    moved = choose_sites(replace(free, quotas=(keep,)))
    room = min(k, len(free.site_ids) - size - len(free.banned))
    following = choose_sites(replace(free, p=size + max(room, 0), forced=here))
    order = ("optimal", "within_gap", "stopped")
    return NetworkReport(
        value=value,
        alone=tuple(sorted(alone.items(), key=lambda item: (item[1], item[0]))),
        idle=tuple(site for site in here if alone[site] == 0),
        best=best.value,
        best_bound=best.bound,
        share=value / best.value if best.value else 1.0,
        moves=_moves(free, here, moved),
        moved_value=moved.value,
        following=tuple(sorted(set(following.first_chosen) - set(here))),
        following_value=following.value,
        status=max((run.status for run in (best, moved, following)), key=order.index),
    )


def _moves(problem: Problem, here: tuple[str, ...], moved: Solution) -> tuple[Move, ...]:
    """Pair what is given up with what is opened, best gain first, each on top of those before."""
    out = sorted(set(here) - set(moved.first_chosen))
    new = sorted(set(moved.first_chosen) - set(here))
    now = set(here)
    found = []
    while out and new:
        before = covered_weight(problem, problem.positions(tuple(sorted(now))))
        gains = {
            (a, b): covered_weight(problem, problem.positions(tuple(sorted(now - {a} | {b}))))
            - before
            for a in out
            for b in new
        }
        a, b = max(gains, key=lambda pair: (gains[pair], pair))
        found.append(Move(given_up=a, opened=b, gain=gains[a, b]))
        now = now - {a} | {b}
        out.remove(a)
        new.remove(b)
    return tuple(found)
