"""Mending a file's rows in the page: cells, places on the map, addresses to confirm."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import streamlit as st

from geodata.tables_headers import headings_of, words_listed
from siting.web import state
from siting.web.data_map import ask_place, row_marks
from siting.web.engine import open_city
from siting.web.intake import problem_table
from siting.web.state import say
from siting.web.widgets import show_table
from siting.web.work import keep_work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.tables import Imported
    from geodata.tables_headers import Heading
    from siting.web.work import Work

_COLUMNS = 3
_LISTED = 300
_NEXT = "mend_next"
_LIKELY = 0.75
"""A place or stop of that name in the address. Source: the trust of ``geodata.tables_places``."""


def show_mending(work: Work, read: Imported) -> None:
    """Offer to confirm addresses, to mend a row, and to put it on the map."""
    _confirm_addresses(work, read)
    bad = list(dict.fromkeys(read.report["row"].astype(str)))
    changed = [row for row in (*work.cells, *work.points, *work.left_out) if row not in bad]
    rows = [*bad, *dict.fromkeys(changed)][:_LISTED]
    st.markdown(f"##### {say('mend_title')}")
    row = None
    if st.session_state.pop(_NEXT, False):
        st.session_state.pop(f"mend_{work.key}", None)  # on to the next row that is not mended
    if rows:
        row = st.selectbox(
            say("mend_row", n=len(rows)),
            rows,
            format_func=lambda label: _label(label, work, read),
            key=f"mend_{work.key}",
        )
        _show_row(work, read, row)
    else:
        st.text(say("mend_none"))
    ask_place(work, row, row_marks(read.frame), _place_of(work, read, row))


def _label(row: str, work: Work, read: Imported) -> str:
    named = read.body.cells.get("name")
    name = "" if named is None or row not in named.index else str(named[row])
    if row in work.left_out:
        sign = "mend_left_out"
    else:
        sign = "mend_bad" if row in set(read.report["row"].astype(str)) else "mend_done"
    return say(sign, row=row, name=name[:30])


def _show_row(work: Work, read: Imported, row: str) -> None:
    table = problem_table(read, state.lang())
    mine = table[table["row"].astype(str).eq(row)]
    for problem in mine[["column", "value", "problem", "suggestion"]].itertuples(index=False):
        st.text(say("mend_problem", **dict(zip(problem._fields, problem, strict=True))))
    if row in read.body.cells.index:
        _row_form(work, read, row)
    changed = row in {*work.cells, *work.points, *work.confirmed, *work.left_out}
    with st.container(horizontal=True):
        if row not in work.left_out and st.button(say("mend_leave_out"), key="mend_leave_out"):
            keep_work(dataclasses.replace(work, left_out=(*work.left_out, row)))
            st.session_state[_NEXT] = True
            st.rerun()
        if changed and st.button(say("mend_restore"), key="mend_restore"):
            keep_work(_as_written(work, row))
            st.rerun()


def _as_written(work: Work, row: str) -> Work:
    return dataclasses.replace(
        work,
        cells={label: texts for label, texts in work.cells.items() if label != row},
        points={label: place for label, place in work.points.items() if label != row},
        confirmed=tuple(label for label in work.confirmed if label != row),
        left_out=tuple(label for label in work.left_out if label != row),
    )


def _row_form(work: Work, read: Imported, row: str) -> None:
    headings = headings_of(work.layer).headings
    now = read.body.cells.loc[row]
    fields = [name for name in headings if name in read.body.cells.columns]
    with st.form(f"row_{work.key}_{row}", border=True):
        typed = _inputs({name: headings[name] for name in fields}, dict(now), f"{work.key}_{row}")
        sent = st.form_submit_button(say("mend_send"), type="primary")
    if not sent:
        return
    changed = {name: text for name, text in typed.items() if text != str(now[name])}
    if changed:
        cells = {**work.cells, row: {**work.cells.get(row, {}), **changed}}
        keep_work(dataclasses.replace(work, cells=cells))
        st.session_state[_NEXT] = True
        st.rerun()


def _inputs(headings: Mapping[str, Heading], now: Mapping[str, object], key: str) -> dict[str, str]:
    grid = st.columns(_COLUMNS)
    lang = state.lang()
    typed = {}
    for number, (name, heading) in enumerate(headings.items()):
        words = words_listed(name, lang)
        note = heading.note_zh if lang == "zh" else heading.note_en
        help_text = say("mend_words", words=words) if words else note
        typed[name] = (
            grid[number % _COLUMNS]
            .text_input(
                heading.zh if lang == "zh" else heading.en,
                value=str(now[name]),
                key=f"cell_{key}_{name}",
                help=help_text or None,
            )
            .strip()
        )
    return typed


def _place_of(work: Work, read: Imported, row: str | None) -> tuple[float, float] | None:
    """Give the place that is proposed, or already given, for a row; degrees WGS-84."""
    if row is None:
        return None
    if row in work.points:
        return work.points[row]
    proposed = read.proposals[read.proposals["row"].astype(str).eq(row)]
    if proposed.empty:
        return None
    place = open_city(work.city).to_lonlat(proposed[["x", "y"]].to_numpy(dtype=float)[:1])[0]
    return float(place[0]), float(place[1])


def _confirm_addresses(work: Work, read: Imported) -> None:
    waiting = read.proposals[~read.proposals["row"].isin([*work.confirmed, *work.points])]
    if waiting.empty:
        return
    best = waiting.sort_values("confidence", ascending=False).head(_LISTED)
    rows = [
        (
            f.row,
            f.text,
            f.found,
            say(f"found_{f.kind}"),
            f"{f.accuracy_m:,.0f}",
            f"{f.confidence:.2f}",
        )
        for f in best.itertuples()
    ]
    st.markdown(f"##### {say('addresses_title')}")
    names = ("row", "address", "found", "kind", "accuracy", "confidence")
    show_table(
        say("addresses_caption", n=len(waiting)),
        [say(f"column_address_{name}") for name in names],
        rows,
        texts=4,
    )
    labels = {
        f.row: say("address_label", row=f.row, text=f.text, found=f.found)
        for f in best.itertuples()
    }
    likely = [f.row for f in best.itertuples() if f.confidence >= _LIKELY]
    with st.form(f"addresses_{work.key}", border=False):
        chosen = st.multiselect(
            say("addresses_choose"), list(labels), default=likely,
            format_func=labels.__getitem__, placeholder=say("addresses_none"),
        )  # fmt: skip
        sent = st.form_submit_button(say("addresses_confirm"))
    if sent and chosen:
        keep_work(dataclasses.replace(work, confirmed=(*work.confirmed, *chosen)))
        st.rerun()
