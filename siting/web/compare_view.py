"""Plans that can be compared, and the tables that compare them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from geodata.columns import Group
from siting.compare import compare_plans
from siting.web.desk import earlier_runs
from siting.web.engine import city_of, default_settings, gaps_of, open_city, ready_plan
from siting.web.errors import OtherCityError
from siting.web.gaps_view import town_names
from siting.web.library import kept_plan, saved_plans
from siting.web.state import say
from siting.web.times import local_time
from siting.web.widgets import people, share, show_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    import pandas as pd

    from siting.plan import Plan
    from siting.web.desk import Desk

    Open = Callable[[], Plan]

_TICK, _NONE = "●", ""
LETTERS = "ABCD"


def known_plans(desk: Desk) -> dict[str, Open]:
    """Name the plans that can be compared and how each is opened.

    They are the one on the desk, those before it, the shipped one, and the kept ones.
    """
    plans: dict[str, Open] = {}
    seen = set()
    drafts = [("plan_now" if number == 0 else "plan_before", number, settings)
              for number, settings in enumerate(earlier_runs(desk))]  # fmt: skip
    for key, number, settings in [*drafts, ("plan_shipped", 0, default_settings(desk.city_id))]:
        plan = ready_plan(desk.city_id, settings)
        if plan is None or plan.settings_hash in seen:
            continue
        seen.add(plan.settings_hash)
        plans[f"{say(key, number=number)} · {_short(plan)}"] = _given(plan)
    for row in saved_plans():
        kept = say("plan_kept", name=row["name"], at=local_time(row["at"]), who=row["who"])
        plans[kept] = _kept(desk.city_id, row)
    return plans


def _given(plan: Plan) -> Open:
    return lambda: plan


def _kept(city_id: str, row: dict[str, Any]) -> Open:
    def opened() -> Plan:
        city, plan = kept_plan(row["plan_id"])
        if city.version != open_city(city_id).version:
            raise OtherCityError(key=row["plan_id"], city=city.name)
        return plan

    return opened


def _short(plan: Plan) -> str:
    asked = plan.settings
    changed = len(asked.plan.ban) + len(asked.plan.force)
    text = say("plan_short", n=len(plan.stations), minutes=f"{asked.standard.minutes:g}")
    return text + (say("plan_short_wishes", n=changed) if changed else "")


def show_comparison(plans: dict[str, Plan]) -> None:
    """Show figures, groups and rules with their differences, and the stations that differ."""
    compared = compare_plans(plans)
    names, totals = list(plans), compared.totals
    letters = list(LETTERS[: len(plans)])
    proof = [say(f"status_{plan.solution.status}") for plan in plans.values()]
    rates = [
        share(totals.loc["covered_milli", name], totals.loc["reachable_milli", name])
        for name in names
    ]
    rows = [
        (say("figure_stations"), *_counts(totals.loc["stations", names].tolist())),
        (say("figure_covered"), *_against(totals.loc["covered_milli", names].tolist())),
        (say("column_share"), *rates),
        (say("column_walk"), *_against(totals.loc["walk_milli", names].tolist())),
        (say("figure_proof"), *proof),
    ]
    rows += [
        (say(f"group_{group}"), *_against(compared.by_group.loc[group, names].tolist()))
        for group in map(str, Group)
        if group in compared.by_group.index
    ]
    rows += [
        (say(f"rule_{rule}"), *_counts(compared.by_rule.loc[rule, names].tolist()))
        for rule in compared.by_rule.index
    ]
    show_table(say("compare_caption"), [say("column_figure"), *letters], rows)
    _show_towns(plans, letters)
    _show_differences(compared.stations, names, letters)


def _against(milli: list[int]) -> list[str]:
    """Write people, and beside all but the first how many more or fewer."""
    return [people(milli[0]), *(f"{people(v)} {_signed((v - milli[0]) / 1000)}" for v in milli[1:])]


def _counts(values: list[int]) -> list[str]:
    return [f"{values[0]:,}", *(f"{v:,} {_signed(v - values[0])}" for v in values[1:])]


def _signed(change: float) -> str:
    return f"({round(change):+,})" if round(change) else "(=)"


def _show_towns(plans: dict[str, Plan], letters: list[str]) -> None:
    """Show the people left out in each town, largest difference first."""
    import pandas as pd  # noqa: PLC0415

    left = pd.DataFrame(
        {name: gaps_of(plan).by_town["gap_milli"] for name, plan in plans.items()}
    ).fillna(0)
    spread = (left.max(axis=1) - left.min(axis=1)).sort_values(ascending=False, kind="stable")
    known = town_names(city_of(next(iter(plans.values()))))
    rows = [
        (known.get(str(code), say("town_on_streets")), *_against(left.loc[code].tolist()))
        for code in spread.index[spread > 0]
    ]
    if rows:
        show_table(say("compare_towns"), [say("column_town"), *letters], rows)


def _show_differences(stations: pd.DataFrame, names: list[str], letters: list[str]) -> None:
    differ = stations[stations["plans"] < len(names)]
    common = len(stations) - len(differ)
    rows = [
        (row["name"], "、".join(row["rules"]), *(_TICK if row[name] else _NONE for name in names))
        for row in differ.to_dict("records")
    ]
    caption = say("differ_caption", common=common, differ=len(rows))
    show_table(caption, [say("column_station"), say("column_rule"), *letters], rows, texts=2)


def own_stations(plans: dict[str, Plan], name: str) -> tuple[dict[str, Any], ...]:
    """Mark on a plan's map the stations that not all plans have."""
    plan = plans[name]
    common = set.intersection(*(set(other.stations.index) for other in plans.values()))
    own = plan.stations[~plan.stations.index.isin(common)]
    lonlat = city_of(plan).to_lonlat(shapely.get_coordinates(own.geometry.to_numpy()))
    return tuple(
        {"kind": "differs", "lon": lon, "lat": lat, "title": say("mark_differs", name=title)}
        for title, (lon, lat) in zip(own["name"], lonlat.tolist(), strict=True)
    )
