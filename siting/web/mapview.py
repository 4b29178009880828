"""The map inside a page: data by key, so that a rerun sends a few hundred bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st
import streamlit.components.v1 as components

from siting.maps.texts import say
from siting.web.assets import install_map_page, publish_data
from siting.web.basemap import basemap

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LANG_TAGS = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """What was clicked: kind ``station``, ``candidate``, ``place`` or ``ground``, and where.

    Kinds ``undo`` and ``redo`` are keys pressed on the map.
    """

    kind: str
    feature_id: str
    lon: float
    lat: float
    number: str


@st.cache_resource(show_spinner=False)
def map_place() -> Path:
    """Folder of the map page, made at the first use."""
    return install_map_page()


def keep(value: Mapping[str, Any]) -> str:
    """Keep map data for the page; the key to show them with."""
    return publish_data(map_place(), value)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a map is shown.

    Attributes
    ----------
    title
        Name for screen readers.
    height
        Pixels.
    marks
        Signs added by hand: dicts with lon, lat, kind, title.
    group
        Maps of one group move together.
    silent
        True where a click on people opens no card.
    hidden
        Layers that are not offered.
    candidates
        True where the plan's data hold candidates that can be clicked.
    drawing
        What answers a click (:mod:`siting.web.drawing`); None draws nothing.
    focus
        Place to ring: lon, lat, and pan, True to bring it into sight.
    steps
        True where Ctrl+Z and Ctrl+Y on the map come back as picks ``undo`` and ``redo``.
    """

    title: str
    height: int = 620
    marks: tuple[Mapping[str, Any], ...] = ()
    group: str = ""
    silent: bool = False
    hidden: tuple[str, ...] = ()
    candidates: bool = False
    drawing: Mapping[str, Any] | None = None
    focus: Mapping[str, Any] | None = None
    steps: bool = False


def show_map(*, base: str, plan: str, view: View, lang: str, key: str) -> Pick | None:
    """Show kept data on a map; give back the last click.

    Parameters
    ----------
    base, plan
        Keys of :func:`keep`.
    view
        How it is shown.
    lang
        ``zh`` or ``en``.
    key
        Name of the widget; the view (place and zoom) is remembered under it.
    """
    station_map = components.declare_component("station_map", path=str(map_place()))
    value = station_map(
        base=base,
        plan=plan,
        title=view.title,
        height=view.height,
        marks=[dict(mark) for mark in view.marks],
        group=view.group,
        silent=view.silent,
        hidden=list(view.hidden),
        candidates=view.candidates,
        drawing=view.drawing,
        focus=view.focus,
        steps=view.steps,
        tiles=basemap(),
        lang_tag=_LANG_TAGS[lang],
        view_key=key,
        failed=say(lang, "failed"),
        key=key,
        default=None,
    )
    return as_pick(value)


def as_pick(value: Any) -> Pick | None:
    """Give what the map last told as a click; None if it told nothing."""
    return pick_from(value)


def pick_from(value: object) -> Pick | None:
    """Read what the map page sent; None where it is no click."""
    if not isinstance(value, dict) or not {"kind", "lon", "lat", "n"} <= value.keys():
        return None
    return Pick(
        kind=str(value["kind"]),
        feature_id=str(value.get("id", "")),
        lon=float(value["lon"]),
        lat=float(value["lat"]),
        number=str(value["n"]),
    )
