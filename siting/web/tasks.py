"""Long work that is no plan: started under a key of what it is about, found again by anybody."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import streamlit as st

from siting.web.errors import RunLostError
from siting.web.jobs import launch, read_progress
from siting.web.progress import failure_text
from siting.web.runs import run_folder
from siting.web.state import say
from siting.web.taskrunner import FILES, MODULE

if TYPE_CHECKING:
    from pathlib import Path

    from siting.web.jobs import Progress

_EVERY_S = 1.0
_DIGITS = 24


def task_key(kind: str, *about: str) -> str:
    """Give the key of long work: the same for the same work, not to be guessed by its name."""
    text = "|".join(about)
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"


def start_task(key: str, question: dict[str, Any]) -> None:
    """Start long work in a process of its own."""
    launch(key, question, module=MODULE)


def task_progress(key: str) -> Progress | None:
    """Tell how far long work is; None where it was never started."""
    try:
        return read_progress(key)
    except RunLostError:
        return None


def task_file(key: str, name: str) -> Path:
    """Give a file that finished work left."""
    return run_folder(key) / FILES / name


def show_task(progress: Progress | None, key: str) -> bool:
    """Show long work that is under way or failed; tell whether it is done."""
    if progress is None:
        return False
    if progress.state == "running":
        _live(key)
    elif progress.state == "failed":
        st.error(failure_text(progress.result))
    elif progress.state == "lost":
        st.error(say("run_lost"))
    return progress.state == "done"


@st.fragment(run_every=_EVERY_S)
def _live(key: str) -> None:
    progress = read_progress(key)
    if progress.state != "running":
        st.rerun()
    last: dict[str, Any] = progress.events[-1] if progress.events else {"stage": "start"}
    with st.container(border=True):
        st.text(
            say(
                "task_running",
                stage=say(f"stage_{last['stage']}"),
                seconds=f"{last.get('seconds', 0.0):.0f}",
            )
        )
