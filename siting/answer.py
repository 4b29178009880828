"""What a plan answers, in the question's own words and units, with its proved bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.goal import UNIT, equal_distance_m
from siting.i18n import t

if TYPE_CHECKING:
    from siting.plan import Plan

_MILLI = 1000


def asked_kind(plan: Plan) -> str:
    """Return the kind of question a plan answers, phases and capacities told apart."""
    if plan.solution.phases:
        return "phases"
    if plan.settings.capacity.limits:
        return "capacity"
    return plan.settings.question.kind


def shown_figure(plan: Plan, figure: int) -> str:
    """Write a value or bound of the solution in the question's unit."""
    kind, settings = asked_kind(plan), plan.settings
    total = max(plan.question.problem.total_weight, 1)
    if kind == "worst_part":
        return f"{figure / 100:.2f} %"
    if kind == "equal_distance":
        return f"{equal_distance_m(settings, figure / total):,.0f}"
    size = {
        "fewest": 1.0,
        "cheapest": 1.0,
        "worst_distance": 1.0,
        "mean_distance": total,
        "visits": UNIT * _MILLI / max(settings.visits.rate, 1e-9),
        "phases": 10 * _MILLI,
    }
    return f"{figure / size.get(kind, _MILLI):,.0f}"


def shown_change(plan: Plan, change: int) -> str:
    """Write a difference of two figures in the question's unit."""
    if asked_kind(plan) == "equal_distance":  # not proportional: from the plan's own figure on
        total = max(plan.question.problem.total_weight, 1)
        value = plan.solution.value / total
        further = equal_distance_m(plan.settings, value + change / total)
        return f"{further - equal_distance_m(plan.settings, value):,.1f}"
    return shown_figure(plan, change)


def answer_short(lang: str, plan: Plan) -> str:
    """Say the answer in one sentence: value, proved bound, gap and status."""
    solution, asked = plan.solution, plan.settings.question
    return t(
        lang,
        f"answer.{asked_kind(plan)}",
        stations=len(solution.chosen),
        value=shown_figure(plan, solution.value),
        bound=shown_figure(plan, solution.bound),
        gap=f"{solution.gap:.3%}",
        status=t(lang, f"status.{solution.status}"),
        share=f"{asked.share:.1%}",
        of=t(lang, f"answer.of.{asked.of}"),
        part=t(lang, f"answer.parts.{asked.part}"),
        far=f"{asked.far_m:,.0f}",
        unit=t(lang, "counted.hours" if plan.settings.hours.when else "counted.uses"),
    )


def answer_lines(lang: str, plan: Plan) -> list[str]:
    """Say the answer, what it costs, its conditions of note, and who can check the bound."""
    lines = [answer_short(lang, plan)]
    need = plan.settings.question.need
    if need > 1:
        lines.append(t(lang, "answer.need", need=need))
    lines += [
        t(lang, "answer.phase", number=k + 1, stations=len(ids))
        for k, ids in enumerate(plan.solution.phases)
    ]
    cost = plan_cost(plan)
    if cost is not None:
        lines.append(t(lang, "answer.cost", cost=f"{cost:,}"))
    return [*lines, t(lang, "answer.certified")]


def plan_cost(plan: Plan) -> int | None:
    """Return what the plan costs, yuan, where money is asked about."""
    problem = plan.question.problem
    if problem.cost is None:
        return None
    return problem.sunk + int(problem.cost[problem.positions(plan.solution.chosen)].sum())
