"""Figures and tables of a plan as the pages show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from geodata.columns import Group
from geodata.network import Origin
from siting.web.engine import city_of, gaps_of
from siting.web.gaps_view import town_names
from siting.web.state import say
from siting.web.widgets import people, share, show_figures, show_table

if TYPE_CHECKING:
    from geodata import City
    from siting.gaps import GapReport
    from siting.plan import Plan

_LISTED = 15


def show_plan_figures(city: City, plan: Plan, gaps: GapReport, before: Plan | None = None) -> None:
    """Show what the plan gives, how far that is proved, what the data are.

    Parameters
    ----------
    city, plan, gaps
        The plan, its city and its gaps.
    before
        The plan it replaced: the figures then say how they changed.
    """
    if before is not None and before.settings_hash == plan.settings_hash:
        before = None
    now, then = _changing(plan, gaps), None if before is None else _changing(before)
    total = plan.by_group.sum()
    covered, walked = int(total["covered_milli"]), int(total["walk_milli"])
    reachable = int(total["reachable_milli"])
    left = int(gaps.by_group["gap_milli"].sum())
    show_figures(
        [
            (
                say("figure_covered"),
                say("uses", n=people(covered)),
                say(
                    "figure_covered_below",
                    share=share(covered, reachable),
                    walk=share(walked, reachable),
                    street=share(covered - walked, reachable),
                )
                + _change(now, then, "covered"),
            ),
            (
                say("figure_stations"),
                say("stations", n=len(plan.stations)),
                _by_rule(plan) + _change(now, then, "stations"),
            ),
            (
                say("figure_gap"),
                say("uses", n=people(left)),
                say("figure_gap_below", share=share(left, reachable), n=len(gaps.clusters))
                + _change(now, then, "left"),
            ),
            (say("figure_proof"), say(f"status_{plan.solution.status}"), _proof(plan)),
            (
                say("figure_sample"),
                share(*_sample(plan)),
                say("figure_sample_below"),
            ),
            (say("figure_streets"), share(*_inferred(city)), say("figure_streets_below")),
        ]
    )


def _changing(plan: Plan, gaps: GapReport | None = None) -> dict[str, float]:
    """Give the figures that change from plan to plan."""
    gaps = gaps_of(plan) if gaps is None else gaps
    return {
        "covered": float(plan.by_group["covered_milli"].sum()) / 1000,
        "stations": float(len(plan.stations)),
        "left": float(gaps.by_group["gap_milli"].sum()) / 1000,
    }


def _change(now: dict[str, float], then: dict[str, float] | None, name: str) -> str:
    """Say how a figure changed against the plan before."""
    if then is None:
        return ""
    change = round(now[name] - then[name])
    arrow = "▲" if change > 0 else "▼" if change < 0 else "="
    return "\n" + say("change", arrow=arrow, change=f"{change:+,}" if change else "0")


def _by_rule(plan: Plan) -> str:
    rules = plan.stations["rules"]
    parts = [f"{rule.id} {sum(rule.id in held for held in rules)}" for rule in plan.settings.rules]
    mobile = int(plan.stations["station_kind"].eq("mobile").sum())
    return " · ".join(parts) + " · " + say("mobile_count", n=mobile)


def _proof(plan: Plan) -> str:
    solution = plan.solution
    return say(
        "figure_proof_below",
        value=people(solution.value),
        bound=people(solution.bound),
        gap=f"{solution.gap:.2%}",
    )


def _sample(plan: Plan) -> tuple[int, int]:
    demand = plan.question.demand
    amount = demand["people_milli"]
    return int(amount[demand["sample"]].sum()), int(amount.sum())


def show_sample(plan: Plan) -> None:
    """Label sample data as such before any figure is read."""
    sample, whole = _sample(plan)
    if sample:
        st.warning(say("sample_label", share=share(sample, whole)))


def _inferred(city: City) -> tuple[float, float]:
    network = city.network
    length = network.edge_length_mm.astype(np.float64)
    return float(length[network.edge_origin != Origin.MAPPED].sum()), float(length.sum())


def show_groups(plan: Plan) -> None:
    """Show people covered by group and by which clause."""
    table = plan.by_group
    order = [str(group) for group in Group if str(group) in table.index]
    rows = [
        (
            say(f"group_{group}"),
            people(row["people_milli"]),
            people(row["reachable_milli"]),
            people(row["walk_milli"]),
            people(row["covered_milli"] - row["walk_milli"]),
            people(row["covered_milli"]),
            share(row["covered_milli"], row["reachable_milli"]),
        )
        for group, row in ((group, table.loc[group]) for group in order)
    ]
    total = table.sum()
    rows.append(
        (
            say("total_uses"),
            people(total["people_milli"]),
            people(total["reachable_milli"]),
            people(total["walk_milli"]),
            people(total["covered_milli"] - total["walk_milli"]),
            people(total["covered_milli"]),
            share(total["covered_milli"], total["reachable_milli"]),
        )
    )
    headers = ["group", "people", "reachable", "walk", "street", "covered", "share"]
    show_table(say("groups_caption"), [say(f"column_{name}") for name in headers], rows)


def show_gaps(plan: Plan, gaps: GapReport, listed: int = _LISTED) -> None:
    """Show the largest gaps with the rule and the candidate that would serve them."""
    sites, towns = plan.question.sites, town_names(city_of(plan))
    rows = []
    for number, row in enumerate(gaps.clusters.head(listed).to_dict("records"), start=1):
        best = row["site_id"]
        rows.append(
            (
                number,
                towns.get(row["town_code"], say("no_town")),
                say(f"group_{row['main_group']}"),
                say(f"rule_{row['rule']}"),
                sites.loc[best, "name"] if best else say("no_candidate"),
                people(row["people_milli"]),
                people(row["would_serve_milli"]),
            )
        )
    if not rows:
        show_table(say("gaps_none"), [say("gaps_none")], [])
        return
    headers = ["number", "town", "main_group", "rule", "best", "left", "would_serve"]
    caption = say("gaps_caption", shown=len(rows), all=len(gaps.clusters))
    show_table(caption, [say(f"column_{name}") for name in headers], rows, texts=5)
