"""Why this site, why not that one; which sites are in every best plan, in none, or may be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from siting.solve.certify import exact_bound, good_scale, objective_unit, usable
from siting.solve.choose import choose_sites
from siting.solve.errors import InfeasibleError
from siting.solve.goal_model import goal_model
from siting.solve.lp import Relaxation
from siting.solve.model import Problem, Solution, covered_weight
from siting.solve.tree import solve_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siting.solve.program import Program
    from siting.solve.watch import Watch

Role = Literal["must", "never", "optional", "open"]

_ROLE_NODES = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteReason:
    """What one site means to a plan.

    Attributes
    ----------
    site_id
        The site.
    chosen
        Whether the plan has it.
    served
        Weight within its reach.
    alone
        Weight that, in the plan (with the site added if it is not chosen), only it covers.
    loss, loss_bound
        Chosen: what the best plan without it covers less; not chosen: what the best plan with it
        covers less. ``loss`` belongs to the plan found, ``loss_bound`` is proved: the true loss is
        at least ``loss_bound`` and at most ``loss``. None if there is no such plan.
    instead
        Sites of that other plan that this plan lacks.
    given_up
        Sites of this plan that the other lacks.
    """

    site_id: str
    chosen: bool
    served: int
    alone: int
    loss: int | None
    loss_bound: int | None
    instead: tuple[str, ...]
    given_up: tuple[str, ...]


def explain_site(problem: Problem, solution: Solution, site_id: str) -> SiteReason:
    """Say what a site brings to the first stage's plan, or what it would change to have it."""
    plan = set(solution.first_chosen)
    inside = site_id in plan
    with_it = problem.positions(tuple(sorted(plan | {site_id})))
    without = problem.positions(tuple(sorted(plan - {site_id})))
    rows = np.repeat(np.arange(len(problem.weight)), np.diff(problem.indptr))
    served = int(problem.weight[rows[problem.site == problem.positions((site_id,))[0]]].sum())
    alone = covered_weight(problem, with_it) - covered_weight(problem, without)
    change = (
        {"banned": tuple(sorted({*problem.banned, site_id}))}
        if inside
        else {"forced": tuple(sorted({*problem.forced, site_id}))}
    )
    other: Solution | None = None
    try:
        other = choose_sites(replace(problem, scores=None, **change))  # type: ignore[arg-type]
    except InfeasibleError:
        other = None
    new = set() if other is None else set(other.first_chosen)
    return SiteReason(
        site_id=site_id,
        chosen=inside,
        served=served,
        alone=alone,
        loss=None if other is None else solution.sense * (solution.value - other.value),
        loss_bound=None
        if other is None
        else max(0, solution.sense * (solution.value - other.bound)),
        instead=tuple(sorted(new - plan)),
        given_up=tuple(sorted(plan - new)) if other is not None else (),
    )


def site_roles(
    problem: Problem,
    solution: Solution,
    site_ids: Sequence[str] | None = None,
    watch: Watch | None = None,
) -> dict[str, Role]:
    """Tell for each site whether every best plan has it, none has it, or some have it.

    ``must`` and ``never`` are proved; ``optional`` is shown by two best plans; ``open`` was not
    decided within the limits, or belongs to a question (worst distance, capacities, phases) for
    which roles are not proved. Best means as good as the first stage's value.

    Parameters
    ----------
    site_ids
        Sites to decide; None decides all.
    """
    goal = problem.goal
    other = goal.aim == "radius" or goal.phases or goal.capacity is not None
    if solution.status != "optimal" or other:
        return dict.fromkeys(site_ids or problem.site_ids, "open")
    program = goal_model(problem).program
    best = goal.sense * (solution.value - goal.offset)
    n = len(problem.site_ids)
    first = np.zeros(n, bool)
    first[problem.positions(solution.first_chosen)] = True
    must, never = _by_reduced_costs(program, best, first, n)
    seen_in, seen_out = first.copy(), ~first
    for site_id in site_ids or problem.site_ids:
        site = int(problem.positions((site_id,))[0])
        if must[site] or never[site] or (seen_in[site] and seen_out[site]):
            continue
        if watch is not None and watch.stop():
            break
        point, impossible = _best_plan_with(
            program, problem, site, chosen=not seen_in[site], value=best
        )
        if point is not None:
            seen_in |= point
            seen_out |= ~point
        elif impossible:
            (must if seen_in[site] else never)[site] = True
    return {
        site_id: _role(must[k], never[k], seen_in[k] and seen_out[k])
        for k, site_id in enumerate(problem.site_ids)
        if site_ids is None or site_id in set(site_ids)
    }


def _role(must: bool, never: bool, both: bool) -> Role:  # noqa: FBT001 - three facts of one site
    if must:
        return "must"
    if never:
        return "never"
    return "optional" if both else "open"


def _by_reduced_costs(
    program: Program, value: int, first: NDArray[np.bool_], n: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Decide by the root's integer dual which sites cannot leave or enter a best plan."""
    must = program.lower[:n] == 1
    never = program.upper[:n] == 0
    answer = Relaxation(program).solve(program.lower, program.upper)
    scale = good_scale(program)
    if answer.status == "optimal":
        dual = usable(program, np.rint(answer.dual * scale).astype(np.int64))
        bound = exact_bound(program, program.lower, program.upper, dual, scale=scale)
        if bound is not None:
            spare = bound.total - scale * (value - program.constant)
            far = np.abs(bound.reduced[:n]) > spare
            must |= far & (bound.reduced[:n] > 0) & first
            never |= far & (bound.reduced[:n] < 0) & ~first
    return must, never


def _best_plan_with(
    program: Program, problem: Problem, site: int, *, chosen: bool, value: int
) -> tuple[NDArray[np.bool_] | None, bool]:
    """Look for a best plan with (or without) a site: the plan, or a proof that there is none."""
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[site] = upper[site] = int(chosen)
    fixed = replace(program, lower=lower, upper=upper)
    limits = replace(problem.limits, nodes=_ROLE_NODES)
    found = solve_tree(fixed, limits=limits, beat=value)
    n = len(problem.site_ids)
    if found.point is not None:
        return found.point[:n] == 1, False
    unit = objective_unit(program)
    return None, found.bound is None or found.bound <= value - unit


__all__ = ["Role", "SiteReason", "explain_site", "site_roles"]
