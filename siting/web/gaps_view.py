"""Tables of the gaps page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.columns import Group
from siting.web import state
from siting.web.state import say
from siting.web.widgets import people, share, show_table

if TYPE_CHECKING:
    import pandas as pd

    from geodata import City
    from siting.gaps import GapReport

_LISTED = 50
_METRE = 1.0


def _rows(table: pd.DataFrame, names: list[str]) -> list[tuple[str, ...]]:
    return [
        (
            name,
            people(row["reachable_milli"]),
            people(row["walk_milli"]),
            people(row["covered_milli"] - row["walk_milli"]),
            people(row["gap_milli"]),
            share(row["covered_milli"], row["reachable_milli"]),
        )
        for name, row in zip(names, table.to_dict("records"), strict=True)
    ]


def _headers(first: str) -> list[str]:
    return [say(first), *(say(f"column_{name}") for name in _COLUMNS)]


_COLUMNS = ("reachable", "walk", "street", "left", "share")


def town_names(city: City) -> dict[str, str]:
    """Give the towns' names by code, in the visitor's language."""
    column = "name_en" if state.lang() == "en" else "name"
    return {str(code): str(name) for code, name in city.towns[column].items()}


def show_groups_left(gaps: GapReport) -> None:
    """Show the groups, the one with most people left out first."""
    table = gaps.by_group.loc[[str(group) for group in Group if str(group) in gaps.by_group.index]]
    table = table.sort_values("gap_milli", ascending=False, kind="stable")
    names = [say(f"group_{group}") for group in table.index]
    show_table(say("groups_left_caption"), _headers("column_group"), _rows(table, names))


def show_towns(city: City, gaps: GapReport) -> None:
    """Show the towns, the one with most people left out first."""
    table = gaps.by_town.sort_values("gap_milli", ascending=False, kind="stable")
    known = town_names(city)
    names = [known.get(str(code), say("town_on_streets")) for code in table.index]
    show_table(say("towns_caption"), _headers("column_town"), _rows(table, names))


def show_zones(gaps: GapReport) -> None:
    """Show the kinds of zones."""
    table = gaps.by_zone.sort_values("gap_milli", ascending=False, kind="stable")
    names = [say(f"zone_{kind}") for kind in table.index]
    show_table(say("zones_caption"), _headers("column_zone"), _rows(table, names))


def show_streets(gaps: GapReport) -> None:
    """Show the main streets, most metres left out first; those served throughout apart."""
    table = gaps.streets.assign(left_m=gaps.streets["length_m"] - gaps.streets["covered_m"])
    table = table.sort_values(["left_m", "length_m"], ascending=False, kind="stable")
    partly = table["left_m"] >= _METRE
    total = table[["length_m", "walk_m", "covered_m", "left_m"]].sum()
    said = {name: f"{value / 1000:,.1f}" for name, value in total.items()}
    _street_table(say("streets_caption", **said), table[partly])
    if not partly.all():
        with st.expander(say("streets_served", n=int((~partly).sum()))):
            _street_table(say("streets_served", n=int((~partly).sum())), table[~partly])


def _street_table(caption: str, table: pd.DataFrame) -> None:
    rows = [
        (
            row["street_name"],
            f"{row['length_m']:,.0f}",
            f"{row['walk_m']:,.0f}",
            f"{row['covered_m']:,.0f}",
            f"{row['left_m']:,.0f}",
            share(row["covered_m"], row["length_m"]),
        )
        for row in table.to_dict("records")
    ]
    names = ("street_name", "length_m", "walk_m", "covered_m", "left_m", "share_length")
    show_table(caption, [say(f"column_{name}") for name in names], rows)


def show_unreachable(city: City, gaps: GapReport) -> None:
    """Show people whom no walking way reaches, apart from the gaps."""
    table = gaps.unreachable
    if table.empty:
        show_table(say("unreachable_none", city=city.name), [], [])
        return
    shown = table.sort_values("people_milli", ascending=False).head(_LISTED)
    rows = [
        (
            row["place_name"],
            say(f"group_{row['group']}"),
            say(f"unreachable_{row['reason']}"),
            people(row["people_milli"]),
        )
        for row in shown.to_dict("records")
    ]
    names = ("place", "group", "why", "people")
    caption = say("unreachable_caption", shown=len(rows), all=len(table))
    show_table(caption, [say(f"column_{name}") for name in names], rows, texts=3)
