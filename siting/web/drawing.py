"""What the map draws to answer a click: the ground reached, and the must-pass ways of workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.columns import Enterprise, LayerName
from siting.maps.coding import encode_points
from siting.maps.ground import city_bounds
from siting.mustpass import must_pass_ways
from siting.rules.enterprise import gates_of
from siting.service_area import service_area

if TYPE_CHECKING:
    from geodata import City
    from siting.mustpass import MustPass
    from siting.plan import Plan

_RULE = "R1"
_SIMPLE_M = 8.0
_SHOWN_SPOTS = 4
_LEAST_SHARE = 0.03


def reach_drawing(city: City, plan: Plan, x: float, y: float) -> dict[str, Any]:
    """Draw the ground within the plan's walking standard of a metric point."""
    standard = plan.settings.standard
    area = service_area(city, x, y, standard.cutoff_mm, standard)
    slim = shapely.simplify(area.outline, _SIMPLE_M)
    rings = [
        ring
        for part in shapely.get_parts(slim)
        if isinstance(part, shapely.Polygon)
        for ring in (part.exterior, *part.interiors)
    ]
    return {"outline": _coded(city, rings)}


def must_pass_of(city: City, plan: Plan, site_id: str) -> MustPass | None:
    """Find the ways of the workers of an R1 site's enterprise; None where it has none."""
    site = plan.question.sites.loc[site_id]
    layer = city.layers[LayerName.ENTERPRISES]
    if _RULE not in site["rules"] or site["host_id"] not in layer.index:
        return None
    host = layer.loc[[site["host_id"]]]
    people = host[Enterprise.HEADCOUNT].astype(float)
    ground = people * plan.settings.rule(_RULE).option("ground_m2_per_worker")
    frame = host[["geometry"]].assign(people=people, radius_m=np.sqrt(ground / np.pi))
    gates = gates_of(city, host.index)
    found = must_pass_ways(city.network, frame, city.layers[LayerName.STOPS], gates=gates)
    return found.get(str(site["host_id"]))


def ways_drawing(city: City, ways: MustPass, legend: str) -> dict[str, Any]:
    """Draw the ways of an enterprise's workers, as wide as the share that walks there."""
    drawn: dict[str, Any] = {"lines": [], "widths": [], "spots": [], "legend": legend}
    if ways.flows is not None:
        flows = ways.flows[ways.flows["share"] >= _LEAST_SHARE]
        drawn["lines"] = _coded(city, list(flows.geometry))
        drawn["widths"] = flows["share"].round(3).tolist()
    places = [place for place in ways.places if place.share >= _LEAST_SHARE][:_SHOWN_SPOTS]
    at = city.to_lonlat(np.array([[place.x, place.y] for place in places]).reshape(-1, 2))
    for place, (lon, lat) in zip(places, at.tolist(), strict=True):
        drawn["spots"].append(
            {"lon": round(lon, 6), "lat": round(lat, 6), "text": f"{place.share:.0%}"}
        )
    return drawn


def _coded(city: City, lines: list[shapely.Geometry]) -> list[list[int]]:
    """Code lines for the page, all with one change of coordinates."""
    if not lines:
        return []
    west, south, *_rest = city_bounds(city)
    xy, owner = shapely.get_coordinates(np.array(lines, dtype=object), return_index=True)
    cuts = np.flatnonzero(np.diff(owner)) + 1
    return [encode_points(part, (west, south)) for part in np.split(city.to_lonlat(xy), cuts)]
