"""What the planner looks at: clicked on the map or chosen in the list, whichever came last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
import streamlit as st

from siting.web.state import say
from siting.web.widgets import people

if TYPE_CHECKING:
    from geodata import City
    from siting.plan import Plan
    from siting.web.mapview import Pick

_CHOICE, _SEEN = "siting_choice", "siting_seen"
_LIST, _FOUND, _SEARCH = "siting_list", "siting_found", "siting_search"
_MOST_FOUND = 50
_NEAR_ZOOM = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A place looked at.

    Attributes
    ----------
    site_id
        Station or candidate; empty for any other place.
    lon, lat
        Where, degrees WGS-84.
    listed
        True where it was chosen in the list, so that the map has to bring it into sight.
    near
        True where the map shall zoom to it.
    """

    site_id: str
    lon: float
    lat: float
    listed: bool = False
    near: bool = False


def take(pick: Pick | None) -> Choice | None:
    """Take a new click over, and give what is looked at now."""
    if pick is not None and pick.number != st.session_state.get(_SEEN):
        st.session_state[_SEEN] = pick.number
        st.session_state[_CHOICE] = Choice(site_id=pick.feature_id, lon=pick.lon, lat=pick.lat)
        for name in (_LIST, _FOUND):
            if name in st.session_state:
                st.session_state[name] = None
    choice: Choice | None = st.session_state.get(_CHOICE)
    return choice


def is_new(pick: Pick | None) -> bool:
    """Tell whether a click was not answered yet."""
    return pick is not None and pick.number != st.session_state.get(_SEEN)


def seen(pick: Pick) -> None:
    """Note that a click was answered."""
    st.session_state[_SEEN] = pick.number


def show_list(city: City, plan: Plan) -> None:
    """List the stations, and find candidates by name: the same answers without the map."""
    stations = plan.stations

    named = {
        str(row.Index): say(
            "list_station",
            rank=row.rank,
            name=row.name,
            town=row.town_name,
            served=people(row.served_milli),
        )
        for row in stations[["rank", "name", "town_name", "served_milli"]].itertuples()
    }
    st.selectbox(
        say("list_stations", n=len(stations)),
        list(named),
        index=None,
        format_func=named.__getitem__,
        key=_LIST,
        placeholder=say("list_choose"),
        on_change=_look_at,
        args=(city, plan, _LIST),
    )
    with st.popover(say("list_search")):
        words = st.text_input(say("list_words"), key=_SEARCH).strip().casefold()
        names = plan.question.sites["name"].astype(str)
        fits = names[names.str.casefold().str.contains(words, regex=False)] if words else names[:0]
        st.selectbox(
            say("list_found", n=len(fits), shown=min(len(fits), _MOST_FOUND)),
            list(fits.index[:_MOST_FOUND]),
            index=None,
            format_func=names.__getitem__,
            key=_FOUND,
            placeholder=say("list_choose"),
            on_change=_look_at,
            args=(city, plan, _FOUND),
        )


def _look_at(city: City, plan: Plan, widget: str) -> None:
    site_id = st.session_state.get(widget)
    if not site_id:
        return
    point = plan.question.sites.geometry[site_id]
    lon, lat = city.to_lonlat(shapely.get_coordinates(point))[0].tolist()
    chosen = Choice(site_id=str(site_id), lon=float(lon), lat=float(lat), listed=True)
    st.session_state[_CHOICE] = chosen


def focus_of(choice: Choice | None) -> dict[str, Any] | None:
    """Give the place for the map to ring."""
    if choice is None:
        return None
    lon, lat = np.round([choice.lon, choice.lat], 6).tolist()
    zoom = _NEAR_ZOOM if choice.near else 0
    return {"lon": lon, "lat": lat, "pan": choice.listed, "zoom": zoom}


def zoom_action() -> None:
    """Offer to show the place from near on the map."""
    choice: Choice | None = st.session_state.get(_CHOICE)
    if choice is not None and not choice.near and st.button(say("zoom_here"), key="zoom_here"):
        st.session_state[_CHOICE] = replace(choice, near=True)
        st.rerun(scope="fragment")
