"""方案库 plans: save, name, open, send, copy, rename, replay, comment, delete with undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from geodata.workspace_shelf import restore_plan
from siting.archive import save_plan
from siting.web.desk import look
from siting.web.engine import city_of
from siting.web.library import saved_plans, workspace
from siting.web.plans_view import (
    show_actions,
    show_comments,
    show_plans,
    show_put_away,
    show_told,
)
from siting.web.remember import WHO, remember, remembered
from siting.web.state import say, show_error

if TYPE_CHECKING:
    from siting.plan import Plan


def show_saving() -> None:
    """Offer to keep the plan on the desk under a name."""
    plan = look().plan
    if plan is None:
        st.info(say("first_plan"))
        return
    with st.form("save_plan", border=True):
        left, right = st.columns(2)
        name = left.text_input(say("plan_name"), max_chars=80).strip()
        who = right.text_input(say("plan_who"), value=remembered(WHO), max_chars=40).strip()
        sent = st.form_submit_button(say("plan_save"), type="primary")
    if not sent:
        return
    if not name or not who:
        st.error(say("plan_needs_name"))
        return
    remember(WHO, who)
    _save(plan, name, who)


def _save(plan: Plan, name: str, who: str) -> None:
    known = {row["plan_id"]: row["name"] for row in saved_plans()}
    kept = save_plan(workspace(), city_of(plan), plan, name=name, who=who)
    if kept in known and known[kept] != name:
        st.info(say("plan_known", name=known[kept]))
        return
    if kept not in {row["plan_id"] for row in saved_plans()}:
        restore_plan(workspace(), kept, who=who)  # it had been put away
    st.success(say("plan_saved", name=name, key=kept))


def main() -> None:
    """Show the page."""
    st.title(say("plans_title"), anchor=False)
    try:
        show_saving()
    except WarmStationsError as error:
        show_error(error)
    try:
        show_told()
        rows = saved_plans()
        chosen = show_plans(rows)
        for row in rows:
            if row["plan_id"] == chosen:
                show_actions(row)
                show_comments(chosen)
        show_put_away()
    except WarmStationsError as error:
        show_error(error)
