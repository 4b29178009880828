"""Long work in its own process: it outlives a page refresh, tells how far it is, can be stopped.

A run is a folder of the workspace named by a random key; who knows the key sees the run. The
process appends events to a file and asks for a flag file; nothing is shared in memory.
"""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from siting.files import write_json
from siting.web.runs import (
    BEAT,
    CANCEL,
    EVENTS,
    QUESTION,
    RESULT,
    read_question,
    run_folder,
)
from siting.web.store import settings_table

if TYPE_CHECKING:
    from pathlib import Path

    from siting.settings import Settings

_SILENT_S = 120.0
_DEAF_S = 15.0
CUT_SHORT = "cut_short"
_KEY_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    state
        ``running``, ``done``, ``failed`` or ``lost`` (its process ended without a word).
    events
        What it told so far, oldest first.
    result
        What it left: ``settings_hash`` when done, ``code`` and ``facts`` when failed.
    """

    state: str
    events: tuple[dict[str, Any], ...]
    result: dict[str, Any]


def start_run(
    city_id: str, settings: Settings, *, previous: str = "", key: str = "", what: str = ""
) -> str:
    """Start making a plan in a new process.

    Parameters
    ----------
    city_id
        Bundled city.
    settings
        What is asked.
    previous
        Key of the run before it: its plan is shown until this one is ready, and by undo.
    key
        Name of the run; empty draws a random one that nobody can guess.
    what
        What the planner did, in words.

    Returns
    -------
    str
        The run's key.
    """
    key = key or secrets.token_urlsafe(_KEY_BYTES)
    question = {
        "city": city_id,
        "settings": settings_table(settings),
        "previous": previous,
        "what": what,
    }
    launch(key, question, module="siting.web.runner")
    return key


def launch(key: str, question: dict[str, Any], *, module: str) -> None:
    """Write down what is asked and start one of our modules on it in a process of its own."""
    shutil.rmtree(run_folder(key), ignore_errors=True)
    write_json(run_folder(key) / QUESTION, question)
    _processes()[key] = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", module, key],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def cancel_run(key: str) -> None:
    """Ask a run to stop; it keeps the best plan it has."""
    (run_folder(key) / CANCEL).touch()


def cut_short(key: str) -> None:
    """Stop a run because another question takes its place; undo asks it again."""
    (run_folder(key) / CUT_SHORT).touch()
    cancel_run(key)


def read_progress(key: str) -> Progress:
    """Read how far a run is.

    Raises
    ------
    RunLostError
        There is no such run.
    """
    read_question(key)
    folder = run_folder(key)
    events = _events(folder / EVENTS)
    result_file = folder / RESULT
    _end_deaf(key, folder)
    ended = _ended(key, folder)
    if result_file.is_file():
        result = json.loads(result_file.read_text(encoding="utf-8"))
        return Progress(state=result["state"], events=events, result=result)
    return Progress(state="lost" if ended else "running", events=events, result={})


def _events(path: Path) -> tuple[dict[str, Any], ...]:
    if not path.is_file():
        return ()
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0]
    return tuple(json.loads(line) for line in whole.splitlines() if line)


@st.cache_resource(show_spinner=False)
def _processes() -> dict[str, subprocess.Popen[bytes]]:
    """Keep this server's processes, so that their ends are seen."""
    return {}


def _end_deaf(key: str, folder: Path) -> None:
    """End a process of ours that was asked to stop long ago and did not."""
    process, flag = _processes().get(key), folder / CANCEL
    if process is None or process.poll() is not None or not flag.is_file():
        return
    if time.time() - flag.stat().st_mtime > _DEAF_S:
        process.terminate()


def _ended(key: str, folder: Path) -> bool:
    """Tell whether the process is gone: ours by its end, another server's by its silence."""
    process = _processes().get(key)
    if process is not None:
        return process.poll() is not None
    beat = folder / BEAT
    last = (beat if beat.is_file() else folder / QUESTION).stat().st_mtime
    return time.time() - last > _SILENT_S
