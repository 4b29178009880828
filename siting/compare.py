"""Two to four plans side by side: stations in common, stations that differ, figures by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siting.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Plans beside each other; columns of every frame are the plans' names.

    Attributes
    ----------
    totals
        Rows stations, value, bound, covered_milli, walk_milli, reachable_milli,
        score_millionths (sum of the chosen sites' scores).
    by_group
        Rows the groups, covered_milli.
    by_rule
        Rows the rules, number of stations that serve each.
    stations
        Rows all chosen sites, True where the plan has it; with name, rules and ``plans``, the
        number of plans that have it; those of all plans first.
    """

    totals: pd.DataFrame
    by_group: pd.DataFrame
    by_rule: pd.DataFrame
    stations: pd.DataFrame


def compare_plans(plans: Mapping[str, Plan]) -> Comparison:
    """Put plans of one city side by side.

    Parameters
    ----------
    plans
        Name to plan, in the order shown.
    """
    return Comparison(
        totals=pd.DataFrame({name: _totals(plan) for name, plan in plans.items()}),
        by_group=_columns({name: plan.by_group["covered_milli"] for name, plan in plans.items()}),
        by_rule=_columns({name: _by_rule(plan) for name, plan in plans.items()}),
        stations=_stations(plans),
    )


def _totals(plan: Plan) -> pd.Series:
    sums = plan.by_group.sum()
    return pd.Series(
        {
            "stations": len(plan.stations),
            "value": plan.solution.value,
            "bound": plan.solution.bound,
            "covered_milli": int(sums["covered_milli"]),
            "walk_milli": int(sums["walk_milli"]),
            "reachable_milli": int(sums["reachable_milli"]),
            "score_millionths": round(float(plan.stations["score"].sum()) * 1_000_000),
        },
        dtype="int64",
    )


def _by_rule(plan: Plan) -> pd.Series:
    return plan.stations["rules"].explode().value_counts()


def _columns(series: Mapping[str, pd.Series]) -> pd.DataFrame:
    return pd.DataFrame(series).fillna(0).astype("int64").sort_index()


def _stations(plans: Mapping[str, Plan]) -> pd.DataFrame:
    described = pd.concat([plan.stations[["name", "rules"]] for plan in plans.values()])
    described = described[~described.index.duplicated()].sort_index()
    held = {name: described.index.isin(plan.stations.index) for name, plan in plans.items()}
    table = described.assign(**held, plans=pd.DataFrame(held).sum(axis=1).to_numpy())
    return table.sort_values("plans", ascending=False, kind="stable")
