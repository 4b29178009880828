"""A city of the planner's own: from a map extract, or from boundary and streets."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from siting.web import state
from siting.web.citymaker import MODULE
from siting.web.jobs import launch, read_progress
from siting.web.library import workspace
from siting.web.progress import failure_text
from siting.web.remember import WHO, remember, remembered
from siting.web.setting_aside import change_city
from siting.web.state import say
from siting.web.work import drop_work, keep_upload

if TYPE_CHECKING:
    from siting.web.jobs import Progress

CITY_JOB: Final = "city-"
_DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000")
_KEY_BYTES = 12
_EVERY_S = 1.0
_WAYS = ("extract", "files")
_MOST_MB = 300


def begin_city() -> None:
    """Ask for the files of a city and start building it; list the cities there are."""
    st.subheader(say("city_title"), anchor=False)
    st.text(say("city_intro"))
    way = st.radio(
        say("city_way"), _WAYS, format_func=lambda name: say(f"city_way_{name}"),
        horizontal=True, key="city_way",
    )  # fmt: skip
    parts = ("extract",) if way == "extract" else ("boundary", "streets", "towns")
    with st.form(f"city_{way}", border=True):
        name = st.text_input(say("city_name"), max_chars=40).strip()
        uploads = {
            part: st.file_uploader(say(f"city_{part}", most=_MOST_MB), key=f"city_{part}")
            for part in parts
        }
        datum = "wgs84"
        if way == "files":
            datum = st.selectbox(
                say("data_datum"), _DATUMS, format_func=lambda code: say(f"datum_{code}")
            )
        who = st.text_input(say("plan_who"), value=remembered(WHO), max_chars=40).strip()
        sent = st.form_submit_button(say("city_build"), type="primary")
    if sent:
        _start(name, who, datum, uploads)
    _known_cities()


def _start(name: str, who: str, datum: str, uploads: dict[str, Any]) -> None:
    missing = [part for part, upload in uploads.items() if upload is None and part != "towns"]
    if missing or not name or not who:
        st.error(say("city_needs"))
        return
    remember(WHO, who)
    key = f"{CITY_JOB}{secrets.token_urlsafe(_KEY_BYTES)}"
    files = {
        part: keep_upload(key, part, upload.name, upload.getbuffer())
        for part, upload in uploads.items()
        if upload is not None
    }
    question = {"name": name, "who": who, "datum": datum, "files": files}
    launch(key, question, module=MODULE)
    state.keep(state.WORK, key)
    st.rerun()


def go_on_city(key: str) -> None:
    """Show how far the building of a city is, and its end."""
    st.subheader(say("city_title"), anchor=False)
    progress = read_progress(key)
    if progress.state == "running":
        _live(key)
        return
    drop_work(key)
    if progress.state == "done":
        st.success(say("city_done", name=progress.result["name"]))
        if st.button(say("city_use"), type="primary", key="city_use"):
            change_city(progress.result["city"])
            _close("layers")
    else:
        lost = progress.state == "lost"
        st.error(say("run_lost") if lost else failure_text(progress.result))
    if st.button(say("step_back"), key="city_back"):
        _close("city")


def _close(part: str) -> None:
    state.keep(state.WORK, "")
    state.keep(state.PART, part)
    st.rerun()


@st.fragment(run_every=_EVERY_S)
def _live(key: str) -> None:
    progress = read_progress(key)
    if progress.state != "running":
        st.rerun()
    with st.container(border=True):
        st.text(say("city_running", stage=_stage(progress), seconds=f"{_seconds(progress):.0f}"))


def _stage(progress: Progress) -> str:
    stage = str(progress.events[-1]["stage"]) if progress.events else "start"
    return say(f"stage_{stage}")


def _seconds(progress: Progress) -> float:
    return float(progress.events[-1]["seconds"]) if progress.events else 0.0


def _known_cities() -> None:
    from geodata.workspace_plans import list_rows  # noqa: PLC0415 - only on this part

    own = [row for row in list_rows(workspace(), "cities") if row["city_id"] != state.SHIPPED_CITY]
    newest = {row["city_id"]: row for row in sorted(own, key=lambda row: row["at"])}
    if not newest:
        return
    st.markdown(f"##### {say('city_known')}")
    for city_id, row in newest.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(say("city_known_row", name=row["name"], who=row["who"]))
            if st.button(say("city_open"), key=f"open_{city_id}"):
                change_city(str(row["version"]))
                _close("layers")
