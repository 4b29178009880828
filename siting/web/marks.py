"""Signs on the map for what the planner forbids or demands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from siting.web.state import say

if TYPE_CHECKING:
    from geodata import City
    from siting.plan import Plan
    from siting.web.desk import Desk

_SAID = {"asked": "waits", "agreed": "agreed", "refused": "refused"}


def plan_marks(city: City, desk: Desk, plan: Plan) -> tuple[dict[str, Any], ...]:
    """Mark every forbidden and every demanded site, and what hosts said, where the city has it."""
    sites = plan.question.sites
    marks: list[dict[str, Any]] = []
    hosts = desk.asked.plan.hosts
    said = {sign: tuple(h.site for h in hosts if h.answer == kind) for kind, sign in _SAID.items()}
    lists = {"ban": desk.asked.plan.ban, "force": desk.asked.plan.force, **said}
    for kind, ids in lists.items():
        known = sites.loc[[site_id for site_id in ids if site_id in sites.index]]
        lonlat = city.to_lonlat(shapely.get_coordinates(known.geometry.to_numpy()).reshape(-1, 2))
        for name, (lon, lat) in zip(known["name"], lonlat.tolist(), strict=True):
            title = say(f"mark_{kind}", name=name)
            marks.append({"kind": kind, "lon": lon, "lat": lat, "title": title})
    return tuple(marks)
