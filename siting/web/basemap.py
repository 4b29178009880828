"""The optional online base map: off until a planner switches it on, for this visit only."""

from __future__ import annotations

import streamlit as st

from siting.web.labels import labels
from siting.web.state import say

_KIND, _KEY = "basemap", "basemap_key"
KINDS = OFF, AMAP, TIANDITU = "off", "amap", "tianditu"


def ask_basemap() -> None:
    """Offer the base maps; what is chosen is asked for by the visitor's own browser."""
    with st.popover(say("basemap")):
        kind = st.radio(
            say("basemap_which"), KINDS, key=_KIND,
            format_func=labels("basemap", KINDS),
        )  # fmt: skip
        if kind == TIANDITU:
            st.text_input(say("basemap_key"), key=_KEY, max_chars=80)
        st.caption(say("basemap_note"))


def basemap() -> dict[str, str]:
    """Give what the map page is to lay under the map; empty if nothing."""
    kind = str(st.session_state.get(_KIND) or OFF)
    key = str(st.session_state.get(_KEY) or "").strip()
    if kind == OFF or (kind == TIANDITU and not key):
        return {}
    return {
        "kind": kind,
        "key": key if kind == TIANDITU else "",
        "attribution": say(f"basemap_by_{kind}"),
        "failed": say("basemap_failed"),
    }
