"""Tables and steps of the data page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.workspace import Origin, put_city, put_layer
from siting.i18n import t
from siting.web import state
from siting.web.intake import city_with, marked_workbook, problem_table, template
from siting.web.library import workspace
from siting.web.state import say
from siting.web.widgets import share, show_table

if TYPE_CHECKING:
    from geodata import City
    from geodata.tables import Imported

_LISTED = 100
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_layers(city: City) -> None:
    """Show the city's layers: rows, sample share, sources."""
    rows = []
    for name in state.LAYERS:
        frame = city.layers[name]
        sources = sorted(set(map(str, frame["source"])))
        more = f" …（{len(sources)}）" if len(sources) > 2 else ""  # noqa: PLR2004
        shown = "；".join(text[:60] for text in sources[:2]) + more
        rows.append(
            (say(f"layer_{name}"), shown or "-", f"{len(frame):,}", _sample(frame["sample"]))
        )
    headers = [say(f"column_{name}") for name in ("layer", "source", "rows", "sample")]
    show_table(say("layers_caption", city=city.name), headers, rows, texts=2)


def _sample(flags) -> str:  # type: ignore[no-untyped-def]  # noqa: ANN001
    return share(int(flags.sum()), len(flags))


def show_template(layer: str) -> None:
    """Offer the layer's Excel template."""
    st.download_button(
        say("data_template", layer=say(f"layer_{layer}")),
        data=lambda: template(layer, state.lang()),
        file_name=f"{layer}.xlsx",
        mime=_XLSX,
        key=f"template_{layer}",
    )


def show_import(read: Imported) -> None:
    """Show what was read, what was mended and what was refused."""
    lang = state.lang()
    refused = read.report["row"].nunique()
    st.success(
        t(
            lang,
            "intake.said.kept",
            layer=say(f"layer_{read.layer}"),
            read=read.rows_read,
            kept=len(read.frame),
            refused=refused,
            mended=len(read.mended),
            skipped=len(read.skipped),
        )
    )
    st.text(t(lang, "intake.said.datum", datum=read.reading.taken, evidence=read.reading.evidence))
    for note in read.notes:
        st.text(t(lang, f"intake.note.{note.code}", **note.facts))
    table = problem_table(read, lang)
    if table.empty:
        return
    columns = ("row", "column", "value", "problem", "suggestion")
    rows = table[list(columns)].head(_LISTED).to_numpy(dtype=object).tolist()
    caption = say("problems_caption", shown=len(rows), all=len(table))
    headers = [t(lang, f"intake.column.{name}") for name in columns]
    show_table(caption, headers, rows, texts=len(columns))
    st.download_button(
        say("data_marked"),
        data=lambda: marked_workbook(read, lang),
        file_name="problems.xlsx",
        mime=_XLSX,
        key="marked",
    )


def show_use(city: City, read: Imported) -> None:
    """Offer to plan with the rows that were read."""
    with st.form("use", border=True):
        add = st.radio(
            say("data_how"), (True, False), format_func=lambda value: say(f"data_add_{value}")
        )
        who = st.text_input(say("plan_who"), value=st.session_state.get("who", ""), max_chars=40)
        sent = st.form_submit_button(say("data_use"), type="primary", disabled=read.frame.empty)
    if not sent:
        return
    if not who.strip():
        st.error(say("data_needs_who"))
        return
    st.session_state["who"] = who.strip()
    made = city_with(city, read, add=bool(add))
    origin = Origin(source_name=read.name, datum=str(read.reading.taken)[:40])
    put_layer(workspace(), read.layer, read.frame, who=who.strip(), origin=origin)
    version = put_city(workspace(), made, who=who.strip())
    for name, value in ((state.CITY, version), (state.DRAFT, ""), (state.PLAN, "")):
        state.keep(name, value)
    st.session_state.pop("imported", None)
    state.keep(state.PAGE, "overview")
    st.rerun()
