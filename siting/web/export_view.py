"""Files to download: short ones made when asked for, long ones made aside with progress."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import streamlit as st

from siting.report import NAMES
from siting.web import state
from siting.web.engine import city_of, open_city
from siting.web.files import MIMES, all_files, workspace_file
from siting.web.library import workspace
from siting.web.state import say
from siting.web.store import read_solution, settings_table, write_solution
from siting.web.tasks import show_task, start_task, task_file, task_key, task_progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.plan import Plan
    from siting.web.files import Make


def offer(files: Mapping[str, Make]) -> None:
    """Offer files for download; each is made when it is asked for."""
    for name, make in files.items():
        _offer_one(name, make, say(f"file_{_key(name)}"))


def _offer_one(name: str, make: Make, told: str) -> None:
    left, right = st.columns([1, 2], vertical_alignment="center")
    left.download_button(
        say("download", name=name),
        data=make,
        file_name=name,
        mime=MIMES[name.rpartition(".")[2]],
        key=f"get_{_key(name)}",
        on_click="ignore",
    )
    right.text(told)


def _key(name: str) -> str:
    return name.replace(".", "_")


def offer_all(files: Mapping[str, Make]) -> None:
    """Offer files in one packet."""
    _offer_one("plan_internal.zip", all_files(files), say("file_plan_internal_zip"))


def offer_workspace() -> None:
    """Offer the whole workspace as one file."""
    _offer_one("workspace.zip", workspace_file(workspace()), say("file_workspace_zip"))


def offer_papers(plan: Plan) -> None:
    """Make the committee's papers in a process of their own, then offer them.

    They are kept for the plan, the language and the day: who comes back finds them.
    """
    lang, today = state.lang(), dt.datetime.now(tz=dt.UTC).astimezone().date().isoformat()
    key = task_key("papers", plan.city_version, plan.settings_hash, lang, today)
    progress = task_progress(key)
    if show_task(progress, key):
        for name in NAMES:
            _offer_one(name, task_file(key, name).read_bytes, say(f"file_{_key(name)}"))
    if progress is not None and progress.state == "running":
        return
    st.text(say("papers_hint"))
    label = "papers_make" if progress is None or progress.state != "done" else "papers_again"
    if st.button(say(label), key="papers_make"):
        _start_papers(key, plan, lang, today)
        st.rerun()


def _start_papers(key: str, plan: Plan, lang: str, date: str) -> None:
    city = city_of(plan)
    if read_solution(city, plan.settings) is None:
        write_solution(city, plan.settings, plan.solution)
    shipped = city.version == open_city(state.SHIPPED_CITY).version
    question = {
        "kind": "papers",
        "city": state.SHIPPED_CITY if shipped else city.version,
        "settings": settings_table(plan.settings),
        "lang": lang,
        "date": date,
    }
    start_task(key, question)
