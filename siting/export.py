"""Files of a plan: stations and gaps as GeoJSON (RFC 7946), the plan itself, the run's record."""

from __future__ import annotations

import dataclasses
import json
import platform
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.answer import answer_short, asked_kind, plan_cost
from siting.files import write_json
from siting.i18n import t
from siting.rules.base import points_xy
from siting.settings import canonical_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from geodata import City
    from siting.gaps import GapReport
    from siting.plan import Plan

_DEGREES = 7
"""Decimals of a longitude or latitude: about a centimetre."""


def stations_geojson(city: City, plan: Plan) -> dict[str, Any]:
    """Return the stations as an RFC 7946 FeatureCollection (WGS-84), internal edition."""
    features = []
    for (site_id, row), lonlat in _with_lonlat(city, plan.stations):
        features.append(_feature(site_id, lonlat, _station_properties(row)))
    return _collection(plan, features, "stations")


def gaps_geojson(city: City, plan: Plan, gaps: GapReport) -> dict[str, Any]:
    """Return the gap clusters as an RFC 7946 FeatureCollection (WGS-84), internal edition.

    Beside the features stand the tables: ``left_out`` by group, town and kind of zone (thousandths
    of a person), ``streets`` in metres, and ``unreachable``: people to whom no street leads.
    """
    features = []
    for (gap_id, row), lonlat in _with_lonlat(city, gaps.clusters):
        properties = {
            "people": row["people_milli"] / 1000,
            "places": int(row["places"]),
            "main_group": row["main_group"],
            "zone_kind": row["zone_kind"],
            "town_code": row["town_code"],
            "town": row["town_name"],
            "rule": row["rule"],
            "best_candidate": row["site_id"] or None,
            "best_candidate_would_serve": row["would_serve_milli"] / 1000,
            "sample": bool(row["sample"]),
        }
        features.append(_feature(gap_id, lonlat, properties))
    return {
        **_collection(plan, features, "gaps"),
        "left_out": {
            "by_group": _table(gaps.by_group),
            "by_town": _table(gaps.by_town),
            "by_zone": _table(gaps.by_zone),
        },
        "streets": _table(gaps.streets.round(3)),
        "unreachable": _table(gaps.unreachable),
    }


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return everything that defines the plan; equal inputs give equal text."""
    solution = plan.solution
    return {
        "schema_version": plan.schema_version,
        "edition": "internal",
        "city": plan.city_id,
        "city_name": plan.city_name,
        "city_version": plan.city_version,
        "settings_hash": plan.settings_hash,
        "settings": json.loads(canonical_text(plan.settings)),
        "stations": sorted(solution.chosen),
        "solution": solution_json(plan),
        "by_group": _table(plan.by_group),
        "allocation": _table(plan.allocation),
        "notes": [dataclasses.asdict(note) for note in plan.notes],
    }


def solution_json(plan: Plan) -> dict[str, Any]:
    """Return the solution's figures: integers in thousandths, the gap as a share 0-1."""
    solution = plan.solution
    return {
        "value": solution.value,
        "bound": solution.bound,
        "gap": solution.gap,
        "status": solution.status,
        "tolerance": solution.tolerance,
        "solver": solution.solver,
        "unit": _unit(plan),
        "stage2": None if solution.stage2 is None else dataclasses.asdict(solution.stage2),
        **_later_figures(plan),
    }


_UNITS = {
    "fewest": "stations",
    "cheapest": "yuan",
    "mean_distance": "metres x people, thousandths, beyond far_m as far_m",
    "worst_distance": "metres",
    "equal_distance": "burden x people: exp(aversion * d / far_m) in ten-millionths",
    "visits": "people x 0.5 ** (d / half_m), millionths",
    "worst_part": "share in ten-thousandths",
    "phases": "priority-weighted people x tenths of a month, thousandths",
    "capacity": "people served within capacities, thousandths",
}


def _unit(plan: Plan) -> str:
    counted = f"person-{'hours' if plan.settings.hours.when else 'uses'}"
    return _UNITS.get(asked_kind(plan), f"priority-weighted {counted}, thousandths")


def _later_figures(plan: Plan) -> dict[str, Any]:
    """Return what only other questions than "most people" have."""
    solution = plan.solution
    told: dict[str, Any] = {}
    if solution.question != "most_people" or solution.sense != 1:
        told |= {"question": solution.question, "sense": solution.sense}
    if solution.phases:
        told["phases"] = [list(ids) for ids in solution.phases]
    if solution.flows:
        told["flows"] = [list(flow) for flow in solution.flows]
    if told or plan.question.problem.cost is not None:
        told |= {"answer_zh": answer_short("zh", plan), "answer_en": answer_short("en", plan)}
        told["cost_yuan"] = plan_cost(plan)
    return told


def run_json(plan: Plan, times_s: Mapping[str, float]) -> dict[str, Any]:
    """Return what differs from run to run: times, versions, machine."""
    packages = ("numpy", "pandas", "geopandas", "shapely", "numba", "scipy", "highspy", "pyscipopt")
    return {
        "schema_version": plan.schema_version,
        "settings_hash": plan.settings_hash,
        "city_version": plan.city_version,
        "times_s": {name: round(seconds, 3) for name, seconds in times_s.items()},
        "nodes": plan.solution.nodes,
        "lp_iterations": plan.solution.lp_iterations,
        "versions": {name: metadata.version(name) for name in packages},
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
    }


def write_geojson(city: City, plan: Plan, path: Path) -> None:
    """Write the stations of a plan, internal edition."""
    write_json(path, stations_geojson(city, plan))


def _with_lonlat(city: City, frame: gpd.GeoDataFrame) -> list[Any]:
    lonlat = city.to_lonlat(points_xy(frame)) if len(frame) else np.empty((0, 2))
    rows = zip(frame.index, frame.drop(columns="geometry").to_dict("records"), strict=True)
    return list(zip(rows, lonlat, strict=True))


def _feature(feature_id: str, lonlat: np.ndarray, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": feature_id,
        "geometry": {
            "type": "Point",
            "coordinates": [round(float(value), _DEGREES) for value in lonlat],
        },
        "properties": {"id": feature_id, **properties},
    }


def _collection(plan: Plan, features: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "schema_version": plan.schema_version,
        "kind": kind,
        "edition": "internal",
        "edition_zh": t("zh", "notes.internal_edition"),
        "edition_en": t("en", "notes.internal_edition"),
        "city": plan.city_id,
        "city_version": plan.city_version,
        "settings_hash": plan.settings_hash,
        "features": features,
    }


def _station_properties(row: Mapping[str, Any]) -> dict[str, Any]:
    rule_scores = {
        key.removeprefix("score_"): value
        for key, value in row.items()
        if key.startswith("score_") and value == value  # noqa: PLR0124  (not NaN)
    }
    return {
        "name": row["name"],
        "rules": list(row["rules"]),
        "kind": row["station_kind"],
        "host": row["host_name"],
        "host_type": row["host_type"],
        "town_code": row["town_code"],
        "town": row["town_name"],
        "street": row["street_name"],
        "admits": row["admits"],
        "existing": bool(row["existing"]),
        "rank": int(row["rank"]),
        "score": row["score"],
        "score_parts": {"rules": rule_scores, "criteria": list(row["criteria"])},
        "people_in_range": row["in_range_milli"] / 1000,
        "people_served": row["served_milli"] / 1000,
        "people_served_walking": row["served_walk_milli"] / 1000,
        "people_served_street_clause": row["served_street_milli"] / 1000,
        "people_served_by_it_alone": row["alone_milli"] / 1000,
        "expected_visits_per_day": row["expected_visits_milli"] / 1000,
        "phase": int(row["phase"]) or None,
        "build_yuan": row["build_yuan"],
        "run_yuan_per_year": row["run_yuan"],
        "people_served_within_capacity": _load(row["load_milli"]),
        "reason_zh": row["reason_zh"],
        "reason_en": row["reason_en"],
        "sample": bool(row["sample"]),
        "data": "sample" if row["sample"] else "real",
        "accuracy_m": row["accuracy_m"],
        "source": row["source"],
    }


def _load(milli: int) -> float | None:
    return None if milli < 0 else milli / 1000


def _table(frame: Any) -> dict[str, dict[str, Any]]:
    ordered = frame.sort_index()
    return dict(zip(map(str, ordered.index), ordered.to_dict("records"), strict=True))
