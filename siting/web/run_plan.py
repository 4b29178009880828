"""The work of one run: prepare the question, choose, say how the search stands, keep the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geodata.errors import WarmStationsError
from siting.errors import InfeasibleError, StationNumberError
from siting.plan import ask
from siting.solve import choose_sites
from siting.web.runs import failure
from siting.web.store import read_solution, settings_table, write_solution
from siting.web.ways_out import relaxed, ways_out

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from geodata import City
    from siting.settings import Settings
    from siting.solve.model import Event, Problem, Solution
    from siting.web.ways_out import WayOut


def solve(
    city: City,
    settings: Settings,
    *,
    tell: Callable[..., None],
    should_stop: Callable[[], bool],
    searching: threading.Event,
) -> dict[str, Any]:
    """Choose the sites that settings ask for, and keep the solution.

    Parameters
    ----------
    city, settings
        The question.
    tell
        Writes an event.
    should_stop
        True once the planner wants no more.
    searching
        Set when the search begins: from then on stopping gives the best plan so far.

    Returns
    -------
    dict
        The run's result; where conditions clash also ``ways``, the words of the cheapest way out,
        and ``relaxed``, the settings it leads to.
    """
    problem: Problem | None = None
    tell(stage="prepare")
    try:
        problem = ask(city, settings).problem
        searching.set()
        tell(stage="choose")
        solution = choose_sites(problem, on_event=_writer(tell), should_stop=should_stop)
    except (InfeasibleError, StationNumberError) as error:
        searching.set()
        return {**failure(error), **_way_out(ways_out(error, settings, city, problem), settings)}
    if solution.chosen or not settings.plan.stations:
        _keep(city, settings, solution)
    return {"state": "done", "settings_hash": settings.hash, "status": solution.status}


def _way_out(ways: list[WayOut], settings: Settings) -> dict[str, Any]:
    """Write down a way out: its words, and the settings that it leads to."""
    try:
        table = settings_table(relaxed(settings, ways))
    except WarmStationsError:
        return {}
    said = [{"code": way.code, "facts": way.facts} for way in ways]
    return {"ways": said, "relaxed": table} if said else {}


def _writer(tell: Callable[..., None]) -> Callable[[Event], None]:
    def on_event(event: Event) -> None:
        tell(
            stage=event.stage,
            incumbent=event.incumbent,
            bound=event.bound,
            gap=event.gap,
            nodes=event.nodes,
        )

    return on_event


def _keep(city: City, settings: Settings, solution: Solution) -> None:
    """Keep a solution, unless an earlier run of the same question left a better one."""
    known = read_solution(city, settings)
    if known is None or solution.status != "stopped" or solution.gap < known.gap:
        write_solution(city, settings, solution)
