"""A study on the page: ask for it, see how far it is, stop it, have its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from siting.web.jobs import cancel_run
from siting.web.progress import failure_text
from siting.web.state import say
from siting.web.studies import start_study, study_progress
from siting.web.widgets import people

if TYPE_CHECKING:
    from siting.web.jobs import Progress
    from siting.web.studies import Study

_EVERY_S = 1.0


def show_study(study: Study, *, button: str) -> dict[str, Any] | None:
    """Offer a study, or show it on its way; give its answer once it is there.

    Parameters
    ----------
    study
        What is asked.
    button
        Words of the button that starts it.
    """
    progress = study_progress(study)
    if progress is not None and progress.state == "done":
        if progress.result["stopped"]:
            st.warning(say("study_stopped"))
            _ask(study, say("study_again"))
        return progress.result
    if progress is not None and progress.state == "running":
        _live(study)
        return None
    if progress is not None:
        st.error(_why(progress))
    _ask(study, button)
    return None


def _ask(study: Study, button: str) -> None:
    if st.button(button, key=f"ask_{study.kind}"):
        start_study(study)
        st.rerun()


@st.fragment(run_every=_EVERY_S)
def _live(study: Study) -> None:
    progress = study_progress(study)
    if progress is None or progress.state != "running":
        st.rerun()
        return
    last = progress.events[-1] if progress.events else {}
    part, whole = last.get("part", 0), last.get("whole", 0)
    with st.container(border=True):
        st.progress(min(1.0, part / whole) if whole else 0.0, text=_words(progress))
        if st.button(say("study_cancel"), key=f"stop_{study.key}"):
            cancel_run(study.key)
            st.caption(say("cancelling"))


def _why(progress: Progress) -> str:
    return say("run_lost") if progress.state == "lost" else failure_text(progress.result)


def _words(progress: Progress) -> str:
    last: dict[str, Any] = {"stage": "start", "seconds": 0}
    if progress.events:
        last = progress.events[-1]
    seconds = f"{last['seconds']:.0f}"
    if last.get("incumbent") is not None and last.get("bound") is not None:
        return say(
            "study_numbers",
            incumbent=people(last["incumbent"]),
            bound=people(last["bound"]),
            gap=f"{last['gap']:.2%}",
            seconds=seconds,
        )
    if "whole" in last:
        return say("study_part", part=last["part"], whole=last["whole"], seconds=seconds)
    stage = say(f"stage_{last['stage']}")
    return f"{stage} · {say('run_seconds', seconds=seconds)}"
