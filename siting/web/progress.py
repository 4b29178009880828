"""A run on the page: stage, best plan so far, bound, gap, time; cancel; what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from siting.answer import answer_short
from siting.i18n import texts
from siting.web import state
from siting.web.desk import run_with
from siting.web.jobs import cancel_run, read_progress
from siting.web.progress_curve import gap_curve
from siting.web.state import say
from siting.web.store import settings_from_table
from siting.web.widgets import people

if TYPE_CHECKING:
    from siting.web.desk import Desk
    from siting.web.jobs import Progress

_EVERY_S = 1.0
_FINISHED = "run_finished"
_IN_PEOPLE = "most_people"
_SECOND = "stage2"
_STAGES = ("load", "prepare", "choose", "search", "stage2")
"""Steps as a planner sees them; what is told between choosing and the scores is searching."""


def show_run(desk: Desk) -> None:
    """Show the run of a desk: live while it lasts, a sentence if it failed."""
    progress = desk.progress
    if progress is None:
        return
    if progress.state == "running":
        _live(desk.run, desk.asked.question.kind)
    elif progress.state == "failed":
        _failed(desk, progress.result)
    elif progress.state == "lost":
        st.error(say("run_lost"))
    elif desk.plan is None or desk.plan.settings_hash != desk.asked.hash:
        st.warning(say("run_stopped_empty"))
    elif st.session_state.get(_FINISHED) == desk.run:
        _finished(desk, progress)


def _finished(desk: Desk, progress: Progress) -> None:
    """Say once, loudly, that a run is over; say it quietly as long as its plan is shown."""
    seconds = f"{progress.result.get('seconds', 0):.0f}"
    told = "" if desk.plan is None else answer_short(state.lang(), desk.plan)
    text = say("run_done", seconds=seconds, answer=told)
    status = say(f"status_{progress.result['status']}")
    _tell_once(desk.run, say("run_done_short", status=status))
    st.success(text)


def _tell_once(run: str, text: str) -> None:
    """Say it where it is seen from any place of a long page."""
    if st.session_state.get(f"{_FINISHED}_told") != run:
        st.session_state[f"{_FINISHED}_told"] = run
        st.toast(text, duration="long")


def _failed(desk: Desk, result: dict[str, Any]) -> None:
    text = failure_text(result)
    if st.session_state.get(_FINISHED) == desk.run:
        _tell_once(desk.run, say("run_failed_short"))
    st.error(text)
    if "relaxed" not in result:
        return
    words = [say(f"way_{way['code']}", **way["facts"]) for way in result["ways"]]
    label = say("way_take", changes=say("way_and").join(words))
    if st.button(label, type="primary", key=f"relax_{desk.run}", wrap=True):
        run_with(desk, settings_from_table(result["relaxed"]), what=label)
        st.rerun()


@st.fragment(run_every=_EVERY_S)
def _live(key: str, kind: str) -> None:
    progress = read_progress(key)
    if progress.state != "running":
        st.session_state[_FINISHED] = key
        st.rerun()
    with st.container(border=True, key="run_live"):  # page.css keeps it in sight
        st.markdown(f"**{say('running')}** {_stage(progress)}")
        st.caption(_numbers(progress, kind))
        curve = gap_curve(progress.events)
        if curve:
            st.html(curve)
        if st.button(say("cancel"), key=f"cancel_{key}"):
            cancel_run(key)
            st.caption(say("cancelling"))


def _stage(progress: Progress) -> str:
    stage = progress.events[-1]["stage"] if progress.events else "start"
    known = texts(state.lang()).get(f"web.stage_{stage}")
    step = _STAGES.index(stage) if stage in _STAGES else _STAGES.index("search")
    place = say("stage_step", step=1 if stage == "start" else step + 1, steps=len(_STAGES))
    return f"{known or say('stage_tree')} {place}"


def _numbers(progress: Progress, kind: str) -> str:
    """Say how good the best plan so far is, in people where the question is about people."""
    seconds = progress.events[-1]["seconds"] if progress.events else 0
    solving = [
        event
        for event in progress.events
        if event.get("incumbent") is not None and event["stage"] != _SECOND
    ]
    if not solving:
        return say("run_seconds", seconds=f"{seconds:.0f}")
    last: dict[str, Any] = solving[-1]
    bound = last.get("bound")
    gap = "-" if bound is None else f"{last['gap']:.2%}"
    if kind != _IN_PEOPLE:
        return say("run_gap", gap=gap, seconds=f"{seconds:.0f}")
    return say(
        "run_numbers",
        incumbent=people(last["incumbent"]),
        bound="-" if bound is None else people(bound),
        gap=gap,
        seconds=f"{seconds:.0f}",
    )


def failure_text(result: dict[str, Any]) -> str:
    """Say why a run failed, in the visitor's language."""
    translated = texts(state.lang()).get(f"errors.{result['code']}")
    if translated is None:
        return str(result["text"])
    lang = state.lang()
    facts = {
        name: fact[lang] if isinstance(fact, dict) else fact
        for name, fact in result["facts"].items()
    }
    return translated.format(**facts)
