"""Checks of a problem at its door: the data fit together, no condition evidently clashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.solve.errors import InfeasibleError, ProblemError

if TYPE_CHECKING:
    from siting.solve.model import Problem, Quota

_LARGEST_TOTAL = 2**53
"""Weights may sum to this much: floating-point helpers then still hold each total exactly."""


def _require(fine: object, what: str, remedy: str) -> None:
    if not fine:
        raise ProblemError(what=what, remedy=remedy)


def _first(ids: list[str]) -> str:
    more = f" (+{len(ids) - 5})" if len(ids) > 5 else ""  # noqa: PLR2004
    return ", ".join(ids[:5]) + more


def check_data(problem: Problem) -> None:
    """Check that labels and arrays fit together.

    Raises
    ------
    ProblemError
        Naming what does not fit and what to do.
    """
    n, m = len(problem.site_ids), len(problem.demand_ids)
    again = "Build the problem from the coverage again."
    _require(len(set(problem.site_ids)) == n, "site ids repeat", "Give each site its own id.")
    _require(len(set(problem.demand_ids)) == m, "demand ids repeat", "Give each row its own id.")
    for name in ("indptr", "site", "weight"):
        kind = getattr(problem, name).dtype.kind
        _require(kind in "iu", f"'{name}' holds no integers but {kind!r}", again)
    _require(problem.indptr.shape == (m + 1,), "'indptr' does not fit the demand ids", again)
    _require(problem.weight.shape == (m,), "'weight' does not fit the demand ids", again)
    _require(m == 0 or problem.weight.min() >= 0, "a weight is negative", "Give weights >= 0.")
    total = float(problem.weight.sum(dtype=np.float64)) if m else 0.0
    _require(
        total < _LARGEST_TOTAL, "the weights sum to more than 2^53", "Give smaller priorities."
    )
    steps = np.diff(problem.indptr)
    fits = problem.indptr[0] == 0 and problem.indptr[-1] == len(problem.site)
    _require(fits and (m == 0 or steps.min() >= 0), "'indptr' is no row pointer", again)
    inside = len(problem.site) == 0 or (problem.site.min() >= 0 and problem.site.max() < n)
    _require(inside, "a coverage entry names no site", again)
    _check_rows(problem)
    _check_extras(problem)


def _check_rows(problem: Problem) -> None:
    if len(problem.site) < 2:  # noqa: PLR2004
        return
    rises = np.diff(problem.site.astype(np.int64)) > 0
    starts = problem.indptr[1:-1]
    starts = starts[(starts > 0) & (starts < len(problem.site))]
    rises[starts - 1] = True
    _require(
        rises.all(),
        "a row's sites are not strictly increasing",
        "Sort each row's sites and drop repeats.",
    )


def _check_extras(problem: Problem) -> None:
    n = len(problem.site_ids)
    pairs = problem.conflicts
    _require(pairs.ndim == 2 and pairs.shape[1] == 2, "'conflicts' is not (m, 2)", "Give pairs.")  # noqa: PLR2004
    inside = len(pairs) == 0 or (pairs.min() >= 0 and pairs.max() < n)
    _require(inside, "a conflict names no site", "Give positions in 'site_ids'.")
    _require(
        (pairs[:, 0] != pairs[:, 1]).all(), "a site conflicts with itself", "Leave such pairs out."
    )
    if problem.scores is not None:
        _require(
            problem.scores.shape == (n,), "'scores' does not fit the site ids", "Give one a site."
        )
        _require(np.isfinite(problem.scores).all(), "a score is not a number", "Score every site.")
    both = (problem.cost is None) == (problem.budget is None)
    _require(both, "cost and budget go together", "Give both or neither.")
    if problem.cost is not None:
        fits = problem.cost.shape == (n,) and problem.cost.dtype.kind in "iu"
        _require(fits, "'cost' is not one integer per site", "Give int64 per site.")
        _require(n == 0 or problem.cost.min() >= 0, "a cost is negative", "Give costs >= 0.")
    _require(
        problem.p is not None or problem.budget is not None,
        "neither a number of stations nor a budget is given",
        "Give 'p' or 'budget'.",
    )
    _require(problem.need >= 1, "'need' is below 1", "Give 1, or more for backup cover.")
    known = set(problem.site_ids)
    named = [*problem.forced, *problem.banned, *(s for q in problem.quotas for s in q.site_ids)]
    unknown = sorted({site_id for site_id in named if site_id not in known})
    _require(
        not unknown,
        f"conditions name unknown sites ({_first(unknown)})",
        "Name sites of the candidates' table.",
    )


def check_conditions(problem: Problem) -> None:
    """Refuse conditions that clash at first sight.

    Raises
    ------
    InfeasibleError
        Naming the clashing conditions and the cheapest way out.
    """
    forced, banned = set(problem.forced), set(problem.banned)
    free = len(problem.site_ids) - len(banned)
    both = sorted(forced & banned)
    _possible(
        not both,
        f"sites both forced and banned ({_first(both)})",
        "take them out of one of the two lists",
    )
    if problem.p is not None:
        _check_count(problem, len(forced), free)
    if problem.cost is not None and problem.budget is not None:
        kept = int(problem.cost[problem.positions(tuple(sorted(forced)))].sum())
        _possible(
            kept <= problem.budget,
            f"a budget of {problem.budget} and forced sites that cost {kept}",
            f"raise the budget by {kept - problem.budget} or force fewer sites",
        )
    for quota in problem.quotas:
        _check_quota(problem, quota, forced, banned)
    pairs = problem.conflicts
    mask = np.zeros(len(problem.site_ids), bool)
    mask[problem.positions(tuple(sorted(forced)))] = True
    clash = pairs[mask[pairs].all(axis=1)]
    if len(clash):
        a, b = (problem.site_ids[k] for k in clash[0].tolist())
        _possible(
            fine=False,
            conditions=f"sites {a} and {b} are both forced and too near each other",
            remedy="force one of them, or lower the spacing",
        )


def _check_count(problem: Problem, forced: int, free: int) -> None:
    p = problem.p
    if p is None:
        return
    _possible(p >= 0, f"{p} stations", "ask for 0 or more")
    _possible(
        p <= free,
        f"{p} stations and {free} candidates that are not banned",
        f"ask for {free} stations or fewer, or add candidates",
    )
    _possible(
        forced <= p,
        f"{p} stations and {forced} forced sites",
        f"ask for at least {forced} stations, or force fewer sites",
    )


def _check_quota(problem: Problem, quota: Quota, forced: set[str], banned: set[str]) -> None:
    members = set(quota.site_ids)
    can, must = len(members - banned), len(members & forced)
    top = quota.maximum
    _possible(
        top is None or quota.minimum <= top,
        f"quota '{quota.name}' at least {quota.minimum} and at most {top}",
        "raise its maximum or lower its minimum",
    )
    _possible(
        quota.minimum <= can,
        f"quota '{quota.name}' asks for {quota.minimum} stations and has {can} candidates",
        f"lower its minimum to {can}, or add candidates",
    )
    _possible(
        top is None or must <= top,
        f"quota '{quota.name}' allows {top} stations and {must} of its sites are forced",
        f"raise its maximum to {must}, or force fewer of them",
    )
    _possible(
        problem.p is None or quota.minimum <= problem.p,
        f"quota '{quota.name}' asks for {quota.minimum} stations of {problem.p}",
        f"ask for {quota.minimum} stations, or lower the quota",
    )


def _possible(fine: object, conditions: str, remedy: str) -> None:
    if not fine:
        raise InfeasibleError(conditions=conditions, remedy=remedy)


__all__ = ["check_conditions", "check_data"]
