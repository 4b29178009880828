"""Signs on the map for what the planner forbids or demands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from siting.web.state import say

if TYPE_CHECKING:
    from geodata import City
    from siting.plan import Plan
    from siting.web.desk import Desk


def plan_marks(city: City, desk: Desk, plan: Plan) -> tuple[dict[str, Any], ...]:
    """Mark every forbidden and every demanded site that the city still has."""
    sites = plan.question.sites
    marks: list[dict[str, Any]] = []
    for kind, ids in (("ban", desk.asked.plan.ban), ("force", desk.asked.plan.force)):
        known = sites.loc[[site_id for site_id in ids if site_id in sites.index]]
        lonlat = city.to_lonlat(shapely.get_coordinates(known.geometry.to_numpy()).reshape(-1, 2))
        for name, (lon, lat) in zip(known["name"], lonlat.tolist(), strict=True):
            title = say(f"mark_{kind}", name=name)
            marks.append({"kind": kind, "lon": lon, "lat": lat, "title": title})
    return tuple(marks)
