"""The plans of the office: one workspace that all sessions of this server share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.store.errors import UnknownItemError
from geodata.workspace_plans import list_rows
from geodata.workspace_shelf import removed_plans
from siting.archive import open_plan
from siting.web.errors import PlanLostError
from siting.web.store import office_workspace

if TYPE_CHECKING:
    from typing import Any

    from geodata import City
    from geodata.workspace import Workspace
    from siting.plan import Plan

_PLANS_AT_HAND = 8
_SHOWN = 40


@st.cache_resource(show_spinner=False)
def workspace() -> Workspace:
    """Open the office's workspace; make it at the first use."""
    return office_workspace()


def kept_plan(plan_id: str) -> tuple[City, Plan]:
    """Open a kept plan, once for everybody.

    Raises
    ------
    PlanLostError
        There is none of that id, or it was put away.
    ReplayDiffersError
        This version of the program works it out otherwise.
    """
    if plan_id in removed_plans(workspace()):
        raise PlanLostError(key=plan_id[:_SHOWN])
    try:
        return _open_plan(plan_id)
    except UnknownItemError as error:
        raise PlanLostError(key=plan_id[:_SHOWN]) from error


@st.cache_resource(show_spinner=False, max_entries=_PLANS_AT_HAND)
def _open_plan(plan_id: str) -> tuple[City, Plan]:
    return open_plan(workspace(), plan_id)


def saved_plans() -> list[dict[str, Any]]:
    """List the kept plans that are not put away, newest first."""
    away = removed_plans(workspace())
    return [row for row in _all_plans() if row["plan_id"] not in away]


def plans_put_away() -> list[dict[str, Any]]:
    """List the plans that were put away, with who did so and when, the last first."""
    away = removed_plans(workspace())
    found = [{**row, **away[row["plan_id"]]} for row in _all_plans() if row["plan_id"] in away]
    return sorted(found, key=lambda row: row["at"], reverse=True)


def _all_plans() -> list[dict[str, Any]]:
    return sorted(list_rows(workspace(), "plans"), key=lambda row: row["at"], reverse=True)


def comments_on(plan_id: str) -> list[dict[str, Any]]:
    """List the comments on a plan, oldest first."""
    rows = list_rows(workspace(), "comments")
    return [row for row in rows if row["subject"] == plan_id]
