"""The containers' rota on the page: what is asked, the calendar, each period, files."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from geodata.columns import Group
from geodata.tables_marked import write_book
from siting.hours import DAYPARTS, SEASONS
from siting.rota_plan import ASSUMED_NEED, KINDS, OUTDOOR, QUARTERS, Period, rota_rows
from siting.web.engine import city_of
from siting.web.gaps_view import town_names
from siting.web.home import home
from siting.web.moment_view import hour_name
from siting.web.state import say
from siting.web.widgets import people, share, show_table

if TYPE_CHECKING:
    from siting.plan import Plan

_CONTAINERS = 20
_MOVE_YUAN, _WORTH_YUAN = 300, 5
_WEEKS = 52
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def ask_rota(plan: Plan) -> dict[str, Any]:
    """Ask for periods, containers, costs and who counts; every assumption can be changed."""
    lots = int(plan.question.sites["station_kind"].eq("mobile").sum())
    kind = st.radio(
        say("rota_kind"), KINDS, format_func=lambda name: say(f"rota_{name}"), horizontal=True,
        key="rota_kind",
    )  # fmt: skip
    left, middle, right = st.columns(3)
    standing = int(plan.stations["station_kind"].eq("mobile").sum())
    containers = left.number_input(
        say("rota_containers", lots=lots), min_value=0, max_value=max(lots, 1),
        value=min(standing or _CONTAINERS, lots),
    )  # fmt: skip
    cost = middle.number_input(say("rota_cost"), min_value=0, value=_MOVE_YUAN, step=50)
    worth = right.number_input(
        say("rota_worth"), min_value=0.1, value=float(_WORTH_YUAN), step=0.5, format="%.1f"
    )
    facts: dict[str, Any] = {
        "kind": kind,
        "containers": int(containers),
        "move_cost": float(cost),
        "worth": float(worth),
        **_span(kind),
    }
    with st.expander(say("rota_people")):
        groups = st.multiselect(
            say("rota_groups"), list(map(str, Group)), default=list(OUTDOOR),
            format_func=lambda name: say(f"group_{name}"), placeholder=say("rota_groups_none"),
        )  # fmt: skip
        only_left = st.checkbox(say("rota_only_left"), value=True)
        need = _ask_need(kind)
    return {**facts, "groups": sorted(groups), "only_left": bool(only_left), "need": need}


def _span(kind: str) -> dict[str, Any]:
    """Ask for the first week and how many, or for the season of the dayparts."""
    left, right = st.columns(2)
    start, weeks, season = dt.date(2027, 1, 4), _WEEKS, SEASONS[0]
    if kind == "weeks":
        start = left.date_input(say("rota_start"), value=start, format="YYYY-MM-DD")
        weeks = right.number_input(say("rota_count"), min_value=1, max_value=104, value=_WEEKS)
    elif kind == "dayparts":
        season = left.radio(
            say("moment_season"), SEASONS, format_func=lambda name: say(f"half_{name}"),
            horizontal=True, key="rota_season",
        )  # fmt: skip
    return {"start": start.isoformat(), "weeks": int(weeks), "season": season}


def _ask_need(kind: str) -> list[list[Any]]:
    """Ask how much the outdoor groups need a container in each season, against an ordinary day."""
    if kind == "dayparts":
        st.caption(say("rota_need_parts"))
        return []
    st.caption(say("rota_need"))
    need: list[list[Any]] = []
    for group in OUTDOOR:
        for column, quarter in zip(st.columns(len(QUARTERS)), QUARTERS, strict=True):
            value = column.number_input(
                say("rota_need_of", group=say(f"group_{group}"), quarter=say(f"quarter_{quarter}")),
                min_value=0.0,
                max_value=10.0,
                value=ASSUMED_NEED[group][quarter],
                step=0.1,
                format="%.1f",
            )
            need.append([group, quarter, float(value)])
    return need


def periods_in(answer: dict[str, Any]) -> tuple[Period, ...]:
    """Read the periods of a rota's answer."""
    return tuple(
        Period(**{**period, "weeks": tuple(map(dt.date.fromisoformat, period["weeks"]))})
        for period in answer["periods"]
    )


def period_name(period: Period) -> str:
    """Name a period: season, part of the day, or first and last day of its weeks."""
    if period.weeks:
        last = period.weeks[-1] + dt.timedelta(days=6)
        return say("rota_span", first=period.weeks[0], last=last, n=len(period.weeks))
    return hour_name(period.name) if period.name in DAYPARTS else say(f"quarter_{period.name}")


def _short(period: Period) -> str:
    if not period.weeks:
        return period_name(period)
    last = period.weeks[-1] + dt.timedelta(days=6)
    return say("rota_span_short", first=f"{period.weeks[0]:%m-%d}", last=f"{last:%m-%d}")


def show_periods(answer: dict[str, Any], periods: tuple[Period, ...]) -> None:
    """Show what each period serves and moves, and how much is there to be served."""
    rows = []
    for at, period in enumerate(periods):
        there, served = answer["reached"][at], answer["served"][at]
        rows.append(
            (
                period_name(period),
                f"{period.days:,}",
                people(there),
                people(served),
                share(served, there),
                f"{answer['moves'][at]:,}",
            )
        )
    names = ("period", "days", "there", "served_hours", "share_now", "moves")
    show_table(say("rota_periods"), [say(f"column_{name}") for name in names], rows)


def show_calendar(plan: Plan, held: pd.DataFrame, periods: tuple[Period, ...]) -> None:
    """Show where each container stands in each period; a move is marked."""
    names = plan.question.sites["name"]
    rows = []
    moves = (held.to_numpy()[:, 1:] != held.to_numpy()[:, :-1]).sum(axis=1)
    for container, row in held.iloc[(-moves).argsort(kind="stable")].iterrows():
        cells = [str(names[row[0]])]
        for at in range(1, len(row)):
            moved = row[at] != row[at - 1]
            cells.append(f"→ {names[row[at]]}" if moved else say("rota_stays"))
        rows.append((f"{container:02d}", *cells))
    headers = [say("column_container"), *(_short(period) for period in periods)]
    show_table(say("rota_calendar"), headers, rows, texts=len(headers))


def held_in(answer: dict[str, Any]) -> pd.DataFrame:
    """Read where each container stands: index container, columns the periods' positions."""
    held = {int(at): lots for at, lots in answer["held"].items()}
    index = pd.Index(range(1, len(next(iter(held.values()), [])) + 1), name="container")
    return pd.DataFrame(held, index=index)[sorted(held)]


def offer_rota(
    plan: Plan, answer: dict[str, Any], facts: dict[str, Any], held: pd.DataFrame
) -> None:
    """Offer the rota as CSV, as publishing reads it, and as a workbook with its assumptions."""
    periods = periods_in(answer)
    rows = rota_rows(plan, periods, held)
    lonlat = city_of(plan).to_lonlat(rows[["x", "y"]].to_numpy())
    table = rows.drop(columns=["x", "y"]).assign(
        lon=lonlat[:, 0].round(7), lat=lonlat[:, 1].round(7)
    )
    left, right = st.columns(2)
    left.download_button(
        say("rota_csv"),
        data=lambda: _csv(table),
        file_name="containers_internal.csv",
        mime="text/csv",
        on_click="ignore",
    )
    right.download_button(
        say("rota_xlsx"),
        data=lambda: _book(plan, table, answer, facts),
        file_name="containers_internal.xlsx",
        mime=_XLSX,
        on_click="ignore",
    )


def _csv(table: pd.DataFrame) -> bytes:
    from geodata.tables_marked import harmless  # noqa: PLC0415

    safe = table.assign(name=[harmless(str(name)) for name in table["name"]])
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def _book(plan: Plan, table: pd.DataFrame, answer: dict[str, Any], facts: dict[str, Any]) -> bytes:
    towns = town_names(city_of(plan))
    code = plan.question.sites["town_code"].reindex(table["site_id"]).astype(str)
    heads = ("container", "period", "site_id", "station", "lon", "lat", "town")
    body = [
        [*row, towns.get(town, say("no_town"))]
        for row, town in zip(table.to_numpy(dtype=object).tolist(), code, strict=True)
    ]
    names = ("period", "days", "there", "served_hours", "moves")
    periods = [
        [period_name(period), period.days, there / 1000, served / 1000, moves]
        for period, there, served, moves in zip(
            periods_in(answer), answer["reached"], answer["served"], answer["moves"], strict=True
        )
    ]
    assumed = [
        [say("rota_cost"), facts["move_cost"]],
        [say("rota_worth"), facts["worth"]],
        [say("rota_groups"), "、".join(say(f"group_{group}") for group in facts["groups"])],
        *(
            [say("rota_need_of", group=say(f"group_{g}"), quarter=say(f"quarter_{q}")), value]
            for g, q, value in facts["need"]
        ),
    ]
    sheets = {
        say("rota_sheet_calendar"): [[say(f"column_{name}") for name in heads], *body],
        say("rota_sheet_periods"): [[say(f"column_{name}") for name in names], *periods],
        say("rota_sheet_assumed"): [[say("column_assumption"), say("column_taken")], *assumed],
    }
    with tempfile.TemporaryDirectory(dir=home()) as folder:
        path = Path(folder) / "containers.xlsx"
        write_book(path, sheets)
        return path.read_bytes()
