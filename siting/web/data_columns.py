"""First step of an import: which layer the file holds, and what each of its columns is."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import streamlit as st

from geodata.tables_headers import headings_of
from siting.web import state
from siting.web.reading import likely_layer, look
from siting.web.state import say
from siting.web.work import keep_work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streamlit.delta_generator import DeltaGenerator

    from geodata.tables_headers import Heading
    from geodata.tables_look import TableLook
    from siting.web.work import Work

_FEW = 3


def columns_step(work: Work) -> bool:
    """Show layer and columns, both proposed and changeable; tell whether one can go on."""
    _ask_layer(work)
    found = look(work)
    if not found.named:
        _ask_heading(work, found)
    taken = dict(found.columns) if work.columns is None else dict(work.columns)
    headings = headings_of(work.layer).headings
    chosen = _ask_columns(found, headings, taken, work)
    if chosen != taken:
        keep_work(dataclasses.replace(work, columns=chosen, rows=found.rows))
        st.rerun()
    missing = [_title(h) for h in headings.values() if h.required and h.field not in chosen]
    if missing:
        st.warning(say("columns_missing", columns=say("comma").join(missing)))
    unused = [title for title in found.titles if title not in chosen.values()]
    if unused:
        st.caption(say("columns_unused", columns=say("comma").join(unused)))
    return not missing


def _ask_layer(work: Work) -> None:
    layer = st.selectbox(
        say("data_layer"),
        state.LAYERS,
        index=state.LAYERS.index(work.layer),
        format_func=lambda name: say(f"layer_{name}"),
        key=f"layer_{work.key}",
        help=say("data_layer_help", layer=say(f"layer_{likely_layer(work)}")),
    )
    if layer != work.layer:
        keep_work(dataclasses.replace(work, layer=layer, columns=None, heading=0, cells={}))
        st.rerun()


def _ask_heading(work: Work, found: TableLook) -> None:
    if found.found and not work.heading:
        st.caption(say("heading_found", rows=say("comma").join(map(str, found.rows))))
    else:
        st.warning(say("heading_not_found") if not found.found else say("heading_chosen"))
    with st.expander(say("heading_change"), expanded=not found.found):
        row = st.number_input(
            say("heading_row"), min_value=1, max_value=100_000, value=max(found.rows, default=1),
            key=f"heading_{work.key}_{work.layer}",
        )  # fmt: skip
    if row != max(found.rows, default=1):
        keep_work(dataclasses.replace(work, columns=None, heading=int(row)))
        st.rerun()


def _ask_columns(
    found: TableLook, headings: Mapping[str, Heading], taken: dict[str, str], work: Work
) -> dict[str, str]:
    chosen = {}
    grid: list[DeltaGenerator] = []
    for number, heading in enumerate(headings.values()):
        if number % _FEW == 0:
            grid = st.columns(_FEW)
        now = taken.get(heading.field, "")
        options = ["", *found.titles]
        with grid[number % _FEW]:
            title = st.selectbox(
                _title(heading) + (say("needed") if heading.required else ""),
                options,
                index=options.index(now) if now in options else 0,
                format_func=lambda text: text or say("column_none"),
                key=f"column_{work.key}_{work.layer}_{heading.field}_{work.heading}",
                help=(heading.note_zh if state.lang() == "zh" else heading.note_en) or None,
            )
            examples = say("comma").join(found.examples.get(title, ()))
            st.caption(say("column_examples", text=examples) if examples else say("column_empty"))
        if title:
            chosen[heading.field] = title
    return chosen


def _title(heading: Heading) -> str:
    return heading.zh if state.lang() == "zh" else heading.en
