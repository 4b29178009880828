"""What to do next, read from the state of the data, the plan and the office's workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from geodata.ledger_store import has_ledger
from siting.moment import open_ids
from siting.web import state
from siting.web.engine import city_of
from siting.web.gaps_view import town_names
from siting.web.library import saved_plans, workspace
from siting.web.moment_view import seen_at
from siting.web.state import say
from siting.web.widgets import people, share

if TYPE_CHECKING:
    from siting.gaps import GapReport
    from siting.plan import Plan
    from siting.web.desk import Desk

_NIGHT = "22:00"
_PROVED = ("optimal", "within_gap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do: why, in words, and the page where it is done."""

    text: str
    page: str


def next_steps(desk: Desk, plan: Plan, gaps: GapReport) -> list[Step]:
    """Tell what the planner may do next, most urgent first.

    Parameters
    ----------
    desk, plan
        The desk and the plan on it.
    gaps
        The plan's gaps.
    """
    kept_plans = saved_plans()
    kept = any(
        row["settings_hash"] == plan.settings_hash and row["city_version"] == plan.city_version
        for row in kept_plans
    )
    found = [*_data_steps(plan), *_plan_steps(desk, plan, kept=kept), *_gap_steps(plan, gaps)]
    if kept:
        found.append(Step(text=say("next_export"), page="export"))
    if len(kept_plans) > 1:
        found.append(Step(text=say("next_compare", n=len(kept_plans)), page="compare"))
    return found


def _data_steps(plan: Plan) -> list[Step]:
    """Name what the data lack."""
    found = []
    people_milli = plan.question.people["people_milli"]
    sample = int(people_milli[plan.question.people["sample"]].sum())
    if sample:
        text = say("next_sample", share=share(sample, int(people_milli.sum())))
        found.append(Step(text=text, page="data"))
    unreachable = len(plan.question.reach.unreachable)
    if unreachable:
        found.append(Step(text=say("next_unreachable", n=unreachable), page="gaps"))
    if not has_ledger(workspace()):
        found.append(Step(text=say("next_ledger"), page="ledger"))
    return found


def _plan_steps(desk: Desk, plan: Plan, *, kept: bool) -> list[Step]:
    """Name what the plan itself asks for."""
    found = []
    if desk.progress is not None and desk.progress.state == "failed":
        found.append(Step(text=say("next_failed"), page="siting"))
    if plan.solution.status not in _PROVED:
        found.append(Step(text=say("next_unproved", gap=f"{plan.solution.gap:.2%}"), page="siting"))
    if not kept:
        found.append(Step(text=say("next_save"), page="plans"))
    idle = int(plan.stations["alone_milli"].eq(0).sum())
    if idle:
        found.append(Step(text=say("next_idle", n=idle), page="compare"))
    return found


def _gap_steps(plan: Plan, gaps: GapReport) -> list[Step]:
    """Name who is left out, and when."""
    found = []
    left = int(gaps.by_group["gap_milli"].sum())
    towns = gaps.by_town[gaps.by_town.index != ""]
    if left and len(towns):
        worst = towns["gap_milli"].idxmax()
        town = town_names(city_of(plan)).get(str(worst), say("no_town"))
        amount = people(towns.loc[worst, "gap_milli"])
        text = say("next_gaps", n=people(left), town=town, worst=amount)
        found.append(Step(text=text, page="gaps"))
    if not plan.settings.hours.when:
        at, _ = seen_at(plan, _NIGHT, plan.settings.hours.season)
        awake = len(open_ids(at))
        if awake < len(plan.stations):
            text = say("next_hours", n=awake, all=len(plan.stations), hour=_NIGHT)
            found.append(Step(text=text, page="gaps"))
    mobile = int(plan.stations["station_kind"].eq("mobile").sum())
    if mobile:
        found.append(Step(text=say("next_rota", n=mobile), page="containers"))
    return found


def show_next(steps: list[Step]) -> None:
    """List the steps, each with a button that opens its page."""
    st.subheader(say("next_title"), anchor=False)
    for number, step in enumerate(steps, start=1):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{number}. {step.text}", width="stretch")
            st.button(
                say("next_go", page=say(f"{step.page}_page")),
                key=f"next_{number}",
                on_click=state.keep,
                args=(state.PAGE, step.page),
            )
