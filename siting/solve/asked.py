"""Answers of the questions that are not simply "most covered", each with its bound."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from siting.solve.clash import explain_clash
from siting.solve.covering import SOLVER, cover_most
from siting.solve.goal import Goal
from siting.solve.goal_model import goal_model
from siting.solve.model import Solution, Status, ids_of, shown_gap
from siting.solve.pressure import Closer, Presser
from siting.solve.questions.capacity import serve_most
from siting.solve.questions.phases import open_in_order
from siting.solve.questions.radius import smallest_radius_of
from siting.solve.tree import solve_tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.solve.goal_model import GoalModel
    from siting.solve.model import Problem
    from siting.solve.searching import TreeResult
    from siting.solve.watch import Watch

_FILL_NODES = 20


def answer_goal(problem: Problem, watch: Watch) -> Solution:
    """Answer a problem's goal.

    Raises
    ------
    InfeasibleError
        If no set keeps all conditions; it names the clashing ones and the cheapest way out.
    """
    goal = problem.goal
    plain = replace(problem, scores=None)
    if goal.aim == "radius":
        return smallest_radius_of(plain, watch)
    if goal.capacity is not None:
        found, flows = serve_most(plain, goal.capacity, watch)
        return solution_of(plain, found, flows=flows)
    if goal.phases:
        found, phases = open_in_order(plain, goal.phases, watch)
        return solution_of(plain, found, phases=phases)
    if goal.plain:  # worths: the chooser itself, and its figure turned round
        return _shown(problem, cover_most_of(problem, watch))
    return _floored(plain, watch)


def cover_most_of(problem: Problem, watch: Watch) -> Solution:
    """Cover the most with the goal set aside, under somebody else's watch."""
    plain = replace(problem, goal=Goal())
    return cover_most(plain, on_event=watch.on_event, should_stop=watch.stop, shown=watch.shown)


def _shown(problem: Problem, found: Solution) -> Solution:
    value, bound = problem.goal.shown(found.value), problem.goal.shown(found.bound)
    gap = shown_gap(value, bound)
    return replace(
        found,
        value=value,
        bound=bound,
        gap=gap,
        solver_gap=gap,
        question=problem.goal.question,
        sense=problem.goal.sense,
    )


def solution_of(
    problem: Problem,
    found: TreeResult,
    *,
    chosen: NDArray[np.int64] | None = None,
    phases: tuple[tuple[str, ...], ...] = (),
    flows: tuple[tuple[str, str, int], ...] = (),
) -> Solution:
    """Write a search's result as a solution of the goal.

    Raises
    ------
    InfeasibleError
        There is no plan.
    """
    goal = problem.goal
    if found.status == "infeasible":
        raise explain_clash(problem)
    bound = goal.shown(found.bound if found.bound is not None else problem.total_weight)
    if found.point is None or found.value is None:
        ids: tuple[str, ...] = ()
        value, gap = bound, 1.0
    else:
        sites = np.flatnonzero(found.point[: len(problem.site_ids)] == 1)
        ids = phases[-1] if phases else ids_of(problem, sites if chosen is None else chosen)
        value = goal.shown(found.value)
        gap = shown_gap(value, bound)
    return Solution(
        chosen=ids,
        first_chosen=ids,
        value=value,
        bound=bound,
        gap=gap,
        solver_gap=gap,
        status=cast("Status", found.status if ids or found.point is not None else "stopped"),
        tolerance=problem.limits.gap,
        solver=SOLVER,
        nodes=found.nodes,
        lp_iterations=found.iterations,
        certificate=found.certificate,
        question=goal.question,
        sense=goal.sense,
        phases=phases,
        flows=flows,
    )


def _floored(problem: Problem, watch: Watch) -> Solution:
    """Floors, the worst part, the fewest or cheapest sites: one program, one tree."""
    model = goal_model(problem)
    if problem.goal.aim in ("count", "cost"):
        improve, start = Closer(problem, model).improve, None
    else:
        presser = Presser(problem, model)
        presser.finder.stop = watch.stop
        improve = presser.improve
        start = presser.start(watch.stop)
    found = solve_tree(
        model.program, limits=problem.limits, watch=watch, start=start, improve=improve
    )
    chosen = None if found.point is None else _most_people(problem, model, found, watch)
    return solution_of(problem, found, chosen=chosen)


def _most_people(
    problem: Problem, model: GoalModel, found: TreeResult, watch: Watch
) -> NDArray[np.int64]:
    """Take, of the sets as good, one that covers more people, if it is soon found."""
    n = len(problem.site_ids)
    own = np.flatnonzero(cast("NDArray[np.int64]", found.point)[:n] == 1)
    if problem.goal.aim == "cover" or watch.stop():
        return own
    reached = cast("int", found.value)
    presser = Presser(_fixed(problem, len(own)), model)
    best, most = own, _covers(model, own)
    for chosen in (presser.mended(own), presser.from_scratch()):
        if chosen is None:
            continue
        point = model.point(chosen)
        covers = _covers(model, chosen)
        if model.program.admits(point) and model.program.value(point) >= reached and covers > most:
            best, most = chosen, covers
    return best


def _fixed(problem: Problem, size: int) -> Problem:
    """Keep the conditions, with the number of sites found."""
    if problem.goal.aim == "count":
        return replace(problem, p=size, goal=replace(problem.goal, aim="cover"))
    return problem if problem.goal.aim != "cost" else replace(problem, p=size)


def _covers(model: GoalModel, chosen: NDArray[np.int64]) -> int:
    return model.cover.program.value(model.cover.point(chosen))
