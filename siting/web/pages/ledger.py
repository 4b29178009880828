"""台账 ledger: enterprises with 100 and more people, targets, claims."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath

import streamlit as st

from geodata.errors import WarmStationsError
from geodata.ledger import over_hundred, read_ledger
from geodata.ledger_store import claim, get_ledger, put_ledger
from siting.web import state
from siting.web.engine import open_city
from siting.web.home import home
from siting.web.ledger_view import show_enterprises, show_targets, show_towns
from siting.web.library import workspace
from siting.web.state import say, show_error

WHO = "who"


def ask_ledger() -> None:
    """Ask for a ledger file and bring it into the workspace; every change is logged."""
    with st.form("ledger", border=True):
        upload = st.file_uploader(say("ledger_file"))
        who = st.text_input(say("plan_who"), value=st.session_state.get(WHO, ""), max_chars=40)
        sent = st.form_submit_button(say("ledger_read"), type="primary")
    if not sent:
        return
    if upload is None or not who.strip():
        st.error(say("ledger_needs"))
        return
    st.session_state[WHO] = who.strip()
    name = PurePosixPath(upload.name.replace("\\", "/")).name or "file"
    with tempfile.TemporaryDirectory(dir=home()) as folder:
        path = Path(folder) / name
        path.write_bytes(upload.getbuffer())
        read = read_ledger(path, towns=open_city(state.city()).towns)
    done = put_ledger(workspace(), read.frame, who=who.strip(), why=name, fields=read.fields)
    refused = read.report["row"].nunique()
    st.success(say("ledger_kept", rows=read.rows_read, refused=refused, **done))


def ask_claim(free: list[str], names: dict[str, str]) -> None:
    """Let a town union take unclaimed enterprises over."""
    with st.form("claim", border=True):
        chosen = st.multiselect(
            say("ledger_claim"), free, format_func=names.__getitem__,
            placeholder=say("ledger_choose"),
        )  # fmt: skip
        union = st.text_input(say("ledger_union"), max_chars=40)
        sent = st.form_submit_button(say("ledger_claim_send"))
    if sent and chosen and union.strip():
        who = st.session_state.get(WHO) or union.strip()
        taken = claim(workspace(), chosen, union.strip(), who=who)
        st.success(say("ledger_claimed", n=taken))


def main() -> None:
    """Show the page."""
    st.title(say("ledger_title"), anchor=False)
    try:
        ask_ledger()
        ledger = get_ledger(workspace())
        if ledger.empty:
            st.info(say("ledger_empty"))
            return
        show_targets(ledger)
        show_towns(open_city(state.city()), ledger)
        large = over_hundred(ledger)
        show_enterprises(large)
        free = large[large["claimed_by"].eq("")]
        ask_claim(list(map(str, free.index)), free["name"].to_dict())
    except WarmStationsError as error:
        show_error(error)
