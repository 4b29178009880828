"""Layers that rest on assumptions: employers, outdoor workers, container places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.columns import Enterprise, Feature, Group, Lot, Outdoor
from geodata.osm_assume import (
    COURIER_HOURS,
    COURIER_INTENSITY,
    GUARD_HOURS,
    GUARD_INTENSITY,
    SANITATION_HOURS,
    SANITATION_INTENSITY,
)
from geodata.osm_frame import layer_rows, middle_points, named_or
from geodata.osm_mainstreets import street_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geodata.osm_assume import OsmAssumptions

_M2_PER_HA = 10_000.0
_WORKS = ("works", "wastewater_plant", "water_works")
_INDUSTRIAL_BUILDINGS = ("industrial", "factory", "manufacture", "warehouse")
_OFFICE_BUILDINGS = ("office", "commercial")
_GATES = ("gate", "lift_gate", "swing_gate", "sliding_gate")
_GUARDED_AMENITIES = ("school", "college", "university", "kindergarten", "hospital")
_COURIER_AMENITIES = ("post_office", "post_depot", "parcel_locker")
_OPEN_LEISURE = ("park", "garden", "common", "pitch")
_OPEN_LANDUSE = (
    "grass",
    "greenfield",
    "brownfield",
    "meadow",
    "recreation_ground",
    "village_green",
)
_LOT_WORDS = {"open_ground": "空地", "park_edge": "公园边", "square": "广场", "parking": "停车场"}
_SMALLEST_LOT_M2 = 60.0  # a container of 15 m2 and room to open its door
_ROADSIDE_ACCURACY_M = 50.0


def enterprises_from(things: gpd.GeoDataFrame, assume: OsmAssumptions) -> gpd.GeoDataFrame:
    """Return one employer for each industrial area, works, and office or industrial building.

    Head-counts are area times ``assume.people_per_industrial_ha``, for office buildings floor area
    over ``assume.m2_per_office_worker``. A building inside a larger counted area is not counted
    again.
    """
    land = things["landuse"].eq("industrial") | things["man_made"].isin(_WORKS)
    halls = things["building"].isin(_INDUSTRIAL_BUILDINGS)
    offices = things["building"].isin(_OFFICE_BUILDINGS)
    chosen = things[(land | halls | offices) & (things["area_m2"] > 0)]
    chosen = chosen[~_inside_larger(chosen)]
    levels = pd.to_numeric(chosen["building:levels"], errors="coerce").fillna(assume.storeys)
    floor = chosen["area_m2"] * levels.clip(1, 100)
    office = chosen["building"].isin(_OFFICE_BUILDINGS) & chosen["landuse"].ne("industrial")
    people = np.where(
        office,
        floor / assume.m2_per_office_worker,
        chosen["area_m2"] / _M2_PER_HA * assume.people_per_industrial_ha,
    )
    headcount = pd.Series(np.rint(people).astype(np.int64), index=chosen.index)
    enough = headcount >= assume.smallest_headcount
    chosen, headcount, office = chosen[enough], headcount[enough], office[enough]
    fallback = np.where(office, named_or(chosen, "办公楼"), named_or(chosen, "工业用地"))
    placed = chosen.assign(name=fallback).set_geometry(middle_points(chosen), crs=things.crs)
    values: dict[str, object] = {Enterprise.HEADCOUNT: headcount.to_numpy(), Enterprise.PARK: ""}
    return layer_rows(placed, "ent", values, sample=True, said="head-count assumed from area")


def _inside_larger(things: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    shapes = things.geometry.to_numpy()
    inside = np.zeros(len(things), dtype=bool)
    part, whole = shapely.STRtree(shapes).query(middle_points(things), predicate="within")
    larger = shapely.area(shapes[whole]) > shapely.area(shapes[part])
    inside[part[larger]] = True
    return inside


def outdoor_from(
    things: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, assume: OsmAssumptions
) -> gpd.GeoDataFrame:
    """Return assumed outdoor workers.

    Sanitation: a team for each section of a main street. Guards: at gates, and at schools,
    hospitals and industrial areas that no mapped gate touches. Couriers: at post offices and malls.
    """
    sections = street_points(streets, assume.sanitation_spacing_m, "清扫段")
    gates = things[things["barrier"].isin(_GATES)]
    sites = things[things["amenity"].isin(_GUARDED_AMENITIES) | things["landuse"].eq("industrial")]
    guarded = shapely.STRtree(gates.geometry.to_numpy()).query(
        sites.geometry.to_numpy(), predicate="intersects"
    )[0]
    guards = pd.concat([gates, sites[~np.isin(np.arange(len(sites)), guarded)]])
    couriers = things[
        things["amenity"].isin(_COURIER_AMENITIES) | things["shop"].isin(("mall", "supermarket"))
    ]
    rows = [
        _workers(
            sections,
            Group.SANITATION,
            assume.sanitation_people,
            SANITATION_HOURS,
            SANITATION_INTENSITY,
        ),
        _workers(
            _places(guards, "岗亭"), Group.GUARD, assume.guard_people, GUARD_HOURS, GUARD_INTENSITY
        ),
        _workers(
            _places(couriers, "快递点"),
            Group.COURIER,
            assume.courier_people,
            COURIER_HOURS,
            COURIER_INTENSITY,
        ),
    ]
    return gpd.GeoDataFrame(pd.concat(rows), crs=things.crs).sort_index()


def _places(things: gpd.GeoDataFrame, word: str) -> gpd.GeoDataFrame:
    named = [
        f"{name}{word}" if name else f"{word} {osm_id}"
        for name, osm_id in zip(things["name"], things.index, strict=True)
    ]
    frame = gpd.GeoDataFrame(things, crs=things.crs)
    return frame.assign(name=np.array(named, dtype=object)).set_geometry(
        middle_points(frame), crs=things.crs
    )


def _workers(
    places: gpd.GeoDataFrame, group: Group, people: int, hours: float, intensity: float
) -> gpd.GeoDataFrame:
    values: dict[str, object] = {
        Outdoor.GROUP: str(group),
        Outdoor.PEOPLE: people,
        Outdoor.HOURS_PER_DAY: hours,
        Outdoor.INTENSITY: intensity,
    }
    return layer_rows(places, f"out_{group}", values, sample=True, said="workers assumed")


def lots_from(
    things: gpd.GeoDataFrame,
    edges: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    assume: OsmAssumptions,
) -> gpd.GeoDataFrame:
    """Return places where a container could stand.

    Car parks, open ground and parks of at least 60 m2 within ``assume.open_ground_m`` of a street
    (the point is the ground's edge nearest to it), and, as samples, the side of other roads than
    main streets (where R4 looks) every ``assume.roadside_spacing_m``.
    """
    kinds = np.full(len(things), "", dtype=object)
    kinds[things["landuse"].isin(_OPEN_LANDUSE)] = "open_ground"
    kinds[things["leisure"].isin(_OPEN_LEISURE)] = "park_edge"
    kinds[things["place"].eq("square")] = "square"
    kinds[things["amenity"].eq("parking")] = "parking"
    small = things["area_m2"].between(0, _SMALLEST_LOT_M2, inclusive="neither")
    kinds[small | things["building"].ne("")] = ""
    chosen = things[kinds != ""].assign(_kind=kinds[kinds != ""])
    shapes = chosen.geometry.to_numpy()
    lines = edges.geometry.to_numpy()
    row, road = shapely.STRtree(lines).query_nearest(
        shapes, max_distance=assume.open_ground_m, all_matches=False
    )
    outline = np.where(shapely.area(shapes) > 0, shapely.boundary(shapes), shapes)
    edge_points = shapely.get_point(shapely.shortest_line(outline[row], lines[road]), 0)
    near = chosen.iloc[row].set_geometry(edge_points, crs=things.crs)
    real = layer_rows(
        near.assign(name=_lot_names(near)), "lot", {Lot.LOT_TYPE: near["_kind"].to_numpy()}
    )
    roadside = layer_rows(
        street_points(roads, assume.roadside_spacing_m, "路侧"),
        "lot",
        {Lot.LOT_TYPE: "roadside"},
        sample=True,
        said="roadside assumed",
    )
    roadside[Feature.ACCURACY_M] = _ROADSIDE_ACCURACY_M
    return gpd.GeoDataFrame(pd.concat([real, roadside]), crs=things.crs).sort_index()


def _lot_names(lots: gpd.GeoDataFrame) -> NDArray[np.object_]:
    named = lots["name"].to_numpy(dtype=object)
    general = [
        f"{_LOT_WORDS[kind]} {osm_id}"
        for kind, osm_id in zip(lots["_kind"], lots.index, strict=True)
    ]
    names: NDArray[np.object_] = np.where(named == "", np.array(general, dtype=object), named)
    return names
