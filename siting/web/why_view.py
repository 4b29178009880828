"""The answers beside the map: why here, why not there, who would be served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from geodata.columns import Group
from siting.i18n import texts
from siting.web import state
from siting.web.actions import (
    candidate_actions,
    host_answer,
    place_actions,
    station_actions,
)
from siting.web.choice import zoom_action
from siting.web.edits import REFUSED, answer_of
from siting.web.engine import city_of, lookup_of, must_pass, open_city
from siting.web.lookup import metric
from siting.web.state import say
from siting.web.why import (
    counts_people,
    criteria_of,
    nearest_candidates,
    served_from,
    substitute_for,
    why_here,
    why_not,
)
from siting.web.why_hours import hours_of
from siting.web.why_pictures import show_hours, show_ways
from siting.web.widgets import people, show_bars, show_table

if TYPE_CHECKING:
    import pandas as pd

    from siting.plan import Plan
    from siting.web.choice import Choice
    from siting.web.desk import Desk
    from siting.web.lookup import Lookup

_FAR_M = 5_000.0
_STOPS = 5
_HERE = ("in_range", "served", "by_walk", "by_street", "alone")


def show_answer(desk: Desk, plan: Plan, choice: Choice | None) -> None:
    """Answer what was chosen on the map or in the list."""
    if choice is None:
        st.info(say("why_hint"))
    elif choice.site_id in plan.stations.index:
        _here(desk, plan, choice.site_id)
    elif choice.site_id in plan.question.sites.index:
        _not_there(desk, plan, choice.site_id)
    else:
        _anywhere(desk, plan, choice)


def _here(desk: Desk, plan: Plan, site_id: str) -> None:
    lookup, station = lookup_of(plan), plan.stations.loc[site_id]
    st.subheader(say("why_here", name=station["name"]), anchor=False)
    st.text(station[f"reason_{state.lang()}"])
    station_actions(desk, plan, site_id)
    host_answer(desk, plan, lookup, site_id)
    zoom_action()
    answer = why_here(plan, lookup, site_id)
    _by_group(answer.by_group, _HERE, say("why_here_caption"))
    _without(plan, lookup, site_id, answer.others)
    show_hours(hours_of(plan, site_id))
    show_bars(say("why_criteria"), _criteria(answer.criteria))
    _ways(plan, site_id)


def _without(plan: Plan, lookup: Lookup, site_id: str, others: pd.DataFrame) -> None:
    """Say what is lost without a station, who would step in, and who shares its people."""
    if counts_people(plan):
        found = substitute_for(plan, lookup, site_id)
        st.text(say("without_lost", lost=people(found.lost)))
        if found.site_id:
            name = plan.question.sites.loc[found.site_id, "name"]
            st.text(say("without_best", name=name, back=people(found.regained)))
    rows = [(row["name"], people(row["people_milli"])) for row in others.to_dict("records")]
    if rows:
        show_table(say("shared_caption"), [say("column_station"), say("column_shared")], rows)
    else:
        st.text(say("shared_none"))


def _ways(plan: Plan, site_id: str) -> None:
    """Tell the must-pass ways of an enterprise; the map draws them."""
    ways = must_pass(plan, site_id)
    if ways is None:
        return
    show_ways(city_of(plan), ways)
    rows = [
        (f"{number}", say(f"way_{place.kind}"), f"{place.share:.0%}")
        for number, place in enumerate(ways.places[:_STOPS], start=1)
    ]
    headers = [say("column_number"), say("column_way_place"), say("column_way_share")]
    show_table(say("ways_caption"), headers, rows, texts=2)
    names = city_of(plan).layers["stops"]["name"]
    order = np.argsort(-ways.stop_share, kind="stable")[:_STOPS]
    stops = [
        (
            str(names.get(ways.stop_ids[at], "")),
            f"{ways.walk_mm[at] / 1000:,.0f}",
            f"{ways.stop_share[at]:.0%}",
        )
        for at in order
    ]
    headers = [say("column_stop"), say("column_walk_metres"), say("column_way_share")]
    show_table(say("stops_caption"), headers, stops)


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
    lookup, site = lookup_of(plan), plan.question.sites.loc[site_id]
    st.subheader(say("why_not", name=site["name"]), anchor=False)
    answer = why_not(plan, lookup, site_id)
    rules = "、".join(say(f"rule_{rule}") for rule in site["rules"]) or say("no_rule")
    lines = [say("why_not_site", rules=rules, score=f"{site['score']:.2f}")]
    lines.append(
        say("why_not_adds", all=people(answer.in_range_milli), new=people(answer.new_milli))
    )
    if answer.banned:
        refused = answer_of(desk.asked, site_id) == REFUSED
        lines.append(say("why_not_refused" if refused else "why_not_banned"))
    for near, distance in answer.too_near[:2]:
        name = plan.stations.loc[near, "name"]
        lines.append(say("why_not_near", name=name, metres=f"{distance:.0f}"))
    if answer.exchange is not None and not answer.banned:
        other, change = answer.exchange
        key = "why_not_worse" if change < 0 else "why_not_better" if change else "why_not_same"
        name = plan.stations.loc[other, "name"]
        lines.append(say(key, name=name, change=people(abs(change))))
    for line in lines:
        st.text(line)
    candidate_actions(desk, plan, site_id, banned=answer.banned)
    host_answer(desk, plan, lookup, site_id)
    zoom_action()
    show_bars(say("why_criteria"), _criteria(criteria_of(plan, site_id)))
    show_hours(hours_of(plan, site_id))
    _ways(plan, site_id)


def _anywhere(desk: Desk, plan: Plan, choice: Choice) -> None:
    city, lookup = open_city(desk.city_id), lookup_of(plan)
    x, y = metric(city, choice.lon, choice.lat)
    st.subheader(say("why_place", lon=f"{choice.lon:.5f}", lat=f"{choice.lat:.5f}"), anchor=False)
    kind = plan.question.zones.kind_at(np.array([[x, y]]))[0]
    st.text(say("why_place_zone", kind=say(f"zone_{kind}")))
    served = served_from(city, plan, lookup, x, y)
    if served.empty:
        st.text(say("why_place_nobody"))
    else:
        _by_group(served, ("in_range", "new"), say("why_place_caption"))
    near = nearest_candidates(plan, x, y)
    near = near[near["distance_m"] <= _FAR_M]
    if not near.empty:
        st.text(say("why_place_not"))
    free = near[~near["chosen"]]
    nearest = None if free.empty else (str(free.index[0]), float(free["distance_m"].iloc[0]))
    place_actions(desk, plan, (choice.lon, choice.lat), nearest)
    if near.empty:
        st.text(say("why_place_none"))
        return
    _near_table(near)


def _near_table(near: pd.DataFrame) -> None:
    rows: list[tuple[Any, ...]] = [
        (
            row["name"],
            say("chosen_yes" if row["chosen"] else "chosen_no"),
            f"{row['distance_m']:,.0f}",
        )
        for row in near.to_dict("records")
    ]
    headers = [say("column_candidate"), say("column_chosen"), say("column_distance")]
    show_table(say("why_place_near"), headers, rows, texts=2)
