"""对比 compare: two to four plans side by side, maps that move together, what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web import state
from siting.web.compare_view import known_plans, show_comparison
from siting.web.desk import look
from siting.web.engine import ground_key, map_key
from siting.web.mapview import View, show_map
from siting.web.state import say, show_error

if TYPE_CHECKING:
    from siting.plan import Plan

_MOST = 4
_LEAST = 2


def show_maps(city_id: str, plans: dict[str, Plan]) -> None:
    """Show the plans' maps beside each other; they move together."""
    lang = state.lang()
    for number, (column, (name, plan)) in enumerate(
        zip(st.columns(len(plans)), plans.items(), strict=True)
    ):
        with column:
            st.markdown(f"**{say('plan_letter', letter=chr(ord('A') + number))}** {name}")
            show_map(
                base=ground_key(city_id, lang),
                plan=map_key(plan, lang),
                view=View(title=name, height=460, group="compare"),
                lang=lang,
                key=f"compare_map_{number}",
            )


def main() -> None:
    """Show the page."""
    st.title(say("compare_title"), anchor=False)
    try:
        desk = look()
        plans = known_plans(desk)
        if len(plans) < _LEAST:
            st.info(say("compare_empty"))
            return
        names = list(plans)
        chosen = st.multiselect(
            say("compare_choose"), names, default=names[:_LEAST], max_selections=_MOST,
            placeholder=say("compare_placeholder"),
        )  # fmt: skip
        if len(chosen) < _LEAST:
            st.info(say("compare_few"))
            return
        picked = {name: plans[name] for name in chosen}
        show_maps(desk.city_id, picked)
        show_comparison(picked)
    except WarmStationsError as error:
        show_error(error)
