"""A second list (the tax register) held against the ledger; names are confirmed by a person."""

from __future__ import annotations

import secrets
from typing import Any

import pandas as pd
import streamlit as st

from geodata.ledger_changes import other_lists
from geodata.ledger_matches import decide_match, list_matches
from siting.web.library import workspace
from siting.web.remember import WHO, remember, remembered
from siting.web.state import say
from siting.web.tasks import show_task, start_task, task_progress
from siting.web.times import local_time
from siting.web.widgets import show_figures, show_table
from siting.web.work import drop_work, keep_upload

_TASK = "match_task"
_AT_ONCE = 8
_LISTED = 100
_LATER, _NONE = 0, -1
_KEY_BYTES = 12


def show_matching(ledger: pd.DataFrame) -> None:
    """Ask for a second list; show the candidates to decide on, and what was decided."""
    _ask_list()
    key = st.session_state.get(_TASK, "")
    if key:
        progress = task_progress(key)
        if show_task(progress, key) and progress is not None:
            st.success(say("match_done", **progress.result["counts"]))
        if progress is None or progress.state != "running":
            drop_work(key)
    lists = other_lists(workspace())
    if not lists:
        st.info(say("match_empty"))
        return
    name = st.selectbox(say("match_list"), lists, key="match_list")
    matches = list_matches(workspace(), other_list=name)
    _show_counts(matches, ledger)
    _ask_decisions(matches[matches["state"].eq("proposed")])
    _show_decided(matches[matches["state"].ne("proposed")])


def _ask_list() -> None:
    with st.expander(say("match_upload")), st.form("match", border=False):
        upload = st.file_uploader(say("match_file"))
        name = st.text_input(say("match_name"), value=say("match_tax"), max_chars=40).strip()
        who = st.text_input(say("plan_who"), value=remembered(WHO), max_chars=40).strip()
        sent = st.form_submit_button(say("match_send"), type="primary")
    if not sent:
        return
    if upload is None or not name or not who:
        st.error(say("match_needs"))
        return
    remember(WHO, who)
    key = f"match-{secrets.token_urlsafe(_KEY_BYTES)}"
    path = keep_upload(key, "list", upload.name, upload.getbuffer())
    start_task(key, {"kind": "match", "file": path, "name": name, "who": who})
    st.session_state[_TASK] = key
    st.rerun()


def _show_counts(matches: pd.DataFrame, ledger: pd.DataFrame) -> None:
    sure = matches[matches["state"].eq("confirmed")]
    waiting = matches.loc[matches["state"].eq("proposed"), "ledger_id"].nunique()
    matched = sure["ledger_id"].nunique()
    figures = {
        "code": int(sure["how"].eq("code").sum()),
        "person": int(sure["how"].ne("code").sum()),
        "waiting": waiting,
        "open": len(ledger) - matched - waiting,
    }
    show_figures(
        (say(f"match_{name}"), f"{value:,}", say(f"match_{name}_below"))
        for name, value in figures.items()
    )


def _ask_decisions(waiting: pd.DataFrame) -> None:
    st.markdown(f"##### {say('match_decide')}")
    if waiting.empty:
        st.text(say("match_nothing"))
        return
    best = waiting.groupby("ledger_id")["score"].max().sort_values(ascending=False)
    groups = {str(i): waiting[waiting["ledger_id"].eq(i)] for i in best.index[:_AT_ONCE]}
    with st.form("decisions", border=True):
        said = {i: _ask_one(i, rows) for i, rows in groups.items()}
        who = st.text_input(say("plan_who"), value=remembered(WHO), max_chars=40).strip()
        sent = st.form_submit_button(say("match_decide_send"), type="primary")
    if sent and not who:
        st.error(say("data_needs_who"))
    elif sent:
        remember(WHO, who)
        _decide(said, groups, who)
        st.rerun()


def _people(value: Any) -> str:
    return "-" if pd.isna(value) else f"{int(value):,}"


def _ask_one(ledger_id: str, rows: pd.DataFrame) -> int:
    own = rows.iloc[0]
    label = say(
        "match_of", name=own["name"], code=own["code"] or "-", people=_people(own["headcount"])
    )
    labels = {
        int(row["id"]): say(
            "match_candidate", name=row["other_name"], code=row["other_code"] or "-",
            people=_people(row["other_headcount"]), score=f"{row['score']:.2f}",
        )
        for row in rows.to_dict("records")
    }  # fmt: skip
    labels |= {_NONE: say("match_none"), _LATER: say("match_later")}
    options = list(labels)
    return int(
        st.radio(
            label, options, index=len(options) - 1,
            format_func=labels.__getitem__, key=f"match_{ledger_id}",
        )
    )  # fmt: skip


def _decide(said: dict[str, int], groups: dict[str, pd.DataFrame], who: str) -> None:
    for ledger_id, number in said.items():
        if number == _LATER:
            continue
        if number != _NONE:
            decide_match(workspace(), number, "confirmed", who=who)
            continue
        for other in groups[ledger_id]["id"].tolist():
            decide_match(workspace(), int(other), "rejected", who=who)


def _show_decided(decided: pd.DataFrame) -> None:
    by_person = decided[decided["how"].ne("code")].sort_values("at", ascending=False)
    if by_person.empty:
        return
    lines: list[dict[str, Any]] = by_person.head(_LISTED).to_dict("records")
    rows = [
        (
            line["name"],
            line["other_name"],
            say(f"match_{line['state']}"),
            line["who"],
            local_time(line["at"]),
            f"{line['score']:.2f}",
        )
        for line in lines
    ]
    columns = ("enterprise", "other_name", "decision", "who_changed", "at", "score")
    caption = say("match_decided", n=len(by_person))
    show_table(caption, [say(f"column_{name}") for name in columns], rows, texts=5)
    labels = {
        int(line["id"]): f"{row[0]} – {row[1]}" for line, row in zip(lines, rows, strict=True)
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox(
            say("match_again"),
            list(labels),
            format_func=labels.__getitem__,
            key="match_again",
        )
        if st.button(say("match_again_send"), key="match_again_send"):
            decide_match(workspace(), number, "proposed", who=remembered(WHO) or "-")
            st.rerun()
