"""Bringing a ledger file in: every good row kept and its changes logged, the others sent back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

from geodata.ledger import ReadLedger, read_ledger
from geodata.ledger_store import put_ledger
from siting.web import state
from siting.web.engine import open_city
from siting.web.home import home
from siting.web.intake import XLSX, template, template_name
from siting.web.library import workspace
from siting.web.problems_view import show_problems
from siting.web.remember import WHO, remember, remembered
from siting.web.state import say
from siting.web.work import safe_name

_READ = "ledger_read"


def show_import() -> None:
    """Ask for a ledger file; show what became of its rows."""
    lang = state.lang()
    st.text(say("ledger_import_intro"))
    st.download_button(
        say("data_template", layer=say("ledger_page")),
        data=lambda: template("ledger", lang),
        file_name=template_name("ledger", lang),
        mime=XLSX,
        key="ledger_template",
        on_click="ignore",
    )
    with st.form("ledger", border=True):
        upload = st.file_uploader(say("ledger_file"))
        who = st.text_input(say("plan_who"), value=remembered(WHO), max_chars=40).strip()
        sent = st.form_submit_button(say("ledger_read"), type="primary")
    if sent and who:
        remember(WHO, who)
    if sent and (upload is None or not who):
        st.error(say("ledger_needs"))
    elif sent:
        with st.spinner(say("reading")):
            st.session_state[_READ] = _bring_in(upload, who)
    if _READ in st.session_state:
        _show(*st.session_state[_READ])


def _bring_in(upload: Any, who: str) -> tuple[ReadLedger, dict[str, int]]:
    name = safe_name(upload.name)
    with tempfile.TemporaryDirectory(dir=home()) as folder:
        path = Path(folder) / name
        path.write_bytes(upload.getbuffer())
        read = read_ledger(path, towns=open_city(state.city()).towns)
    return read, put_ledger(workspace(), read.frame, who=who, why=name, fields=read.fields)


def _show(read: ReadLedger, done: dict[str, int]) -> None:
    refused = read.report["row"].nunique()
    st.success(say("ledger_kept", rows=read.rows_read, refused=refused, **done))
    show_problems(read, file_name="ledger_problems.xlsx", key="ledger_marked")
