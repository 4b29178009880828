"""The plans of the office: one workspace that all sessions of this server share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.workspace_plans import list_rows
from siting.archive import open_plan
from siting.web.store import office_workspace

if TYPE_CHECKING:
    from typing import Any

    from geodata import City
    from geodata.workspace import Workspace
    from siting.plan import Plan

_PLANS_AT_HAND = 8


@st.cache_resource(show_spinner=False)
def workspace() -> Workspace:
    """Open the office's workspace; make it at the first use."""
    return office_workspace()


@st.cache_resource(show_spinner=False, max_entries=_PLANS_AT_HAND)
def kept_plan(plan_id: str) -> tuple[City, Plan]:
    """Open a kept plan once for everybody.

    Raises
    ------
    UnknownItemError
        There is none of that id.
    ReplayDiffersError
        This version of the program works it out otherwise.
    """
    return open_plan(workspace(), plan_id)


def saved_plans() -> list[dict[str, Any]]:
    """List the kept plans, newest first."""
    return sorted(list_rows(workspace(), "plans"), key=lambda row: row["at"], reverse=True)


def comments_on(plan_id: str) -> list[dict[str, Any]]:
    """List the comments on a plan, oldest first."""
    rows = list_rows(workspace(), "comments")
    return [row for row in rows if row["subject"] == plan_id]
