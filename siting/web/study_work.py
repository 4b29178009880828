"""What studies do: the budget curve, other plans, stability, the next stations, the rota.

Each takes the plan, the facts asked, a function to tell how far it is, and one that says whether
to stop; each gives what JSON can hold. Stopped work gives what it has.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.hours import asked_hours
from siting.rota import plan_rota
from siting.rota_plan import RotaAsked, calendar, moves_km, rota_question
from siting.solve import choose_sites
from siting.solve.goal import Goal
from siting.solve.model import Problem, Solution, covered_weight
from siting.solve.watch import Watch
from siting.solve.whatif import alternatives, budget_curve, sensitivity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from siting.plan import Plan
    from siting.solve.model import Event

    Done = Callable[..., None]
    Stop = Callable[[], bool]
    Work = Callable[[Plan, Mapping[str, Any], Done, Stop], dict[str, Any]]


def plain(plan: Plan) -> tuple[Problem, Solution]:
    """Ask about people covered with as many stations, whatever the plan itself is best at."""
    asked = plan.question.problem
    problem = replace(
        asked,
        goal=Goal(),
        worth=None,
        inside=None,
        cost=None,
        budget=None,
        sunk=0,
        p=len(plan.solution.chosen),
    )
    if asked.goal.plain and asked.goal.sense == 1 and asked.budget is None and asked.worth is None:
        return replace(problem, inside=asked.inside), plan.solution
    chosen = problem.positions(plan.solution.chosen)
    value = covered_weight(problem, chosen)
    return problem, replace(plan.solution, value=value, first_chosen=plan.solution.chosen)


def curve(plan: Plan, facts: Mapping[str, Any], done: Done, stop: Stop) -> dict[str, Any]:
    """Find the best cover for each number of stations, with its gap."""
    problem, _ = plain(plan)
    most = len(problem.site_ids) - len(problem.banned)
    sizes = [size for size in facts["sizes"] if size <= most]
    points: list[dict[str, Any]] = []
    for number, size in enumerate(sizes):
        done(number, len(sizes))
        found = budget_curve(problem, [size], should_stop=stop)
        points += [{k: v for k, v in asdict(point).items() if k != "chosen"} for point in found]
        if stop():
            break
    total = int(problem.weight.sum())
    return {"points": points, "total": total}


def others(plan: Plan, facts: Mapping[str, Any], done: Done, stop: Stop) -> dict[str, Any]:
    """Find plans nearly as good that differ from each other as much as possible."""
    problem, solution = plain(plan)
    found = alternatives(
        problem,
        solution,
        count=int(facts["count"]),
        within=float(facts["within"]),
        watch=_watch(done, stop),
    )
    return {"plans": [asdict(plan) for plan in found]}


def stability(plan: Plan, facts: Mapping[str, Any], done: Done, stop: Stop) -> dict[str, Any]:
    """Count how often each station stays when priorities and demand move."""
    problem, solution = plain(plan)
    found = sensitivity(
        problem,
        solution,
        plan.question.demand["group"].tolist(),
        runs=int(facts["runs"]),
        spread=float(facts["spread"]),
        watch=_watch(done, stop),
    )
    return asdict(found)


def more(plan: Plan, facts: Mapping[str, Any], done: Done, stop: Stop) -> dict[str, Any]:
    """Choose the next stations, with what each adds to those before it; means of asked hours."""
    problem, _ = plain(plan)
    chosen = tuple(sorted(plan.solution.chosen))
    forced = tuple(sorted({*problem.forced, *(chosen if facts["keep"] else ())}))
    done(0, 1)
    asked = replace(problem, p=len(chosen) + int(facts["count"]), forced=forced)
    found = choose_sites(asked, should_stop=stop)
    before = covered_weight(problem, problem.positions(chosen))
    new = sorted(set(found.chosen) - set(chosen))
    gone = sorted(set(chosen) - set(found.chosen))
    kept = [site_id for site_id in chosen if site_id not in set(gone)]
    when = plan.settings.hours.when
    hours = int(asked_hours(when).sum()) if when else 1
    after = covered_weight(problem, problem.positions(tuple(found.chosen)))
    return {
        "steps": [{**step, "gain": step["gain"] // hours} for step in in_order(problem, kept, new)],
        "gone": gone,
        "before": before // hours,
        "after": after // hours,
        "bound": found.bound // hours,
        "gap": found.gap,
        "status": found.status,
    }


def in_order(problem: Problem, kept: list[str], new: list[str]) -> list[dict[str, Any]]:
    """Order new sites by what each adds to those before it, most first."""
    row = np.repeat(np.arange(len(problem.indptr) - 1), np.diff(problem.indptr))
    order = np.argsort(problem.site, kind="stable")
    start = np.searchsorted(problem.site[order], np.arange(len(problem.site_ids) + 1))
    rows = {
        site_id: row[order[start[place] : start[place + 1]]]
        for site_id in (*kept, *new)
        for place in problem.positions((site_id,))
    }
    times = np.zeros(len(problem.weight), np.int64)
    for site_id in kept:
        times[rows[site_id]] += 1
    left, steps = list(new), []
    while left:
        gains = {
            site_id: int(problem.weight[rows[site_id]][times[rows[site_id]] < problem.need].sum())
            for site_id in left
        }
        best = max(left, key=lambda site_id: (gains[site_id], site_id))
        steps.append({"site_id": best, "gain": gains[best]})
        times[rows[best]] += 1
        left.remove(best)
    return steps


def rota(plan: Plan, facts: Mapping[str, Any], done: Done, stop: Stop) -> dict[str, Any]:
    """Place the containers, period by period."""
    asked = rota_asked(facts)
    question = rota_question(plan, asked)

    def told(event: Event) -> None:
        done(
            event.nodes,
            question.problem.limits.nodes,
            incumbent=event.incumbent,
            bound=event.bound,
            gap=event.gap,
        )

    found = plan_rota(question.problem, watch=Watch(on_event=told, should_stop=stop))
    held = calendar(plan, found.lots)
    return {
        **asdict(found),
        "held": {str(at): held[at].tolist() for at in held},
        "periods": [
            {**asdict(period), "weeks": [day.isoformat() for day in period.weeks]}
            for period in question.periods
        ],
        "present": {group: question.present[group].tolist() for group in question.present},
        "reached": [int(value) for value in question.problem.weight.sum(axis=1)],
        "move_price": question.problem.move_price,
        "km": moves_km(plan, held),
    }


def rota_asked(facts: Mapping[str, Any]) -> RotaAsked:
    """Read what a rota is asked for."""
    known = {name: value for name, value in facts.items() if name not in {"start", "need"}}
    return RotaAsked(
        **{**known, "groups": tuple(known["groups"])},
        start=dt.date.fromisoformat(facts["start"]),
        need=tuple((group, quarter, value) for group, quarter, value in facts["need"]),
    )


def _watch(done: Done, stop: Stop) -> Watch:
    def told(event: Event) -> None:
        done(event.nodes, event.bound or 0)

    return Watch(on_event=told, should_stop=stop)


WORKS: dict[str, Work] = {
    "curve": curve,
    "others": others,
    "stability": stability,
    "more": more,
    "rota": rota,
}
