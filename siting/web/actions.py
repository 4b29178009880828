"""What a planner can do with a place: ban, demand, release, move, add, note the host's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from siting.settings_places import OwnPlace
from siting.settings_question import STATION_KINDS
from siting.web import edits
from siting.web.desk import run_with
from siting.web.labels import labels
from siting.web.state import say, show_error
from siting.web.why import substitute_for
from siting.web.widgets import people

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.plan import Plan
    from siting.settings import Settings
    from siting.web.desk import Desk
    from siting.web.lookup import Lookup

MOVING, CHANGES = "siting_moving", "siting_changes"
_MOST_CHANGES = 200
_FEW = 3
_ANSWERS = (edits.ASKED, edits.AGREED, edits.REFUSED)
_DIGITS = 6


def act(desk: Desk, what: str, change: Callable[[Settings], Settings]) -> None:
    """Change the settings and choose again, with as few other changes as the planner asked for."""
    try:
        settings = change(desk.asked)
        if settings.plan.base == desk.asked.plan.base:
            settings = edits.stay_near(settings, chosen_of(desk), changes_allowed())
    except WarmStationsError as error:
        show_error(error)
        return
    st.session_state.pop(MOVING, None)
    run_with(desk, settings, what)
    st.rerun()


def chosen_of(desk: Desk) -> set[str]:
    """Give the stations on the desk."""
    return set() if desk.plan is None else {*desk.plan.stations.index}


def changes_allowed() -> int:
    """Give how many other stations a change may move; -1 where that is left to the search."""
    most = st.session_state.get(CHANGES)
    return -1 if most is None else int(most)


def show_changes_allowed(desk: Desk) -> None:
    """Let the planner say how many other stations a change may move."""
    known = desk.asked.plan.most_changes
    if CHANGES not in st.session_state:
        st.session_state[CHANGES] = known if known >= 0 else None
    with st.popover(say("changes_allowed")):
        st.number_input(
            say("changes_field"),
            min_value=0,
            max_value=_MOST_CHANGES,
            value=None,
            placeholder=say("changes_free"),
            key=CHANGES,
        )
        st.caption(say("changes_help"))


def station_actions(desk: Desk, plan: Plan, site_id: str) -> None:
    """Offer what can be done with a chosen station."""
    name = str(plan.stations.loc[site_id, "name"])
    forced = site_id in plan.question.problem.forced
    if forced and site_id not in desk.asked.plan.force and not _agreed(desk, site_id):
        st.caption(say("kept_existing"))
        return
    with st.container(horizontal=True):
        if st.button(say("ban"), key=f"ban_{site_id}"):
            act(desk, say("did_ban", name=name), lambda now: edits.ban(now, site_id))
        if st.button(say("move"), key=f"move_{site_id}"):
            st.session_state[MOVING] = site_id
            st.rerun(scope="fragment")
        if not forced and st.button(say("force"), key=f"force_{site_id}"):
            act(desk, say("did_force", name=name), lambda now: edits.force(now, site_id))
        if forced:
            release_action(desk, name, site_id)


def _agreed(desk: Desk, site_id: str) -> bool:
    return edits.answer_of(desk.asked, site_id) == edits.AGREED


def release_action(desk: Desk, name: str, site_id: str) -> None:
    """Offer to take back what was said of a site; a place of one's own goes with it."""
    own = site_id in edits.own_ids(desk.asked)
    label = say("drop_own" if own else "release")
    if st.button(label, key=f"free_{site_id}"):
        change = edits.drop_place if own else edits.release
        act(desk, say("did_release", name=name), lambda now: change(now, site_id))


def candidate_actions(desk: Desk, plan: Plan, site_id: str, *, banned: bool) -> None:
    """Offer what can be done with a candidate that was not chosen."""
    name = str(plan.question.sites.loc[site_id, "name"])
    moving = moving_station(plan)
    with st.container(horizontal=True):
        if moving:
            label = say("move_here", name=plan.stations.loc[moving, "name"])
            if st.button(label, type="primary", key=f"here_{site_id}", wrap=True):
                act(desk, label, lambda now: edits.move(now, moving, site_id))
        elif banned:
            release_action(desk, name, site_id)
        elif st.button(say("force"), key=f"force_{site_id}"):
            act(desk, say("did_force", name=name), lambda now: edits.force(now, site_id))


def moving_station(plan: Plan) -> str:
    """Give the station that is being moved; empty if none is."""
    moving = str(st.session_state.get(MOVING, ""))
    return moving if moving in plan.stations.index else ""


def show_moving(plan: Plan) -> None:
    """Say that a station is being moved, and let the planner give it up."""
    moving = moving_station(plan)
    if not moving:
        return
    st.info(say("moving", name=plan.stations.loc[moving, "name"]))
    if st.button(say("moving_stop")):
        st.session_state.pop(MOVING, None)
        st.rerun(scope="fragment")


def place_actions(
    desk: Desk, plan: Plan, at: tuple[float, float], nearest: tuple[str, float] | None
) -> None:
    """Offer a station at a clicked place: a candidate of one's own, or the nearest there is."""
    moving = moving_station(plan)
    lon, lat = round(at[0], _DIGITS), round(at[1], _DIGITS)
    key = f"{lon}_{lat}"
    left, right = st.columns([3, 2])
    name = left.text_input(
        say("own_name"),
        value=say("own_default", number=len(desk.asked.plan.places) + 1),
        max_chars=60,
        key=f"own_name_{key}",
    )
    kind = right.selectbox(
        say("own_kind"),
        STATION_KINDS,
        format_func=labels("station", STATION_KINDS),
        key=f"own_kind_{key}",
    )
    label = say("own_move", name=plan.stations.loc[moving, "name"]) if moving else say("own_add")
    if st.button(label, type="primary", key=f"own_{key}", wrap=True):
        place = OwnPlace(name=name.strip(), lon=lon, lat=lat, kind=kind)
        if moving:
            act(desk, label, lambda now: edits.move(now, moving, place))
        act(desk, say("did_add", name=place.name), lambda now: edits.add_place(now, place))
    if nearest is None:
        return
    site_id, metres = nearest
    candidate = str(plan.question.sites.loc[site_id, "name"])
    label = say("nearest_use", name=candidate, metres=f"{metres:,.0f}")
    if st.button(label, key=f"near_{key}", wrap=True):
        if moving:
            act(desk, label, lambda now: edits.move(now, moving, site_id))
        act(desk, say("did_force", name=candidate), lambda now: edits.force(now, site_id))


def host_answer(desk: Desk, plan: Plan, lookup: Lookup, site_id: str) -> None:
    """Note what the host said; after a no offer the best substitute or a plan little changed."""
    name = str(plan.question.sites.loc[site_id, "name"])
    known = edits.answer_of(desk.asked, site_id)
    said = st.segmented_control(
        say("host_answer"),
        _ANSWERS,
        default=known or None,
        format_func=labels("host", _ANSWERS),
        key=f"host_{site_id}_{desk.asked.hash[:_DIGITS]}",
    )
    said = said or ""
    if said == known:
        return
    if said == edits.REFUSED and site_id in plan.stations.index:
        _refused(desk, plan, lookup, site_id)
    elif st.button(say("host_note", answer=say(f"host_{said or 'none'}")), key=f"note_{site_id}"):
        what = say("did_answer", name=name, answer=say(f"host_{said or 'none'}"))
        act(desk, what, lambda now: edits.answer(now, site_id, said))


def _refused(desk: Desk, plan: Plan, lookup: Lookup, site_id: str) -> None:
    name = str(plan.stations.loc[site_id, "name"])
    found = substitute_for(plan, lookup, site_id)

    def refuse(now: Settings) -> Settings:
        return edits.answer(edits.release(now, site_id), site_id, edits.REFUSED)

    if found.site_id:
        other = str(plan.question.sites.loc[found.site_id, "name"])
        back = people(found.regained)
        st.text(say("substitute", name=other, lost=people(found.lost), back=back))
        if st.button(say("substitute_take", name=other), key=f"take_{site_id}", wrap=True):
            what = say("did_substitute", name=name, other=other)
            act(
                desk,
                what,
                lambda now: edits.stay_near(
                    edits.force(refuse(now), found.site_id), chosen_of(desk), 0
                ),
            )
    allowed = changes_allowed()
    most = st.number_input(
        say("changes_most"),
        min_value=0,
        max_value=_MOST_CHANGES,
        value=_FEW if allowed < 0 else allowed,
    )
    if st.button(say("changes_run", k=int(most)), key=f"near_plan_{site_id}"):
        what = say("did_answer", name=name, answer=say("host_refused"))
        act(desk, what, lambda now: edits.stay_near(refuse(now), chosen_of(desk), int(most)))
