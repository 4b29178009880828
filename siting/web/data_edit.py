"""Editing the rows a city has: find one, change it, move it, add one, take one out; then save."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import streamlit as st

from geodata.schema import REPORT_COLUMNS, SCHEMAS, Kind
from geodata.tables_headers import headings_of, word_for
from geodata.workspace import Origin
from siting.i18n import t, texts
from siting.web import state
from siting.web.data_map import ask_place, row_marks
from siting.web.data_save import ask_save
from siting.web.editing import NEW, edited
from siting.web.engine import open_city
from siting.web.state import say
from siting.web.widgets import show_table
from siting.web.work import drop_work, keep_work, start_edit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from geodata.schema import Column
    from geodata.tables_headers import Heading
    from siting.web.editing import Edited
    from siting.web.work import Work

_MOST = 300
_COLUMNS = 3


def begin_edit() -> None:
    """Ask which layer to edit."""
    st.subheader(say("edit_title"), anchor=False)
    st.text(say("edit_intro"))
    layer = st.selectbox(
        say("edit_layer"), state.LAYERS, format_func=lambda name: say(f"layer_{name}"),
        key="edit_layer",
    )  # fmt: skip
    if st.button(say("edit_begin"), type="primary", key="edit_begin"):
        state.keep(state.WORK, start_edit(state.city(), layer).key)
        st.rerun()


def go_on_edit(work: Work) -> None:
    """Show an open edit: the row asked for, its place, what is not saved yet."""
    city = open_city(work.city)
    title = say("edit_of", layer=say(f"layer_{work.layer}"), n=work.changes)
    st.subheader(title, anchor=False)
    base, after = city.layers[work.layer], edited(city, work)
    row = _find_row(work, base)
    if row is not None:
        _row_form(work, base, row)
        _row_buttons(work, row)
    ask_place(work, row, row_marks(after.frame), _place(work, base, row))
    _pending(work, after)


def _place(work: Work, base: gpd.GeoDataFrame, row: str | None) -> tuple[float, float] | None:
    """Give where a row is now, degrees WGS-84; None where it has no place."""
    if row is None:
        return None
    if row in work.points or row not in base.index:
        return work.points.get(row)
    point = base.geometry.loc[[row]]
    if point.is_empty.item():
        return None
    there = point.to_crs("EPSG:4326").item()
    return float(there.x), float(there.y)


def _find_row(work: Work, base: gpd.GeoDataFrame) -> str | None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = st.text_input(say("edit_search"), key=f"search_{work.key}").strip()
        if st.button(say("edit_new"), key="edit_new"):
            number = 1 + sum(row.startswith(NEW) for row in work.cells)
            keep_work(dataclasses.replace(work, cells={**work.cells, f"{NEW}{number}": {}}))
            st.session_state[f"edit_{work.key}"] = f"{NEW}{number}"
            st.rerun()
    names = base["name"]
    found = names[names.str.contains(asked, case=False, regex=False)] if asked else names
    new = [row for row in work.cells if row.startswith(NEW)]
    touched = [row for row in (*work.cells, *work.points, *work.left_out) if row in names.index]
    rows = [*new, *dict.fromkeys([*touched, *map(str, found.index[:_MOST])])]
    if not rows:
        st.text(say("edit_nothing"))
        return None
    known = {**names.to_dict(), **{row: _new_name(work, row) for row in new}}
    return st.selectbox(
        say("edit_row", shown=len(rows), all=len(names)),
        rows,
        format_func=lambda label: str(known.get(label, label)),
        key=f"edit_{work.key}",
    )


def _new_name(work: Work, row: str) -> str:
    return say("edit_new_row", name=work.cells[row].get("name", "-"))


def _row_form(work: Work, base: gpd.GeoDataFrame, row: str) -> None:
    headings = headings_of(work.layer).headings
    columns = SCHEMAS[work.layer].columns
    stored = base.loc[row].to_dict() if row in base.index else {}
    values = {**{name: str(stored.get(name, "")) for name in columns}, **work.cells.get(row, {})}
    with st.form(f"edit_{work.key}_{row}", border=True):
        grid, typed = st.columns(_COLUMNS), {}
        for number, (name, column) in enumerate(columns.items()):
            heading = headings[name]
            label = heading.zh if state.lang() == "zh" else heading.en
            with grid[number % _COLUMNS]:
                typed[name] = _input(label, name, column, values[name], f"{work.key}_{row}_{name}")
        sent = st.form_submit_button(say("edit_send"))
    changed = {name: text for name, text in typed.items() if text != values[name]}
    if sent and changed:
        cells = {**work.cells, row: {**work.cells.get(row, {}), **changed}}
        keep_work(dataclasses.replace(work, cells=cells))
        st.rerun()


def _input(label: str, name: str, column: Column, value: str, key: str) -> str:
    if column.kind is Kind.FLAG:
        return str(st.checkbox(label, value=value == "True", key=f"field_{key}"))
    if name == "town_code":
        return _town(label, value, key)
    if column.kind is Kind.CHOICE:
        options = list(column.choices)
        index = options.index(value) if value in options else None
        chosen = st.selectbox(
            label, options, index=index, key=f"field_{key}", placeholder=say("edit_choose"),
            format_func=lambda code: _word(name, code),
        )  # fmt: skip
        return chosen or ""
    return st.text_input(label, value=value, key=f"field_{key}").strip()


def _town(label: str, value: str, key: str) -> str:
    towns = open_city(state.city()).towns["name"].to_dict()
    options = ["", *map(str, towns)] if value in {"", *towns} else [value, "", *map(str, towns)]
    return st.selectbox(
        label, options, index=options.index(value), key=f"field_{key}",
        format_func=lambda code: str(towns.get(code, code)) or say("no_town"),
    )  # fmt: skip


def _word(field: str, code: str) -> str:
    return word_for(field, code, state.lang()).replace("_", " ")


def _row_buttons(work: Work, row: str) -> None:
    out = row in work.left_out
    with st.container(horizontal=True):
        if not out and not row.startswith(NEW) and st.button(say("edit_out"), key="edit_out"):
            keep_work(dataclasses.replace(work, left_out=(*work.left_out, row)))
            st.rerun()
        if row in {*work.cells, *work.points, *work.left_out}:
            if out:
                st.text(say("edit_is_out"))
            if st.button(say("mend_restore"), key="edit_restore"):
                keep_work(
                    dataclasses.replace(
                        work,
                        cells={name: v for name, v in work.cells.items() if name != row},
                        points={name: v for name, v in work.points.items() if name != row},
                        left_out=tuple(name for name in work.left_out if name != row),
                    )
                )
                st.rerun()


def _pending(work: Work, after: Edited) -> None:
    if not work.changes:
        st.caption(say("edit_no_change"))
    else:
        _show_report(work, after)
        origin = Origin(source_name=say("edit_source"))
        if after.report.empty:
            ask_save(work, after.frame, origin)
    with st.popover(say("give_up")):
        st.text(say("give_up_edit", n=work.changes))
        if st.button(say("give_up_yes"), key="give_up_yes"):
            drop_work(work.key)
            state.keep(state.WORK, "")
            st.rerun()
    st.caption(say("work_kept"))


def _show_report(work: Work, after: Edited) -> None:
    if after.report.empty:
        return
    lang, headings = state.lang(), headings_of(work.layer).headings
    known = texts(lang)
    rows = [
        (
            _new_name(work, str(line.row)) if str(line.row) in work.cells else str(line.row),
            _title(headings, str(line.column), lang),
            str(line.value),
            known.get(f"intake.problem.{line.problem}", str(line.problem)),
            known.get(f"intake.suggestion.{line.suggestion}", str(line.suggestion)),
        )
        for line in after.report.itertuples()
    ]
    titles = [t(lang, f"intake.column.{name}") for name in REPORT_COLUMNS]
    st.warning(say("edit_problems"))
    show_table(say("edit_problems_caption"), titles, rows, texts=5)


def _title(headings: Mapping[str, Heading], name: str, lang: str) -> str:
    if name not in headings:
        return say("column_point")
    return str(getattr(headings[name], lang))
