"""Choose the sites: most weight covered, proved; then the best scores among nearly best covers."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from siting.solve.clash import explain_clash
from siting.solve.conditions import conflict_cliques
from siting.solve.cover import CoverModel, cover_model
from siting.solve.heuristic import Finder
from siting.solve.improver import Improver
from siting.solve.model import (
    Event,
    Problem,
    Solution,
    Stage2,
    Status,
    covered_weight,
    gap_share,
    ids_of,
)
from siting.solve.reduce import merge_rows
from siting.solve.second import best_scores
from siting.solve.tree import solve_tree
from siting.solve.watch import Watch
from siting.solve.worth import by_worth

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.solve.searching import TreeResult


_log = logging.getLogger(__name__)

SOLVER = "branch and bound on HiGHS relaxations, bounds in integer arithmetic"
_SHAKES = 40
_SHAKE_WORK = 60_000_000


def cover_most(
    problem: Problem,
    *,
    on_event: Callable[[Event], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    enough: int | None = None,
    shown: Callable[[int], int] | None = None,
) -> Solution:
    """Choose the set of sites that covers the most weight, and prove how good it is.

    Stage one maximises the covered weight. Stage two, if scores differ, takes the set with the
    largest sum of scores among those that cover at least ``1 - stage2_share`` of the first value.
    Ties: among sets of equal score and sufficient cover no exchange of one site for one of smaller
    id is left.

    Parameters
    ----------
    on_event
        Called with each `Event`.
    should_stop
        Polled; once true, the best plan and bound so far are returned with status ``stopped``.
    enough
        A covered weight that is enough: the search ends with the first set that reaches it, or with
        the proof (a bound below it) that none does.
    shown
        Turns the covered weight into the figure that events tell.

    Raises
    ------
    InfeasibleError
        If no set keeps all conditions; it names the clashing ones and the cheapest way out.
    """
    watch = replace(start_watch(problem, on_event, should_stop), shown=shown)
    problem = by_worth(problem)
    classes = merge_rows(problem.indptr, problem.site, problem.weight, need=problem.need)
    _log.info("%d demand rows are %d classes", len(problem.demand_ids), len(classes))
    cliques = conflict_cliques(problem.conflicts, len(problem.site_ids))
    model = cover_model(problem, classes, cliques)
    finder = Finder(problem, classes)
    finder.stop = watch.stop
    _early(finder, watch)
    first = _prove(problem, model, finder, watch, enough)
    if first.point is None or first.value is None or first.bound is None:
        if first.status == "infeasible":
            raise explain_clash(problem)
        return _empty_handed(problem, first)
    chosen = model.chosen(first.point)
    solution = Solution(
        chosen=ids_of(problem, chosen),
        first_chosen=ids_of(problem, chosen),
        value=first.value,
        bound=first.bound,
        gap=gap_share(first.value, first.bound),
        solver_gap=gap_share(first.value, first.bound),
        status=cast("Status", first.status),
        tolerance=problem.limits.gap,
        solver=SOLVER,
        nodes=first.nodes,
        lp_iterations=first.iterations,
        certificate=first.certificate,
    )
    watch = replace(watch, stage="stage2")
    return _with_scores(problem, model, finder, solution, watch)


def start_watch(
    problem: Problem,
    on_event: Callable[[Event], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Watch:
    """Start the clock of a run, if it has one."""
    seconds = problem.limits.seconds
    deadline = None if seconds is None else time.monotonic() + seconds
    return Watch(stage="tree", on_event=on_event, should_stop=should_stop, deadline=deadline)


def _early(finder: Finder, watch: Watch) -> None:
    heuristic = replace(watch, stage="heuristic")
    finder.greedy()
    heuristic.report(_known(finder), None, 0)
    work = max(1, len(finder.net.row_site) + len(finder.net.kind))
    finder.shakes(max(4, min(_SHAKES, _SHAKE_WORK // work)), watch.stop)
    heuristic.report(_known(finder), None, 0)


def _known(finder: Finder) -> int | None:
    return finder.best_value if finder.best is not None else None


def _prove(
    problem: Problem, model: CoverModel, finder: Finder, watch: Watch, enough: int | None
) -> TreeResult:
    def stop() -> bool:
        return watch.stop() or (enough is not None and finder.best_value >= enough)

    improver = Improver(model, finder, problem, stop, watch.better)
    start = None if finder.best is None else model.point(np.flatnonzero(finder.best))
    try:
        return solve_tree(
            model.program,
            limits=problem.limits,
            watch=watch,
            start=start,
            improve=improver.improve,
            beat=enough,
            cuts=True,
        )
    finally:
        improver.close()


def _empty_handed(problem: Problem, first: TreeResult) -> Solution:
    bound = problem.total_weight if first.bound is None else first.bound
    return Solution(
        chosen=(),
        value=0,
        bound=bound,
        gap=1.0,
        solver_gap=1.0,
        status="stopped",
        tolerance=problem.limits.gap,
        solver=SOLVER,
        nodes=first.nodes,
        lp_iterations=first.iterations,
    )


def _with_scores(
    problem: Problem,
    model: CoverModel,
    finder: Finder,
    solution: Solution,
    watch: Watch,
) -> Solution:
    scores = problem.scores
    if scores is None or not len(scores) or scores.min() == scores.max():
        return solution
    best, score, bound, status = best_scores(
        problem, model, finder, (solution.value, problem.positions(solution.chosen)), watch
    )
    value = covered_weight(problem, best)
    stage2 = Stage2(
        value=value, shortfall=solution.value - value, score=score, bound=bound, status=status
    )
    return replace(solution, chosen=ids_of(problem, best), stage2=stage2)
