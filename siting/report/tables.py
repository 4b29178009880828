"""The figures of a plan as frames with plain column names; each paper words and formats them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from siting.i18n import t, texts
from siting.settings_question import record_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.city import City
    from siting.gaps import GapReport
    from siting.plan import Plan
    from siting.settings import Settings

_DEGREES = 6
_PARTS = ("question", "money", "capacity", "visits")
_SAYS_NOTHING = {"keep_existing": True}


def people(milli: float) -> int:
    """Return thousandths of a person as whole person-uses."""
    return round(milli / 1000)


def station_rows(city: City, plan: Plan, lang: str) -> pd.DataFrame:
    """Return the stations in rank order, worded, index site_id."""
    rows = plan.stations
    lonlat = city.to_lonlat(shapely.get_coordinates(rows.geometry.to_numpy()))
    return pd.DataFrame(
        {
            "rank": rows["rank"],
            "name": rows["name"],
            "town": rows["town_name"],
            "rules": [_rules(own, lang) for own in rows["rules"]],
            "kind": [t(lang, f"kinds.{kind}") for kind in rows["station_kind"]],
            "host_type": [_host(lang, kind) for kind in rows["host_type"]],
            "street": rows["street_name"].fillna(""),
            "admits": [t(lang, f"report.admits.{who}") for who in rows["admits"]],
            "score": rows["score"].round(3),
            "served": rows["served_milli"].map(people),
            "walk": rows["served_walk_milli"].map(people),
            "street_served": rows["served_street_milli"].map(people),
            "alone": rows["alone_milli"].map(people),
            "sample": [t(lang, "report.files.yes") if flag else "" for flag in rows["sample"]],
            "accuracy": rows["accuracy_m"].round().astype(int),
            "longitude": np.round(lonlat[:, 0], _DEGREES),
            "latitude": np.round(lonlat[:, 1], _DEGREES),
            "reason": rows[f"reason_{lang}"],
        },
        index=rows.index,
    )


def rule_name(rule: str, lang: str) -> str:
    """Name a rule shortly; a rule given from outside by its id."""
    return texts(lang).get(f"report.rules.{rule}", rule)


def _rules(rules: Iterable[str], lang: str) -> str:
    return t(lang, "public.hours.comma").join(rule_name(rule, lang) for rule in rules)


def with_total(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Add a row with the sums; the share is that of the sums."""
    sums = table.select_dtypes("number").sum()
    sums["share"] = sums["covered"] / sums["reachable"] if sums["reachable"] else 0.0
    last = {name: sums[name] if name in sums else t(lang, "report.columns.total") for name in table}
    total = pd.DataFrame([last], index=["total"]).astype(table.dtypes.to_dict())
    return pd.concat([table, total])


def _host(lang: str, kind: str) -> str:
    try:
        return t(lang, f"host_types.{kind}")
    except KeyError:
        return str(kind)


def group_rows(gaps: GapReport, lang: str) -> pd.DataFrame:
    """Return people by group."""
    table = _figures(gaps.by_group)
    table.insert(0, "group", [t(lang, f"groups.{group}") for group in gaps.by_group.index])
    return table


def town_rows(plan: Plan, gaps: GapReport, lang: str) -> pd.DataFrame:
    """Return people and stations by town, index town_code."""
    counts = plan.stations["town_code"].value_counts()
    table = _figures(gaps.by_town)
    names = [name or t(lang, "report.columns.no_town") for name in gaps.by_town["town_name"]]
    table.insert(0, "town", names)
    table.insert(1, "stations", counts.reindex(gaps.by_town.index).fillna(0).astype(int))
    return table


def gap_rows(plan: Plan, gaps: GapReport, lang: str) -> pd.DataFrame:
    """Return the gap clusters, largest first, index gap_id."""
    rows = gaps.clusters
    names = plan.question.sites["name"]
    return pd.DataFrame(
        {
            "town": rows["town_name"],
            "zone": [t(lang, f"zones.{kind}") for kind in rows["zone_kind"]],
            "main_group": [t(lang, f"groups.{group}") for group in rows["main_group"]],
            "people": rows["people_milli"].map(people),
            "places": rows["places"].astype(int),
            "remedy": [rule_name(rule, lang) for rule in rows["rule"]],
            "candidate": [
                str(names.get(site_id) or t(lang, "report.gaps.no_candidate"))
                for site_id in rows["site_id"]
            ],
            "would_serve": rows["would_serve_milli"].map(people),
            "sample": [t(lang, "report.files.yes") if flag else "" for flag in rows["sample"]],
        },
        index=rows.index,
    )


def _figures(frame: pd.DataFrame) -> pd.DataFrame:
    reachable = frame["reachable_milli"].to_numpy(dtype=float)
    covered = frame["covered_milli"].to_numpy(dtype=float)
    share = np.divide(covered, reachable, out=np.zeros_like(covered), where=reachable > 0)
    return pd.DataFrame(
        {
            "people": frame["people_milli"].map(people),
            "reachable": frame["reachable_milli"].map(people),
            "covered": frame["covered_milli"].map(people),
            "walk": frame["walk_milli"].map(people),
            "share": share.round(4),
            "gap": frame["gap_milli"].map(people),
        },
        index=frame.index,
    )


def setting_rows(settings: Settings, lang: str) -> list[tuple[str, Any]]:
    """Return the settings that decide the plan, worded."""
    plan, standard = settings.plan, settings.standard
    rows: list[tuple[str, Any]] = [
        (_word(lang, "stations"), plan.stations),
        (_word(lang, "spacing"), plan.spacing_m),
        (_word(lang, "minutes"), standard.minutes),
        (_word(lang, "speed"), standard.speed_m_s),
        (_word(lang, "dense_minutes"), standard.dense_minutes),
        (_word(lang, "detour"), standard.detour_factor),
        (_word(lang, "snap"), standard.snap_limit_m),
        (_word(lang, "reach"), standard.street_reach_m),
    ]
    rows += [
        (_word(lang, "priority", group=t(lang, f"groups.{group}")), value)
        for group, value in plan.priorities
    ]
    for rule in settings.rules:
        most = _word(lang, "any") if rule.quota_max < 0 else rule.quota_max
        said = (
            f"{rule.weight} / {rule.quota_min} / {most} / {t(lang, f'report.admits.{rule.admits}')}"
        )
        rows.append((_word(lang, "rule", rule=t(lang, f"rules.{rule.id}")), said))
    rows += [
        (_word(lang, "further", name=name), value) for name, value in further_settings(settings)
    ]
    rows.append((_word(lang, "seed"), settings.solver.seed))
    rows.append((_word(lang, "hash"), settings.hash[:16]))
    return rows


def further_settings(settings: Settings) -> list[tuple[str, str]]:
    """Return conditions and questions that this plan sets beyond the usual, by their file names."""
    record = record_of(settings)
    listed = [(part, record[part]) for part in _PARTS if part in record]
    usual = {"stations", "spacing_m", "merge_m", "priorities"}
    listed.append(("plan", {key: record["plan"][key] for key in set(record["plan"]) - usual}))
    listed.append(("hours", {"when": settings.hours.when}))
    return sorted(
        (f"{part}.{key}", json.dumps(value, ensure_ascii=False))
        for part, values in listed
        for key, value in values.items()
        if value not in (_SAYS_NOTHING.get(key), [], "")
    )


def _word(lang: str, key: str, **facts: object) -> str:
    return t(lang, f"report.settings.{key}", **facts)
