"""Layers that the map itself holds: stops, service places and hosts on named streets.

Source of the tags' meanings: OpenStreetMap wiki, "Map features".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.columns import Feature, Host, HostType, Service, ServiceType, Stop
from geodata.osm_frame import layer_rows, middle_points, named_or, without_twins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geodata.osm_assume import OsmAssumptions

_RAIL_STOPS = ("station", "halt", "tram_stop")
_MALLS = ("mall", "department_store")
_EATING = ("restaurant", "fast_food", "cafe", "food_court")
_LEARNING = ("school", "college", "university", "kindergarten")
_COMMUNITY = ("community_centre", "social_centre")
_OTHER_HOSTS = ("bank", "post_office", "library", "police", "theatre", "pharmacy", "clinic")
_EMPTY_SHOPS = ("", "no", "vacant", *_MALLS)
_COMMUNITY_WORDS = "社区|居委会|村委会"
_UNION_WORDS = "工会|驿站"
_HALL_WORDS = "政务|服务大厅|服务中心|办事"
_QUARTERS = ("quarter", "neighbourhood")
_STATION_TWINS_M, _SERVICE_TWINS_M, _HOST_TWINS_M, _STOP_TWINS_M = 400.0, 150.0, 30.0, 80.0
_ROADS = frozenset(
    {
        "trunk",
        "primary",
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "living_street",
        "pedestrian",
        "road",
        "service",
    }
)
_SERVICE_NAMES = {
    ServiceType.HOSPITAL: "医院",
    ServiceType.MALL: "商场",
    ServiceType.RAIL_STATION: "车站",
    ServiceType.SERVICE_HALL: "服务大厅",
}


def stops_from(things: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the stops of bus and rail.

    Bus stops are ``highway=bus_stop``, ``amenity=bus_station``, and platforms or stopping places
    of no other kind that are not within 80 m of a stop of their name.
    """
    rail = things["railway"].isin(_RAIL_STOPS)
    stands = things[things["highway"].eq("bus_stop") | things["amenity"].eq("bus_station")]
    more = things[
        things["public_transport"].isin(("platform", "stop_position"))
        & things["railway"].eq("")
        & ~things[["subway", "train", "light_rail", "tram"]].eq("yes").any(axis=1)
        & things["name"].ne("")
        & ~things.index.isin(stands.index)
    ]
    bus = pd.concat([stands, more[_far_from_twins(more, stands)]])
    bus = pd.concat([stands, without_twins(bus[~bus.index.isin(stands.index)], _STOP_TWINS_M)])
    stations = without_twins(things[rail], _STATION_TWINS_M)
    rows = [
        _stop_rows(gpd.GeoDataFrame(bus, crs=things.crs), "bus", "公交站"),
        _stop_rows(stations, "rail", "车站"),
    ]
    return gpd.GeoDataFrame(pd.concat(rows), crs=things.crs).sort_index()


def _stop_rows(things: gpd.GeoDataFrame, kind: str, fallback: str) -> gpd.GeoDataFrame:
    placed = things.assign(name=named_or(things, fallback)).set_geometry(
        middle_points(things), crs=things.crs
    )
    return layer_rows(placed, "stop", {Stop.STOP_TYPE: kind})


def _far_from_twins(more: gpd.GeoDataFrame, stands: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    tree = shapely.STRtree(stands.geometry.to_numpy())
    row, stand = tree.query(more.geometry.to_numpy(), predicate="dwithin", distance=_STOP_TWINS_M)
    names, known = more["name"].to_numpy(dtype=object), stands["name"].to_numpy(dtype=object)
    far = np.ones(len(more), dtype=bool)
    far[row[names[row] == known[stand]]] = False
    return far


def services_from(things: gpd.GeoDataFrame, assume: OsmAssumptions) -> gpd.GeoDataFrame:
    """Return hospitals, malls, rail stations and service halls with assumed people.

    One place that is mapped twice (building and point) is one row.
    """
    kinds = _service_kinds(things)
    rows = []
    for kind, fallback in _SERVICE_NAMES.items():
        within = _STATION_TWINS_M if kind is ServiceType.RAIL_STATION else _SERVICE_TWINS_M
        chosen = without_twins(things[kinds == kind], within)
        placed = chosen.assign(name=named_or(chosen, fallback)).set_geometry(
            middle_points(chosen), crs=things.crs
        )
        values: dict[str, object] = {
            Service.SERVICE_TYPE: str(kind),
            Service.VISITORS_PER_DAY: round(assume.visitors_per_day[kind]),
            Service.STAFF: round(assume.staff[kind]),
        }
        rows.append(
            layer_rows(placed, "svc", values, sample=True, said="people assumed by kind of place")
        )
    return gpd.GeoDataFrame(pd.concat(rows), crs=things.crs).sort_index()


def _service_kinds(things: gpd.GeoDataFrame) -> NDArray[np.object_]:
    kinds = np.full(len(things), "", dtype=object)
    hospital = (
        things["amenity"].eq("hospital")
        | things["healthcare"].eq("hospital")
        | (things["building"].eq("hospital") & things["amenity"].isin(("", "hospital")))
    )
    government = things["office"].eq("government") & things["name"].str.contains(_HALL_WORDS)
    kinds[things["amenity"].eq("townhall") | government] = ServiceType.SERVICE_HALL
    kinds[things["railway"].isin(("station", "halt"))] = ServiceType.RAIL_STATION
    kinds[things["shop"].isin(_MALLS)] = ServiceType.MALL
    kinds[hospital] = ServiceType.HOSPITAL
    return kinds


def hosts_from(
    things: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, assume: OsmAssumptions
) -> gpd.GeoDataFrame:
    """Return named venues that could lend their place, each with the street it fronts.

    The street is the nearest named one (not a footway) within ``assume.frontage_m`` of the
    venue's outline; the row's point is then the outline's nearest point to it. A community of which
    only the label is mapped is put at the kerb of the nearest street within ``assume.community_m``,
    and its accuracy says so. Unnamed venues are left out: nobody could ask them.
    """
    kinds = host_kinds(things)
    chosen = things[(kinds != "") & things["name"].ne("")]
    chosen = without_twins(chosen, _HOST_TWINS_M)
    label = chosen["place"].isin(_QUARTERS).to_numpy()
    reach = np.where(label, assume.community_m, assume.frontage_m)
    fronts, points = front_streets(chosen, edges, reach, kerb_m=np.where(label, assume.kerb_m, -1))
    values: dict[str, object] = {
        Host.HOST_TYPE: host_kinds(chosen).astype(str).astype(object),
        Host.STREET_NAME: fronts,
        Host.NAMED_IN_ARTICLE: False,
    }
    rows = layer_rows(chosen.set_geometry(points, crs=things.crs), "host", values)
    rows.loc[label, Feature.ACCURACY_M] = assume.community_m
    said = (
        rows[Feature.SOURCE] + "; only the community's label is mapped, put at the nearest street"
    )
    rows[Feature.SOURCE] = rows[Feature.SOURCE].where(~label, said)
    return rows.sort_index()


def host_kinds(things: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return each thing's host type, "" where it is no host; later rules overrule earlier ones."""
    service = _service_kinds(things) != ""
    kinds = np.full(len(things), "", dtype=object)
    amenity, name = things["amenity"], things["name"]
    kinds[~things["office"].isin(("", "no", "vacant"))] = HostType.OFFICE
    kinds[~things["shop"].isin(_EMPTY_SHOPS)] = HostType.SHOP
    kinds[amenity.isin(_OTHER_HOSTS)] = HostType.OTHER
    kinds[amenity.isin(_EATING)] = HostType.RESTAURANT
    kinds[amenity.isin(_LEARNING)] = HostType.SCHOOL
    placed = (kinds != "") | things["building"].ne("").to_numpy()
    quarter = things["place"].isin(_QUARTERS) & name.str.contains("社区")
    community = amenity.isin(_COMMUNITY) | quarter
    community |= name.str.contains(_COMMUNITY_WORDS) & placed & ~amenity.isin(_LEARNING)
    kinds[community] = HostType.COMMUNITY
    kinds[(name.str.contains(_UNION_WORDS) & placed).to_numpy()] = HostType.UNION_STATION
    kinds[service] = ""
    return kinds


def front_streets(
    things: gpd.GeoDataFrame,
    edges: gpd.GeoDataFrame,
    reach_m: NDArray[np.float64] | float,
    *,
    kerb_m: NDArray[np.float64] | float = -1.0,
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return the named street that each thing fronts ("" none) and the point of its front.

    Parameters
    ----------
    things
        Points or outlines, metric.
    edges
        Streets with columns name, street_class.
    reach_m
        Largest distance between a thing's outline and its street.
    kerb_m
        Where not negative, the point is put so far from the street's line, on the thing's side.
    """
    names = np.full(len(things), "", dtype=object)
    points = middle_points(things)
    roads = edges[edges["name"].ne("") & edges["street_class"].isin(_ROADS)]
    if roads.empty or things.empty:
        return names, points
    shapes = things.geometry.to_numpy()
    lines = roads.geometry.to_numpy()
    reach, kerb = (np.broadcast_to(value, len(shapes)) for value in (reach_m, kerb_m))
    (row, road), gap = shapely.STRtree(lines).query_nearest(
        shapes, max_distance=float(reach.max()), all_matches=False, return_distance=True
    )
    near = gap <= reach[row]
    row, road = row[near], road[near]
    names[row] = roads["name"].to_numpy(dtype=object)[road]
    outline = np.where(shapely.area(shapes) > 0, shapely.boundary(shapes), shapes)
    nearest = shapely.shortest_line(outline[row], lines[road])
    back = np.where(kerb[row] < 0, np.inf, kerb[row])
    along = np.maximum(0.0, shapely.length(nearest) - back)
    points[row] = shapely.line_interpolate_point(nearest, along)
    return names, points
