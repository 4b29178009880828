"""A run on the page: stage, best plan so far, bound, gap, time; cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from siting.i18n import texts
from siting.web import state
from siting.web.jobs import cancel_run, read_progress
from siting.web.state import say
from siting.web.widgets import people

if TYPE_CHECKING:
    from siting.web.desk import Desk
    from siting.web.jobs import Progress

_EVERY_S = 1.0


def show_run(desk: Desk) -> None:
    """Show the run of a desk: live while it lasts, a sentence if it failed."""
    progress = desk.progress
    if progress is None:
        return
    if progress.state == "running":
        _live(desk.run)
    elif progress.state == "failed":
        st.error(failure_text(progress.result))
    elif progress.state == "lost":
        st.error(say("run_lost"))
    elif desk.plan is None or desk.plan.settings_hash != desk.asked.hash:
        st.warning(say("run_stopped_empty"))


@st.fragment(run_every=_EVERY_S)
def _live(key: str) -> None:
    progress = read_progress(key)
    if progress.state != "running":
        st.rerun()
    with st.container(border=True):
        st.markdown(f"**{say('running')}** {_stage(progress)}")
        st.caption(_numbers(progress))
        if st.button(say("cancel"), key=f"cancel_{key}"):
            cancel_run(key)
            st.caption(say("cancelling"))


def _stage(progress: Progress) -> str:
    stage = progress.events[-1]["stage"] if progress.events else "start"
    known = texts(state.lang()).get(f"web.stage_{stage}")
    return known or say("stage_tree")


def _numbers(progress: Progress) -> str:
    solving = [event for event in progress.events if event.get("incumbent") is not None]
    seconds = progress.events[-1]["seconds"] if progress.events else 0
    if not solving:
        return say("run_seconds", seconds=f"{seconds:.0f}")
    last: dict[str, Any] = solving[-1]
    bound = last.get("bound")
    return say(
        "run_numbers",
        incumbent=people(last["incumbent"]),
        bound="-" if bound is None else people(bound),
        gap=f"{last['gap']:.2%}",
        seconds=f"{seconds:.0f}",
    )


def failure_text(result: dict[str, Any]) -> str:
    """Say why a run failed, in the visitor's language."""
    translated = texts(state.lang()).get(f"errors.{result['code']}")
    if translated is None:
        return str(result["text"])
    return translated.format(**result["facts"])
