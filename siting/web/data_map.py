"""The map of the data page: where the rows are, and a click that puts a row in its place."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import streamlit as st

from siting.web import state
from siting.web.engine import ground_key
from siting.web.mapview import View, as_pick, keep, show_map
from siting.web.state import say
from siting.web.work import keep_work

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from siting.web.mapview import Pick
    from siting.web.work import Work

_HEIGHT = 460
_MOST = 300
_USED = "used_pick"
_HIDDEN = (
    "R1",
    "R2",
    "R3",
    "R4",
    "mobile",
    "many",
    "existing",
    "gaps",
    "streets",
    "served",
    "left",
)


def ask_place(
    work: Work,
    row: str | None,
    marks: tuple[Mapping[str, Any], ...],
    place: tuple[float, float] | None,
) -> None:
    """Show rows on the map; a click can become the place of one of them.

    Parameters
    ----------
    work
        The unsaved work that the place is kept in.
    row
        The row that can be placed; None: nothing to place.
    marks
        Rows that have a place.
    place
        Where the row is, or is proposed to be; degrees.
    """
    st.caption(say("place_hint") if row is not None else say("place_shown", n=len(marks)))
    pick = _new_pick(f"map_{work.key}")
    asked = (pick.lon, pick.lat) if pick is not None else place
    if asked is not None and row is not None:
        title = say("place_asked", row=row)
        marks = (*marks, {"kind": "asked", "lon": asked[0], "lat": asked[1], "title": title})
    show_map(
        base=ground_key(work.city, state.lang()),
        plan=keep({}),
        view=View(title=say("data_map"), height=_HEIGHT, marks=marks, silent=True, hidden=_HIDDEN),
        lang=state.lang(),
        key=f"map_{work.key}",
    )
    if pick is None or row is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(say("place_here", lon=f"{pick.lon:.5f}", lat=f"{pick.lat:.5f}"))
        if st.button(say("place_send", row=row), type="primary", key="place_send"):
            st.session_state[_USED] = pick.number
            points = {**work.points, row: (round(pick.lon, 6), round(pick.lat, 6))}
            keep_work(dataclasses.replace(work, points=points))
            st.rerun()


def row_marks(frame: gpd.GeoDataFrame) -> tuple[dict[str, Any], ...]:
    """Mark the rows of a layer that have a place, 300 at most."""
    placed = frame[~frame.geometry.is_empty].head(_MOST)
    points = placed.to_crs("EPSG:4326").geometry
    return tuple(
        {"kind": "read", "lon": point.x, "lat": point.y, "title": str(name)}
        for name, point in zip(placed["name"], points, strict=True)
    )


def _new_pick(key: str) -> Pick | None:
    """Give the last click on the map, unless it was used already."""
    pick = as_pick(st.session_state.get(key))
    return None if pick is None or pick.number == st.session_state.get(_USED) else pick
