"""The list of kept plans and the comments on one of them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from siting.web import state
from siting.web.library import comments_on
from siting.web.state import say
from siting.web.times import local_time
from siting.web.widgets import people, show_table


def show_plans(rows: list[dict[str, Any]]) -> None:
    """List the kept plans; each can be opened, the address then names it."""
    if not rows:
        st.info(say("plans_empty"))
        return
    shown = [
        (
            row["name"],
            row["who"],
            local_time(row["at"]),
            say(f"status_{row['status']}"),
            people(row["value"]),
            row["plan_id"],
        )
        for row in rows
    ]
    headers = [say(f"column_{name}") for name in ("plan", "who", "at", "status", "value", "key")]
    show_table(say("plans_caption", n=len(rows)), headers, shown, texts=4)
    names = {row["plan_id"]: f"{row['name']} · {local_time(row['at'])}" for row in rows}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            say("plan_choose"), list(names), format_func=names.__getitem__, key="plan_choice"
        )
        opened = st.button(say("plan_open"))
    if opened:
        state.keep(state.DRAFT, "")
        state.keep(state.PLAN, chosen)
        st.rerun()


def show_comments(plan_id: str) -> None:
    """Show the comments on a plan."""
    rows = [(row["who"], local_time(row["at"]), row["text"]) for row in comments_on(plan_id)]
    if rows:
        headers = [say(f"column_{name}") for name in ("who", "at", "comment")]
        show_table(say("comments_caption"), headers, rows, texts=3)
