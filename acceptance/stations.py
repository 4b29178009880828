"""What a plan's files say, measured against the city they were made for."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

from geodata import City, load_city

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


@cache
def daxing() -> City:
    """Open the bundled city once."""
    return load_city("daxing")


def features(path: Path) -> list[dict[str, Any]]:
    """Read the features of a GeoJSON file."""
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return found


def serving(stations: list[dict[str, Any]], rule: str) -> list[dict[str, Any]]:
    """Pick the stations of a rule."""
    return [station for station in stations if rule in station["properties"]["rules"]]


def metric_xy(city: City, stations: list[dict[str, Any]]) -> NDArray[np.float64]:
    """Return stations' places in the city's metric CRS, metres, shape (n, 2)."""
    lonlat = np.array([station["geometry"]["coordinates"] for station in stations], dtype=float)
    forward = pyproj.Transformer.from_crs("EPSG:4326", city.metric_crs, always_xy=True)
    x, y = forward.transform(lonlat[:, 0], lonlat[:, 1])
    return np.column_stack([x, y])


def metres_to_own_street(city: City, stations: list[dict[str, Any]]) -> NDArray[np.float64]:
    """Return how far each station stands from the centreline of the street it names, metres."""
    network = city.network
    distances = []
    for station, xy in zip(stations, metric_xy(city, stations), strict=True):
        mine = network.edge_name == station["properties"]["street"]
        lines = shapely.multilinestrings(list(network.edge_geometry[mine]))
        distances.append(shapely.distance(lines, shapely.points(xy)))
    return np.array(distances)


def metres_to_own_host(city: City, stations: list[dict[str, Any]]) -> NDArray[np.float64]:
    """Return how far each station stands from the enterprise it names, metres."""
    places = city.layers["enterprises"].groupby("name")["geometry"]
    distances = []
    for station, xy in zip(stations, metric_xy(city, stations), strict=True):
        homes = places.get_group(station["properties"]["host"]).to_numpy()
        distances.append(shapely.distance(homes, shapely.points(xy)).min())
    return np.array(distances)


def metres_to_own_edge(
    city: City, stations: list[dict[str, Any]], plan_file: Path
) -> NDArray[np.float64]:
    """Return the radius of each station's enterprise, estimated from its head-count, metres.

    Source: the setting `ground_m2_per_worker` of R1 that the plan was made with.
    """
    settings = json.loads(plan_file.read_text(encoding="utf-8"))["settings"]
    rule = next(rule for rule in settings["rules"] if rule["id"] == "R1")
    ground_m2 = dict(rule["options"])["ground_m2_per_worker"]
    people = city.layers["enterprises"].groupby("name")["headcount"].max()
    hosts = [station["properties"]["host"] for station in stations]
    radii: NDArray[np.float64] = np.sqrt(people[hosts].to_numpy(dtype=float) * ground_m2 / np.pi)
    return radii
