"""Plans that can be compared, and the tables that compare them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.columns import Group
from siting.compare import compare_plans
from siting.web.desk import earlier_runs
from siting.web.engine import default_settings, ready_plan
from siting.web.state import say
from siting.web.widgets import people, share, show_table

if TYPE_CHECKING:
    from siting.plan import Plan
    from siting.web.desk import Desk

_TICK, _NONE = "●", ""


def known_plans(desk: Desk) -> dict[str, Plan]:
    """Give the plans of this desk by name: the one shown, those before it, the shipped one."""
    plans: dict[str, Plan] = {}
    seen = set()
    for number, settings in enumerate(earlier_runs(desk)):
        plan = ready_plan(desk.city_id, settings)
        if plan is None or plan.settings_hash in seen:
            continue
        seen.add(plan.settings_hash)
        key = "plan_now" if number == 0 else "plan_before"
        plans[f"{say(key, number=number)} · {_short(plan)}"] = plan
    shipped = ready_plan(desk.city_id, default_settings(desk.city_id))
    if shipped is not None and shipped.settings_hash not in seen:
        plans[f"{say('plan_shipped')} · {_short(shipped)}"] = shipped
    return plans


def _short(plan: Plan) -> str:
    asked = plan.settings
    changed = len(asked.plan.ban) + len(asked.plan.force)
    text = say("plan_short", n=len(plan.stations), minutes=f"{asked.standard.minutes:g}")
    return text + (say("plan_short_wishes", n=changed) if changed else "")


def show_comparison(plans: dict[str, Plan]) -> None:
    """Show figures, groups, rules and the stations that differ."""
    compared = compare_plans(plans)
    letters = [chr(ord("A") + number) for number in range(len(plans))]
    totals = compared.totals
    rows = [
        (say("figure_stations"), *(f"{totals.loc['stations', name]:,.0f}" for name in plans)),
        (say("figure_covered"), *(people(totals.loc["covered_milli", name]) for name in plans)),
        (
            say("column_share"),
            *(
                share(totals.loc["covered_milli", name], totals.loc["reachable_milli", name])
                for name in plans
            ),
        ),
        (say("column_walk"), *(people(totals.loc["walk_milli", name]) for name in plans)),
        (
            say("figure_proof"),
            *(say(f"status_{plan.solution.status}") for plan in plans.values()),
        ),
    ]
    rows += [
        (say(f"group_{group}"), *(people(compared.by_group.loc[group, name]) for name in plans))
        for group in map(str, Group)
        if group in compared.by_group.index
    ]
    rows += [
        (say(f"rule_{rule}"), *(f"{compared.by_rule.loc[rule, name]:.0f}" for name in plans))
        for rule in compared.by_rule.index
    ]
    show_table(say("compare_caption"), [say("column_figure"), *letters], rows)
    _show_differences(compared.stations, list(plans), letters)


def _show_differences(stations, names: list[str], letters: list[str]) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    differ = stations[stations["plans"] < len(names)]
    common = len(stations) - len(differ)
    rows = [
        (row["name"], "、".join(row["rules"]), *(_TICK if row[name] else _NONE for name in names))
        for row in differ.to_dict("records")
    ]
    caption = say("differ_caption", common=common, differ=len(rows))
    show_table(caption, [say("column_station"), say("column_rule"), *letters], rows, texts=2)
