"""The answers beside the map: why here, why not there, who would be served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from geodata.columns import Group
from siting.i18n import texts
from siting.web import state
from siting.web.desk import ban, force, release
from siting.web.engine import open_city
from siting.web.state import say
from siting.web.why import nearest_candidates, served_from, why_here, why_not
from siting.web.widgets import people, show_bars, show_table

if TYPE_CHECKING:
    import pandas as pd

    from siting.plan import Plan
    from siting.web.desk import Desk
    from siting.web.mapview import Pick

_FAR_M = 5_000.0


def show_answer(desk: Desk, plan: Plan, pick: Pick | None) -> None:
    """Answer a click on the map."""
    if pick is None:
        st.info(say("why_hint"))
    elif pick.feature_id in plan.stations.index:
        _here(desk, plan, pick.feature_id)
    elif pick.feature_id in plan.question.sites.index:
        _not_there(desk, plan, pick.feature_id)
    else:
        _anywhere(desk, plan, pick)


def _here(desk: Desk, plan: Plan, site_id: str) -> None:
    station = plan.stations.loc[site_id]
    st.subheader(say("why_here", name=station["name"]), anchor=False)
    st.text(station[f"reason_{state.lang()}"])
    answer = why_here(plan, site_id)
    columns = ("in_range", "served", "by_walk", "by_street", "alone")
    _by_group(answer.by_group, columns, say("why_here_caption"))
    show_bars(say("why_criteria"), _criteria(answer.criteria))
    left, right = st.columns(2)
    kept = site_id in plan.question.problem.forced
    if not kept and left.button(say("ban"), disabled=desk.busy, key=f"ban_{site_id}"):
        ban(desk, site_id)
    if not kept and right.button(say("force"), disabled=desk.busy, key=f"force_{site_id}"):
        force(desk, site_id)
    if site_id in desk.asked.plan.force and left.button(
        say("release"), disabled=desk.busy, key=f"free_{site_id}"
    ):
        release(desk, site_id)


def _criteria(criteria: pd.DataFrame) -> list[tuple[str, float, str]]:
    known = texts(state.lang())
    bars = []
    for row in criteria.to_dict("records"):
        name = known.get(f"web.criterion_{row['criterion']}", str(row["criterion"]))
        unit = known.get(f"web.unit_{row['unit']}", str(row["unit"]))
        raw = row["raw"]
        text = _amount(raw, str(row["unit"]), unit)
        bars.append((f"{row['rule']} · {name}", float(row["utility"]), text))
    return bars


def _amount(raw: object, code: str, unit: str) -> str:
    if not isinstance(raw, int | float) or not np.isfinite(raw):
        return "-"
    return f"{raw:.2f}" if code == "share" else f"{raw:,.0f} {unit}"


def _by_group(table: pd.DataFrame, columns: tuple[str, ...], caption: str) -> None:
    rows = [
        (say(f"group_{group}"), *(people(table.loc[str(group), f"{c}_milli"]) for c in columns))
        for group in Group
        if str(group) in table.index
    ]
    total = table.sum()
    rows.append((say("total"), *(people(total[f"{column}_milli"]) for column in columns)))
    headers = [say("column_group"), *(say(f"column_{column}") for column in columns)]
    show_table(caption, headers, rows)


def _not_there(desk: Desk, plan: Plan, site_id: str) -> None:
    site = plan.question.sites.loc[site_id]
    st.subheader(say("why_not", name=site["name"]), anchor=False)
    answer = why_not(plan, site_id)
    rules = "、".join(say(f"rule_{rule}") for rule in site["rules"])
    lines = [say("why_not_site", rules=rules, score=f"{site['score']:.2f}")]
    lines.append(
        say("why_not_adds", all=people(answer.in_range_milli), new=people(answer.new_milli))
    )
    if answer.banned:
        lines.append(say("why_not_banned"))
    for near, distance in answer.too_near[:2]:
        name = plan.stations.loc[near, "name"]
        lines.append(say("why_not_near", name=name, metres=f"{distance:.0f}"))
    if answer.exchange is not None:
        other, change = answer.exchange
        key = "why_not_worse" if change < 0 else "why_not_better" if change else "why_not_same"
        name = plan.stations.loc[other, "name"]
        lines.append(say(key, name=name, change=people(abs(change))))
    for line in lines:
        st.text(line)
    show_bars(say("why_criteria"), _criteria(why_here(plan, site_id).criteria))
    if answer.banned:
        if st.button(say("release"), disabled=desk.busy, key=f"free_{site_id}"):
            release(desk, site_id)
    elif st.button(say("force"), disabled=desk.busy, key=f"force_{site_id}"):
        force(desk, site_id)


def _anywhere(desk: Desk, plan: Plan, pick: Pick) -> None:
    city = open_city(desk.city_id)
    x, y = city.to_metric(np.array([[pick.lon, pick.lat]]))[0]
    st.subheader(say("why_place", lon=f"{pick.lon:.5f}", lat=f"{pick.lat:.5f}"), anchor=False)
    kind = plan.question.zones.kind_at(np.array([[x, y]]))[0]
    st.text(say("why_place_zone", kind=say(f"zone_{kind}")))
    served = served_from(city, plan, float(x), float(y))
    if served.empty:
        st.text(say("why_place_nobody"))
    else:
        _by_group(served, ("in_range", "new"), say("why_place_caption"))
    near = nearest_candidates(plan, float(x), float(y))
    near = near[near["distance_m"] <= _FAR_M]
    if near.empty:
        st.text(say("why_place_none"))
        return
    rows = [
        (
            row["name"],
            say("chosen_yes" if row["chosen"] else "chosen_no"),
            f"{row['distance_m']:,.0f}",
        )
        for row in near.to_dict("records")
    ]
    headers = [say("column_candidate"), say("column_chosen"), say("column_distance")]
    show_table(say("why_place_near"), headers, rows, texts=2)
