"""导出 export: the plan's files, internal edition."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from geodata.errors import WarmStationsError
from siting.export import gaps_geojson, plan_json, stations_geojson
from siting.maps import draw_map
from siting.web import state
from siting.web.desk import look
from siting.web.engine import gaps_of, open_city
from siting.web.state import say, show_error
from siting.web.tables_file import stations_csv

if TYPE_CHECKING:
    from collections.abc import Callable

    from siting.web.desk import Desk


def _json(make: Callable[[], Any]) -> Callable[[], bytes]:
    def written() -> bytes:
        text = json.dumps(make(), ensure_ascii=False, indent=2)
        return f"{text}\n".encode()

    return written


def show_files(desk: Desk) -> None:
    """Offer every file of the plan; each is made when it is asked for."""
    plan = desk.plan
    if plan is None:
        st.info(say("first_plan"))
        return
    city, gaps, lang = open_city(desk.city_id), gaps_of(plan), state.lang()
    files: tuple[tuple[str, str, Callable[[], Any]], ...] = (
        ("stations.geojson", "application/geo+json", _json(lambda: stations_geojson(city, plan))),
        ("gaps.geojson", "application/geo+json", _json(lambda: gaps_geojson(city, plan, gaps))),
        ("stations.csv", "text/csv", lambda: stations_csv(city, plan, lang)),
        (
            "map.html",
            "text/html",
            lambda: draw_map(city, plan, gaps=gaps, lang=lang).get_root().render().encode(),
        ),
        ("plan.json", "application/json", _json(lambda: plan_json(plan))),
    )
    for name, mime, make in files:
        left, right = st.columns([1, 3], vertical_alignment="center")
        key = name.replace(".", "_")
        left.download_button(
            say("download", name=name), data=make, file_name=name, mime=mime, key=f"get_{key}"
        )
        right.text(say(f"file_{key}"))


def main() -> None:
    """Show the page."""
    st.title(say("export_title"), anchor=False)
    st.warning(say("export_internal"))
    try:
        show_files(look())
    except WarmStationsError as error:
        show_error(error)
