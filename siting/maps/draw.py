"""Put a plan on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.maps.ground import ground
from siting.maps.layers import (
    candidate_layer,
    gap_layer,
    people_layer,
    served_status,
    station_layer,
)
from siting.maps.page import OfflineMap
from siting.maps.streets import street_layer
from siting.maps.texts import labels, people, say

if TYPE_CHECKING:
    import pandas as pd

    from geodata.city import City
    from siting.gaps import GapReport
    from siting.plan import Plan


def draw_map(
    city: City, plan: Plan, *, gaps: GapReport | None = None, lang: str = "zh"
) -> OfflineMap:
    """Draw a plan: stations by rule, people served and left out, gaps, main streets.

    Parameters
    ----------
    city
        The city the plan was made for.
    plan
        The plan.
    gaps
        Its gaps; left away, none are marked.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    OfflineMap
        A folium map of one file, without any outside address; ``save(path)`` writes it.

    Raises
    ------
    MapAssetError
        Leaflet is not installed.
    """
    name = city.name_en if lang == "en" else city.name
    title = say(lang, "title", city=name, stations=len(plan.stations))
    data = {**ground_data(city, lang), "plan": plan_data(city, plan, gaps=gaps, lang=lang)}
    return OfflineMap(title=title, lang=lang, data=data)


def ground_data(city: City, lang: str) -> dict[str, Any]:
    """Gather what a map of the city needs before there is a plan: texts, streets, names."""
    notes = [say(lang, "note_area"), say(lang, "note_groups")]
    if any(frame["sample"].any() for frame in city.layers.values()):
        notes.append(say(lang, "note_sample"))
    return {"labels": labels(lang), "base": ground(city, lang), "notes": notes}


def plan_data(
    city: City,
    plan: Plan,
    *,
    gaps: GapReport | None = None,
    lang: str = "zh",
    candidates: bool = False,
) -> dict[str, Any]:
    """Gather what the map shows of a plan.

    Parameters
    ----------
    city
        The city the plan was made for.
    plan
        The plan.
    gaps
        Its gaps; left away, none are marked.
    lang
        ``zh`` or ``en``.
    candidates
        True adds the places that were not chosen.
    """
    demand = plan.question.demand
    unreachable: pd.Index = plan.question.coverage.unreachable.index
    status = served_status(demand, plan.allocation, unreachable)
    stations = station_layer(city, plan.stations, lang)
    places = people_layer(city, demand, plan.allocation, status, list(plan.stations.index))
    existing = [
        {"lon": entry["lon"], "lat": entry["lat"]}
        for entry, there in zip(stations, plan.stations["existing"], strict=True)
        if there
    ]
    sites = plan.question.sites
    free = sites[~sites.index.isin(plan.stations.index)]
    extra = {"candidates": candidate_layer(city, free)} if candidates else {}
    total = plan.by_group.sum()
    totals = {
        "walk": people(total["walk_milli"]),
        "street": people(total["covered_milli"] - total["walk_milli"]),
        "left": people(total["reachable_milli"] - total["covered_milli"]),
        "away": people(total["people_milli"] - total["reachable_milli"]),
    }
    return {
        **extra,
        "totals": totals,
        "stations": stations,
        "existing": existing,
        "streets": street_layer(city, demand, status),
        "gaps": gap_layer(city, gaps.clusters, lang) if gaps is not None else [],
        **places,
    }
