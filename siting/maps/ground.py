"""The ground of the map: the city's own streets, water, towns and names. No tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.columns import LayerName
from siting.maps.coding import STEPS_PER_DEGREE, encode_lines, encode_points

if TYPE_CHECKING:
    from geodata.city import City

_MAIN = ("trunk", "primary", "secondary", "tertiary")
_MAPPED, _INTERPOLATED, _ASSUMED = 0, 1, 2
_LABELS_OF_ONE_STREET = 3
_LABEL_EVERY_M = 2500.0
_SHORTEST_LABELLED_M = 150.0
_MARGIN = 0.01


def ground(city: City, lang: str) -> dict[str, Any]:
    """Everything of the map that does not depend on a plan.

    Parameters
    ----------
    city
        The city.
    lang
        ``zh`` or ``en``: the towns' names.
    """
    bounds = city_bounds(city)
    origin = (bounds[0], bounds[1])
    groups = [
        {"kind": kind, "lines": encode_lines(lines, city, origin)}
        for kind, lines in _street_lines(city).items()
    ]
    shown = {str(group["kind"]) for group in groups if group["lines"]}
    legend = ("main", "guessed", "assumed", "motorway", "river", "rail")
    return {
        "origin": origin,
        "scale": STEPS_PER_DEGREE,
        "bounds": bounds,
        "boundary": _rings(city, origin),
        "groups": groups,
        "legend": [kind for kind in legend if kind in shown],
        "towns": _town_names(city, lang),
        "streets": _street_names(city),
    }


def city_bounds(city: City) -> list[float]:
    """West, south, east, north of the map, degrees; its corner is the origin of all codes."""
    x0, y0, x1, y1 = shapely.bounds(city.boundary)
    corners = city.to_lonlat(np.array([[x0, y0], [x0, y1], [x1, y0], [x1, y1]]))
    low, high = corners.min(axis=0) - _MARGIN, corners.max(axis=0) + _MARGIN
    return [round(float(value), 5) for value in (*low, *high)]


def _rings(city: City, origin: tuple[float, float]) -> list[list[int]]:
    polygons = shapely.get_parts(city.boundary)
    return [
        encode_points(city.to_lonlat(shapely.get_coordinates(ring)), origin)
        for ring in shapely.get_exterior_ring(shapely.simplify(polygons, 20.0))
    ]


def _street_lines(city: City) -> dict[str, np.ndarray]:
    network = city.network
    geometry = np.asarray(network.edge_geometry, dtype=object)
    origin = np.asarray(network.edge_origin)
    classes = np.asarray(network.edge_class).astype(str)
    main = np.isin(np.char.replace(classes, "_link", ""), _MAIN)
    known = origin == _MAPPED
    found = {
        "assumed": geometry[origin == _ASSUMED],
        "guessed": geometry[origin == _INTERPOLATED],
        "minor": geometry[known & ~main],
        "main": geometry[known & main],
    }
    for kind in ("river", "rail", "motorway"):
        found[kind] = city.barriers.geometry[city.barriers["kind"].eq(kind)].to_numpy()
    return found


def _town_names(city: City, lang: str) -> list[list[object]]:
    names = city.towns["name_en" if lang == "en" else "name"]
    places = city.towns.geometry
    drawn = ~(places.is_empty | places.isna())
    lonlat = city.to_lonlat(shapely.get_coordinates(places[drawn].to_numpy()))
    return _named(lonlat, names[drawn].tolist())


def _named(lonlat: np.ndarray, names: list[str]) -> list[list[object]]:
    return [
        [round(lon, 5), round(lat, 5), name]
        for (lon, lat), name in zip(lonlat.tolist(), names, strict=True)
    ]


def _street_names(city: City) -> list[list[object]]:
    """Names along the streets: main streets first, then the longest; each a few times."""
    network = city.network
    street = np.asarray(network.edge_street)
    length_m = np.asarray(network.edge_length_mm) / 1000.0
    total_m = np.bincount(
        street[street >= 0], weights=length_m[street >= 0], minlength=len(network.street_ids)
    )
    main = set(city.layers[LayerName.STREETS]["street_name"])
    weight = total_m + np.array([1e7 * (name in main) for name in network.street_names])
    spots: list[np.ndarray] = []
    names: list[str] = []
    by_street = np.argsort(street, kind="stable")
    starts = np.searchsorted(street[by_street], np.arange(len(network.street_ids) + 1))
    for piece in np.argsort(-weight, kind="stable"):
        if total_m[piece] < _SHORTEST_LABELLED_M:
            continue
        edges = by_street[starts[piece] : starts[piece + 1]]
        times = int(min(_LABELS_OF_ONE_STREET, 1 + total_m[piece] // _LABEL_EVERY_M))
        picked = edges[np.linspace(0, len(edges) - 1, times + 2).astype(int)[1:-1]]
        lines = np.asarray(network.edge_geometry, dtype=object)[picked]
        middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
        spots.append(shapely.get_coordinates(middle))
        names += [network.street_names[piece]] * times
    if not spots:
        return []
    rows = _named(city.to_lonlat(np.concatenate(spots)), names)
    return [[*row, int(str(row[2]) not in main)] for row in rows]
