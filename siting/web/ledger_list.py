"""The ledger's list: filtered, claimed, edited one by one, every change with who and when."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from geodata.ledger import HUNDRED, LedgerColumn, UnionState
from geodata.ledger_changes import recent_changes
from geodata.ledger_store import change_entry, claim
from geodata.tables_headers import headings_of, word_for
from siting.web import state
from siting.web.intake import XLSX
from siting.web.ledger_book import ledger_book
from siting.web.library import workspace
from siting.web.remember import WHO, remember, remembered
from siting.web.state import say
from siting.web.times import local_time
from siting.web.widgets import show_table

_LISTED = 200
_CHANGES = 100
_UNION = "union"
_EDITED = (
    *("union_state", "verified_by", "headcount", "members", "founded"),
    *("claimed_by", "reason", "difficulty"),
)
_COUNTS = ("headcount", "members")
_VERIFIED = ("", "record", "visit", "phone", "web")
_ALL = "*"


def show_list(ledger: pd.DataFrame, towns: pd.Series) -> None:
    """Show the filtered list, its export, and what can be done with its rows."""
    chosen = _filtered(ledger, towns)
    rows = [
        (
            row["name"],
            str(towns.get(row["town_code"], "")) or say("no_town"),
            say(f"union_{row['union_state']}"),
            row["claimed_by"] or "-",
            row["reason"] or "-",
            say("sample_yes") if row["sample"] else say("sample_no"),
            _count(row["headcount"]),
        )
        for row in chosen.head(_LISTED).to_dict("records")
    ]
    names = ("enterprise", "town", "union", "claimed_by", "reason", "data", "headcount")
    caption = say("ledger_rows", shown=len(rows), all=len(chosen))
    show_table(caption, [say(f"column_{name}") for name in names], rows, texts=6)
    lang = state.lang()
    st.download_button(
        say("ledger_download"),
        data=lambda: ledger_book(chosen, towns, lang),
        file_name=say("ledger_file_name"),
        mime=XLSX,
        key="ledger_download",
        on_click="ignore",
        help=say("ledger_download_help"),
    )
    if len(chosen):
        _ask_claim(chosen)
        _ask_edit(chosen)


def _count(value: Any) -> str:
    return "-" if pd.isna(value) else f"{int(value):,}"


def _filtered(ledger: pd.DataFrame, towns: pd.Series) -> pd.DataFrame:
    first, second, third = st.columns(3)
    codes = [_ALL, *sorted(set(ledger["town_code"]))]
    town = first.selectbox(
        say("column_town"), codes, key="ledger_town",
        format_func=lambda code: say("ledger_all_towns") if code == _ALL
        else str(towns.get(code, code)) or say("no_town"),
    )  # fmt: skip
    union = second.selectbox(
        say("column_union"), [_ALL, *UnionState], key="ledger_union",
        format_func=lambda code: say("ledger_any") if code == _ALL else say(f"union_{code}"),
    )  # fmt: skip
    asked = third.text_input(say("edit_search"), key="ledger_search").strip()
    large = st.checkbox(say("ledger_large_only"), value=True, key="ledger_large")
    kept = ledger
    if large:
        kept = kept[kept["headcount"].fillna(0) >= HUNDRED]
    if town != _ALL:
        kept = kept[kept["town_code"].eq(town)]
    if union != _ALL:
        kept = kept[kept["union_state"].eq(union)]
    if asked:
        kept = kept[kept["name"].str.contains(asked, case=False, regex=False)]
    return kept.sort_values(["headcount", "name"], ascending=[False, True])


def _ask_claim(chosen: pd.DataFrame) -> None:
    free = chosen[chosen["claimed_by"].eq("")].head(_LISTED)
    names = free["name"].to_dict()
    with st.expander(say("ledger_claim")), st.form("claim", border=False):
        picked = st.multiselect(
            say("ledger_claim"), list(map(str, free.index)), format_func=names.__getitem__,
            placeholder=say("ledger_choose"),
        )  # fmt: skip
        union = st.text_input(say("ledger_union"), value=remembered(_UNION), max_chars=40).strip()
        who = st.text_input(say("plan_who"), value=remembered(WHO), max_chars=40).strip()
        sent = st.form_submit_button(say("ledger_claim_send"))
    if not sent:
        return
    if not picked or not union or not who:
        st.error(say("ledger_claim_needs"))
        return
    remember(_UNION, union)
    remember(WHO, who)
    st.session_state["ledger_said"] = say(
        "ledger_claimed", n=claim(workspace(), picked, union, who=who)
    )
    st.rerun()


def _ask_edit(chosen: pd.DataFrame) -> None:
    st.markdown(f"##### {say('ledger_edit')}")
    names = chosen["name"].head(_LISTED).to_dict()
    ledger_id = st.selectbox(
        say("ledger_edit_choose"), list(names), format_func=names.__getitem__, key="ledger_row"
    )
    row = chosen.loc[ledger_id]
    with st.form(f"entry_{ledger_id}_{row['revision']}", border=True):
        values = _inputs(row)
        left, right = st.columns([1, 2])
        who = left.text_input(say("plan_who"), value=remembered(WHO), max_chars=40).strip()
        why = right.text_input(say("ledger_why"), max_chars=100).strip()
        sent = st.form_submit_button(say("ledger_edit_send"), type="primary")
    if sent and not who:
        st.error(say("data_needs_who"))
    elif sent:
        remember(WHO, who)
        change_entry(
            workspace(), str(ledger_id), values, who=who, why=why, revision=int(row["revision"])
        )
        st.session_state["ledger_said"] = say("ledger_edited", name=row["name"])
        st.rerun()
    show_changes(str(ledger_id))


def _inputs(row: pd.Series) -> dict[str, Any]:
    lang, headings = state.lang(), headings_of("ledger").headings
    grid, values = st.columns(2), {}
    for number, name in enumerate(_EDITED):
        title = headings[name].zh if lang == "zh" else headings[name].en
        key = f"{row.name}_{row['revision']}_{name}"
        with grid[number % 2]:
            values[name] = _input(name, title, row[name], key)
    return values


def _input(name: str, title: str, value: Any, key: str) -> Any:
    if name == LedgerColumn.UNION_STATE:
        states = list(UnionState)
        return st.selectbox(
            title, states, index=states.index(value), key=key,
            format_func=lambda code: say(f"union_{code}"),
        )  # fmt: skip
    if name == LedgerColumn.VERIFIED_BY:
        return st.selectbox(
            title, _VERIFIED, index=_VERIFIED.index(value), key=key,
            format_func=lambda code: word_for(name, code, state.lang()) or "-",
        )  # fmt: skip
    text = st.text_input(title, value="" if pd.isna(value) else str(value), key=key)
    return (text.strip() or None) if name in _COUNTS else text.strip()


def show_changes(ledger_id: str = "") -> None:
    """Show the last changes, of one enterprise or of all, with who and when."""
    table = recent_changes(workspace(), most=_CHANGES, ledger_id=ledger_id)
    if table.empty:
        st.caption(say("ledger_no_change"))
        return
    lang, headings = state.lang(), headings_of("ledger").headings
    rows = []
    for line in table.to_dict("records"):
        heading = headings.get(line["field"])
        title = line["field"] if heading is None else (heading.zh if lang == "zh" else heading.en)
        old, new = (_said(line["field"], str(line[key]), lang) for key in ("old", "new"))
        first = (local_time(line["at"]), line["who"], line["name"])
        rows.append((*first, title, old, new, _why(line["why"])))
    names = ("at", "who_changed", "enterprise", "field", "old_value", "new_value", "why_changed")
    caption = say("ledger_changes", n=len(rows))
    show_table(caption, [say(f"column_{name}") for name in names], rows, texts=7)


def _said(field: str, value: str, lang: str) -> str:
    if field == LedgerColumn.UNION_STATE and value:
        return say(f"union_{value}")
    return (word_for(field, value, lang) if field == LedgerColumn.VERIFIED_BY else value) or "-"


def _why(why: str) -> str:
    return say("ledger_claim_send") if why == "claim" else why or "-"
