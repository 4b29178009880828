"""台账 ledger: enterprises with 100 and more people, targets, claims, changes, a second list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from geodata.ledger_store import get_ledger
from siting.web import state
from siting.web.data_style import show_data_style
from siting.web.engine import open_city
from siting.web.ledger_import import show_import
from siting.web.ledger_list import show_changes, show_list
from siting.web.ledger_match import show_matching
from siting.web.ledger_view import show_targets, show_towns
from siting.web.library import workspace
from siting.web.state import say, show_error

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("state", "list", "match", "changes", "bring")


def main() -> None:
    """Show the page."""
    show_data_style()
    st.title(say("ledger_title"), anchor=False)
    said = st.session_state.pop("ledger_said", "")
    if said:
        st.success(said)
    try:
        _show(get_ledger(workspace()))
    except WarmStationsError as error:
        show_error(error)


def _show(ledger: pd.DataFrame) -> None:
    part = _ask_part()
    if part == "bring":
        show_import()
        return
    if ledger.empty:
        st.info(say("ledger_empty"))
        show_import()
        return
    city = open_city(state.city())
    if part == "list":
        show_list(ledger, city.towns["name"])
    elif part == "match":
        show_matching(ledger)
    elif part == "changes":
        show_changes()
    else:
        show_targets(ledger)
        show_towns(city, ledger)


def _ask_part() -> str:
    now = state.kept(state.PART) if state.kept(state.PART) in PARTS else PARTS[0]
    part = st.segmented_control(
        say("ledger_part"), PARTS, default=now, format_func=lambda name: say(f"ledger_part_{name}"),
        key=f"ledger_part_{now}", label_visibility="collapsed",
    )  # fmt: skip
    if part != now:
        state.keep(state.PART, part or PARTS[0])
        st.rerun()
    return now
