"""Choose the sites: whatever is asked, with a proof of how good the answer is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from siting.solve.asked import answer_goal
from siting.solve.covering import cover_most, start_watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.solve.model import Event, Problem, Solution


def choose_sites(
    problem: Problem,
    *,
    on_event: Callable[[Event], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Solution:
    """Choose the best set of sites for the problem's goal, and prove how good it is.

    Parameters
    ----------
    on_event
        Called with each `Event`.
    should_stop
        Polled; once true, the best plan and bound so far are returned with status ``stopped``.

    Raises
    ------
    InfeasibleError
        If no set keeps all conditions; it names the clashing ones and the cheapest way out.
    """
    if problem.goal.plain and problem.goal.sense == 1:
        return cover_most(problem, on_event=on_event, should_stop=should_stop)
    watch = start_watch(problem, on_event, should_stop)
    if problem.goal.aim != "radius":
        watch = replace(watch, shown=problem.goal.shown)
    return answer_goal(problem, watch)
