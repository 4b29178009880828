"""The map of the siting page with its answers beside it; a click runs this part only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web import desk as desks
from siting.web import state
from siting.web.actions import show_moving
from siting.web.choice import focus_of, is_new, seen, show_list, take
from siting.web.drawing import reach_drawing, ways_drawing
from siting.web.engine import ground_key, map_key, must_pass, open_city
from siting.web.lookup import metric
from siting.web.mapview import Pick, View, pick_from, show_map
from siting.web.marks import plan_marks
from siting.web.state import say, show_error
from siting.web.why_view import show_answer

if TYPE_CHECKING:
    from siting.plan import Plan
    from siting.web.choice import Choice
    from siting.web.desk import Desk

_MAP = "siting_map"
_UNDO, _REDO = "undo", "redo"


@st.fragment
def show_map_and_answer(desk: Desk, plan: Plan) -> None:
    """Show the plan on the map, the list of its stations, and the answer to what was chosen."""
    pick = pick_from(st.session_state.get(_MAP))
    if pick is not None and pick.kind in (_UNDO, _REDO):
        _step(desk, pick)
        pick = None
    choice = take(pick)
    lang, city = state.lang(), open_city(desk.city_id)
    left, right = st.columns([3, 2])
    with left:
        show_map(
            base=ground_key(desk.city_id, lang),
            plan=map_key(plan, lang, candidates=True),
            view=View(
                title=say("map_title", n=len(plan.stations)),
                marks=plan_marks(city, desk, plan),
                silent=True,
                candidates=True,
                drawing=_drawing(desk, plan, choice),
                focus=focus_of(choice),
                steps=True,
            ),
            lang=lang,
            key=_MAP,
        )
    with right:
        show_list(city, plan)
        show_moving(plan)
        try:
            show_answer(desk, plan, choice)
        except WarmStationsError as error:
            show_error(error)


def _step(desk: Desk, pick: Pick) -> None:
    """Undo or redo by keys pressed on the map, once."""
    if not is_new(pick):
        return
    seen(pick)
    if pick.kind == _UNDO and desks.can_undo(desk):
        desks.undo(desk)
    elif pick.kind == _REDO and desks.can_redo():
        desks.redo()
    else:
        return
    st.rerun()


def _drawing(desk: Desk, plan: Plan, choice: Choice | None) -> dict[str, Any]:
    """Draw the must-pass ways of an enterprise, else the ground reached from the place."""
    if choice is None:
        return {}
    city = open_city(desk.city_id)
    if choice.site_id in plan.question.sites.index:
        ways = must_pass(plan, choice.site_id)
        if ways is not None:
            return ways_drawing(city, ways, say("ways_legend"))
    x, y = metric(city, choice.lon, choice.lat)
    return reach_drawing(city, plan, x, y)
