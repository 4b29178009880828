"""What lies on a planner's desk: the plan shown, and the run that may replace it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from siting.web import state
from siting.web.engine import default_settings, open_city, ready_plan
from siting.web.errors import OtherCityError, RunLostError
from siting.web.jobs import CUT_SHORT, Progress, cut_short, read_progress, start_run
from siting.web.library import kept_plan
from siting.web.remember import remember, remembered
from siting.web.runs import read_question, run_folder
from siting.web.store import read_solution, settings_from_table, write_solution

if TYPE_CHECKING:
    from siting.plan import Plan
    from siting.settings import Settings

_DEFAULT_RUN = "default-"
_REDO, _LAST = "redo", "last_run"
_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The state of one visit.

    Attributes
    ----------
    city_id
        City worked on.
    asked
        Settings of the run, or of the shipped plan.
    plan
        The plan to show; None while the very first is being made.
    run
        Key of the run whose settings are ``asked``; empty for the shipped plan.
    progress
        How far the run is; None where nothing was run.
    """

    city_id: str
    asked: Settings
    plan: Plan | None
    run: str
    progress: Progress | None

    @property
    def busy(self) -> bool:
        """Tell whether a run is going on."""
        return self.progress is not None and self.progress.state == "running"

    @property
    def failed(self) -> bool:
        """Tell whether the run ended without a plan."""
        return self.progress is not None and self.progress.state in ("failed", "lost")


def look() -> Desk:
    """Read the desk from the address and the disk.

    Raises
    ------
    RunLostError
        The address names a run that is not there.
    """
    city_id, key = state.city(), state.kept(state.DRAFT)
    if not key and state.kept(state.PLAN):
        return _kept(city_id, state.kept(state.PLAN))
    if not key:
        return _shipped(city_id)
    question = read_question(key)
    city_id = question["city"]
    asked = settings_from_table(question["settings"])
    progress = read_progress(key)
    plan = ready_plan(city_id, asked) if progress.state == "done" else None
    if plan is None:
        plan = _before(city_id, question.get("previous", ""))
    return Desk(city_id=city_id, asked=asked, plan=plan, run=key, progress=progress)


def _kept(city_id: str, plan_id: str) -> Desk:
    city, plan = kept_plan(plan_id)
    if city.version != open_city(city_id).version:
        raise OtherCityError(key=plan_id, city=city.name)
    if read_solution(city, plan.settings) is None:
        write_solution(city, plan.settings, plan.solution)
    return Desk(city_id=city_id, asked=plan.settings, plan=plan, run="", progress=None)


def _shipped(city_id: str) -> Desk:
    asked = default_settings(city_id)
    plan = ready_plan(city_id, asked)
    if plan is not None:
        return Desk(city_id=city_id, asked=asked, plan=plan, run="", progress=None)
    version = open_city(city_id).version
    key = f"{_DEFAULT_RUN}{version[:_DIGITS]}-{asked.hash[:_DIGITS]}"
    try:
        progress = read_progress(key)
    except RunLostError:
        progress = None
    if progress is None or progress.state == "lost":
        start_run(city_id, asked, key=key)
    return Desk(city_id=city_id, asked=asked, plan=None, run=key, progress=read_progress(key))


def _before(city_id: str, key: str) -> Plan | None:
    """Give the last finished plan before a run."""
    while key:
        question = read_question(key)
        settings = settings_from_table(question["settings"])
        if read_solution(open_city(city_id), settings) is not None:
            return ready_plan(city_id, settings)
        key = question.get("previous", "")
    return ready_plan(city_id, default_settings(city_id))


def run_with(desk: Desk, settings: Settings, what: str = "") -> None:
    """Start a run from this desk; the address then names it.

    A run still going on is stopped: what it was to answer is asked again with the change.

    Parameters
    ----------
    what
        What the planner did, in words, for undo.
    """
    st.session_state[_REDO] = []
    if desk.busy:
        cut_short(desk.run)
    key = start_run(desk.city_id, settings, previous=_undoable(desk), what=what)
    state.keep(state.DRAFT, key)
    remember(_LAST, key)


def last_run() -> str:
    """Give the last run of this browser's earlier visit, while the shipped plan is on the desk."""
    key = "" if state.kept(state.DRAFT) or state.kept(state.PLAN) else remembered(_LAST)
    try:
        return key if key and read_question(key) else ""
    except RunLostError:
        return ""


def _undoable(desk: Desk) -> str:
    """Give the run that undo goes back to: this one, unless it failed or is the shipped plan's."""
    key = "" if desk.run.startswith(_DEFAULT_RUN) else desk.run
    while key and read_progress(key).state in ("failed", "lost"):
        key = read_question(key).get("previous", "")
    return key


def can_undo(desk: Desk) -> bool:
    """Tell whether there is a run to take back."""
    return bool(desk.run) and not desk.run.startswith(_DEFAULT_RUN)


def undo(desk: Desk) -> None:
    """Go back to the plan before this run; it can be done again."""
    if desk.busy:
        cut_short(desk.run)
    st.session_state[_REDO] = [*st.session_state.get(_REDO, []), desk.run]
    state.keep(state.DRAFT, _answered(read_question(desk.run).get("previous", "")))


def _answered(key: str) -> str:
    """Give a run that has its answer or will have it: one that was cut short is asked again."""
    if not key or read_progress(key).state == "running":
        return key
    question = read_question(key)
    settings = settings_from_table(question["settings"])
    solution = read_solution(open_city(question["city"]), settings)
    unfinished = (run_folder(key) / CUT_SHORT).is_file()
    if solution is not None and not (unfinished and solution.status == "stopped"):
        return key
    return start_run(
        question["city"],
        settings,
        previous=question.get("previous", ""),
        what=question.get("what", ""),
    )


def can_redo() -> bool:
    """Tell whether something was undone."""
    return bool(st.session_state.get(_REDO))


def redo() -> None:
    """Do the last undone run again."""
    *rest, last = st.session_state[_REDO]
    st.session_state[_REDO] = rest
    state.keep(state.DRAFT, _answered(last))


def last_change(desk: Desk) -> str:
    """Say what the last run changed; empty where nothing is known."""
    return str(read_question(desk.run).get("what", "")) if can_undo(desk) else ""


def earlier_runs(desk: Desk) -> list[Settings]:
    """Give the settings of this run and of those before it, newest first."""
    if not desk.run or desk.run.startswith(_DEFAULT_RUN):
        return [desk.asked]
    found, key = [], desk.run
    while key:
        question = read_question(key)
        found.append(settings_from_table(question["settings"]))
        key = question.get("previous", "")
    return found


def plan_before(desk: Desk) -> Plan | None:
    """Give the plan that the one on the desk replaced; None where it is the first."""
    if not can_undo(desk) or desk.busy:
        return None
    return _before(desk.city_id, read_question(desk.run).get("previous", ""))
