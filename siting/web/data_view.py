"""The city's layers with their versions; templates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from geodata.tables_headers import headings_of, importable_layers
from siting.web import state
from siting.web.data_sources import datum_name, told_sources
from siting.web.intake import XLSX, all_templates, template, template_name
from siting.web.layering import take_shipped, take_version, version_now, versions_of
from siting.web.remember import WHO, remember, remembered
from siting.web.setting_aside import change_city
from siting.web.state import say
from siting.web.times import local_time
from siting.web.widgets import share, show_table

if TYPE_CHECKING:
    from geodata import City
    from geodata.workspace import LayerVersion

_SHIPPED = 0
_LISTED = 20


def show_layers(city: City) -> None:
    """Show the city's layers: version, source, date, rows, sample share."""
    rows = []
    for name in state.LAYERS:
        frame, version = city.layers[name], version_now(city, name)
        rows.append(
            (
                say(f"layer_{name}"),
                say("version_shipped") if version is None else say("version", n=version.version),
                told_sources(frame) if version is None else _origin(version),
                "-" if version is None else f"{local_time(version.at)} {version.who}",
                f"{len(frame):,}",
                share(int(frame["sample"].sum()), len(frame)),
            )
        )
    headers = ("layer", "version", "source", "at_who", "rows", "sample")
    caption = say("layers_caption", city=city.name)
    show_table(caption, [say(f"column_{name}") for name in headers], rows, texts=4)


def _origin(version: LayerVersion) -> str:
    parts = [version.source_name, datum_name(version.datum), version.note]
    return " · ".join(part for part in parts if part) or "-"


def show_versions(city: City) -> None:
    """Let the planner look at a layer's versions and go back to one."""
    kept = {name: found for name in state.LAYERS if (found := versions_of(city, name))}
    if not kept:
        st.text(say("versions_none"))
        return
    layer = st.selectbox(
        say("versions_layer"), list(kept), format_func=lambda name: say(f"layer_{name}"),
        key="versions_layer",
    )  # fmt: skip
    now = version_now(city, layer)
    rows = [
        (
            say("version", n=found.version) + (say("version_now") if found == now else ""),
            _origin(found),
            f"{local_time(found.at)} {found.who}",
            f"{found.rows:,}",
        )
        for found in kept[layer][:_LISTED]
    ]
    headers = [say(f"column_{name}") for name in ("version", "source", "at_who", "rows")]
    show_table(say("versions_caption", layer=say(f"layer_{layer}")), headers, rows, texts=3)
    _ask_version(layer, kept[layer], now, shipped=city.city_id == state.SHIPPED_CITY)


def _ask_version(
    layer: str, kept: list[LayerVersion], now: LayerVersion | None, *, shipped: bool
) -> None:
    numbers = [found.version for found in kept if found != now]
    if now is not None and shipped:
        numbers.append(_SHIPPED)
    if not numbers:
        return
    with st.form("take_version", border=True):
        number = st.selectbox(
            say("version_take"),
            numbers,
            format_func=lambda n: say("version", n=n) if n else say("version_shipped"),
        )
        who = st.text_input(say("plan_who"), value=remembered(WHO), max_chars=40).strip()
        sent = st.form_submit_button(say("version_take_send"))
    if not sent:
        return
    if not who:
        st.error(say("data_needs_who"))
        return
    remember(WHO, who)
    base = state.city()
    if number == _SHIPPED:
        change_city(take_shipped(base, layer, who=who))
    else:
        change_city(take_version(base, layer, number, who=who))
    st.rerun()


def show_template() -> None:
    """Offer the Excel template of each layer, and all in one packet."""
    lang = state.lang()
    for layer in importable_layers():
        headings = headings_of(layer)
        title = headings.zh if lang == "zh" else headings.en
        st.download_button(
            say("data_template", layer=title),
            data=partial(template, layer, lang),
            file_name=template_name(layer, lang),
            mime=XLSX,
            key=f"template_{layer}",
            on_click="ignore",
        )
    st.download_button(
        say("templates_all"),
        data=lambda: all_templates(lang),
        file_name="templates.zip",
        mime="application/zip",
        key="template_all",
        on_click="ignore",
    )
