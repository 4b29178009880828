"""Tables of the ledger page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.ledger import HUNDRED, UnionState, progress
from siting.web.state import say
from siting.web.widgets import share, show_bars, show_table

if TYPE_CHECKING:
    import pandas as pd

    from geodata import City

_SHARE = "dispatched_share"


def show_targets(ledger: pd.DataFrame) -> None:
    """Show the ledger against the article's figures of 2018, of one year or of all."""
    years = sorted({text[:4] for text in ledger["founded"] if text[:4].isdigit()}, reverse=True)
    year = st.selectbox(
        say("ledger_year"), ["", *years], key="ledger_year",
        format_func=lambda text: text or say("ledger_years"),
    )  # fmt: skip
    table = progress(ledger, year=year)
    _show_progress(table)
    rows = [
        (
            say(f"target_{key}"),
            _figure(str(key), row["target"]),
            _figure(str(key), row["found"]),
            share(row["found"], row["target"]),
        )
        for key, row in zip(table.index, table.to_dict("records"), strict=True)
    ]
    headers = [say(f"column_{name}") for name in ("figure", "target", "found", "reached")]
    show_table(say("targets_caption"), headers, rows)


def _show_progress(table: pd.DataFrame) -> None:
    bars = [
        (say(f"target_{key}"), float(row["share"]), _figure(str(key), row["found"]))
        for key, row in zip(table.index, table.to_dict("records"), strict=True)
        if row["share"] == row["share"]
    ]
    show_bars(say("targets_bars"), bars, ".1%")


def _figure(key: str, value: float) -> str:
    if value != value:  # noqa: PLR0124 - nothing to divide by
        return "-"
    return f"{value:.1%}" if key == _SHARE else f"{value:,.0f}"


def show_towns(city: City, ledger: pd.DataFrame) -> None:
    """Show each town's part: enterprises, large ones, those without a union, claimed ones."""
    large = ledger["headcount"].fillna(0) >= HUNDRED
    parts = ledger.assign(
        large=large,
        open=large & ledger["union_state"].ne(UnionState.FOUNDED),
        claimed=ledger["claimed_by"].ne(""),
    )
    table = parts.groupby("town_code")[["large", "open", "claimed"]].sum()
    table.insert(0, "all", parts.groupby("town_code").size())
    table = table.sort_values(["open", "all"], ascending=False, kind="stable")
    names = city.towns["name"]
    rows = [
        (str(names.get(code, "")) or say("no_town"), *(f"{value:,}" for value in row))
        for code, *row in table.itertuples()
    ]
    headers = ["town", "all_enterprises", "large", "without_union", "claimed"]
    show_table(say("ledger_towns"), [say(f"column_{name}") for name in headers], rows)
