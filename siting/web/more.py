"""Propose the next stations: the plan again, with a few more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from siting.settings import replace_settings
from siting.web.desk import run_with
from siting.web.state import say

if TYPE_CHECKING:
    from siting.gaps import GapReport
    from siting.plan import Plan
    from siting.web.desk import Desk


def more_stations(desk: Desk, plan: Plan, gaps: GapReport) -> None:
    """Ask how many more and choose again; keep what stands, if wished."""
    largest = max(0, len(plan.question.sites) - len(plan.stations))
    if gaps.clusters.empty or not largest:
        return
    left, middle, right = st.columns([1, 2, 2], vertical_alignment="bottom")
    count = left.number_input(
        say("more_count"), min_value=1, max_value=largest, value=min(5, largest)
    )
    fixed = middle.checkbox(say("more_keep"), value=True)
    if not right.button(say("more_run"), disabled=desk.busy):
        return
    stations = tuple(sorted(plan.stations.index))
    settings = replace_settings(
        desk.asked,
        plan__stations=len(plan.stations) + int(count),
        plan__force=stations if fixed else desk.asked.plan.force,
    )
    run_with(desk, settings)
    st.rerun()
