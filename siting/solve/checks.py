"""Checks of a problem at its door: the data fit together, no condition evidently clashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.solve.errors import InfeasibleError, ProblemError
from siting.solve.wording import say

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
    asked = problem.goal.aim
    both = problem.cost is not None or (problem.budget is None and asked != "cost")
    _require(both, "a budget, or the least cost, needs costs", "Give 'cost'.")
    if problem.cost is not None:
        fits = problem.cost.shape == (n,) and problem.cost.dtype.kind in "iu"
        _require(fits, "'cost' is not one integer per site", "Give int64 per site.")
    if problem.worth is not None:
        fits = problem.worth.shape == problem.site.shape and problem.worth.dtype.kind in "iu"
        fine = fits and problem.worth.min(initial=0) >= 0 and problem.need == 1
        _require(fine, "'worth' is not one integer >= 0 per entry", "Give int64, with need 1.")
    _require(
        problem.p is not None or problem.budget is not None or asked in ("count", "cost"),
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
    _possible(not both, "both_lists", ids=_first(both))
    if problem.p is not None:
        p = problem.p
        _possible(p >= 0, "negative", p=p)
        _possible(p <= free, "too_many", p=p, free=free)
        _possible(len(forced) <= p, "too_few", p=p, forced=len(forced))
    if problem.cost is not None and problem.budget is not None:
        least = np.minimum(problem.cost, 0)
        least[problem.positions(tuple(sorted(forced)))] = problem.cost[
            problem.positions(tuple(sorted(forced)))
        ]
        kept = int(least.sum())
        by = kept - problem.budget
        _possible(by <= 0, "budget_kept", budget=problem.budget, kept=kept, by=by)
    for quota in problem.quotas:
        _check_quota(problem, quota, forced, banned)
    pairs = problem.conflicts
    mask = np.zeros(len(problem.site_ids), bool)
    mask[problem.positions(tuple(sorted(forced)))] = True
    for a, b in pairs[mask[pairs].all(axis=1)].tolist()[:1]:
        _possible(None, "two_forced", a=problem.site_ids[a], b=problem.site_ids[b])


def _check_quota(problem: Problem, quota: Quota, forced: set[str], banned: set[str]) -> None:
    members = set(quota.site_ids)
    facts = {
        "name": quota.name,
        "low": quota.minimum,
        "high": quota.maximum,
        "can": len(members - banned),
        "must": len(members & forced),
        "p": problem.p,
    }
    top = quota.maximum
    _possible(top is None or quota.minimum <= top, "quota_crossed", **facts)
    _possible(quota.minimum <= len(members - banned), "quota_short", **facts)
    _possible(top is None or len(members & forced) <= top, "quota_forced", **facts)
    _possible(problem.p is None or quota.minimum <= problem.p, "quota_large", **facts)


def _possible(fine: object, key: str, **facts: object) -> None:
    if not fine:
        raise InfeasibleError(conditions=say(key, **facts), remedy=say(f"{key}_way", **facts))


__all__ = ["check_conditions", "check_data"]
