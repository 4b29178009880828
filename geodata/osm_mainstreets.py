"""Main streets of an extract, the other roads, and points along both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.columns import Street
from geodata.osm_frame import layer_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geodata.osm_assume import OsmAssumptions

_NO_STREET = "(?:隧道|立交|立交桥|匝道)$"  # nobody stays in a tunnel or on a ramp
_ROAD_WORDS = {
    "trunk": "干线公路",
    "primary": "主干路",
    "secondary": "次干路",
    "tertiary": "支路",
    "unclassified": "一般道路",
    "residential": "居住区道路",
    "track": "土路",
}
_MIDDLE = 0.5
_NEAREST_SHARE = 0.6


def main_streets(edges: gpd.GeoDataFrame, assume: OsmAssumptions) -> gpd.GeoDataFrame:
    """Return one row for each named street of the main classes, its lines as one geometry.

    Returns
    -------
    geopandas.GeoDataFrame
        Index street name, sorted; columns street_class (the highest it has), people_per_m; geometry
        (Multi)LineString.
    """
    rank = {kind: at for at, kind in enumerate(assume.people_per_m)}
    named = edges["name"].ne("") & ~edges["name"].str.contains(_NO_STREET)
    main = edges[named & edges["street_class"].isin(rank)]
    main = main.assign(_rank=main["street_class"].map(rank)).sort_values(["name", "_rank"])
    best = main.groupby("name")["street_class"].first()
    return gpd.GeoDataFrame(
        {"street_class": best, "people_per_m": best.map(dict(assume.people_per_m)).astype(float)},
        geometry=_joined(main),
        crs=edges.crs,
    )


def other_roads(edges: gpd.GeoDataFrame, main: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the roads for vehicles that are no main streets, joined by name.

    Unnamed ones are joined by class under a general name (``一般道路``). Index name.
    """
    roads = edges[edges["street_class"].isin(_ROAD_WORDS) & ~edges["name"].isin(main.index)]
    general = roads["street_class"].map(_ROAD_WORDS).astype(object)
    named = roads.assign(name=roads["name"].where(roads["name"].ne(""), general))
    named = named[~named["name"].str.contains(_NO_STREET)]
    return gpd.GeoDataFrame(geometry=_joined(named), crs=edges.crs)


def _joined(edges: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the edges of each name as one geometry, index name; they are noded already."""
    ordered = edges.sort_values("name", kind="stable")
    code, names = pd.factorize(ordered["name"])
    lines = shapely.multilinestrings(ordered.geometry.to_numpy(), indices=code)
    return gpd.GeoSeries(lines, index=pd.Index(names, dtype=object, name="name"), crs=edges.crs)


def streets_layer(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the layer of main streets, each at the middle of its line."""
    middle = shapely.line_interpolate_point(_longest(streets), _MIDDLE, normalized=True)
    things = streets.assign(name=streets.index, cut=False).set_geometry(middle, crs=streets.crs)
    values: dict[str, object] = {
        Street.STREET_NAME: streets.index.to_numpy(dtype=object),
        Street.PEOPLE_PER_M: streets["people_per_m"].to_numpy(),
    }
    rows = layer_rows(things, "street", values, sample=True, said="people per metre assumed")
    return rows.sort_index()


def street_points(streets: gpd.GeoDataFrame, spacing_m: float, word: str) -> gpd.GeoDataFrame:
    """Return points along streets (index: name), about ``spacing_m`` apart.

    Each connected run of a street is cut into equal sections, a point in the middle of each; of two
    points of one street nearer than 0.6 of the spacing (two carriageways) one stays.
    """
    lines, street = _runs(streets)
    count = np.maximum(1, np.rint(shapely.length(lines) / spacing_m)).astype(np.int64)
    run = np.repeat(np.arange(len(lines)), count)
    start = np.concatenate([[0], np.cumsum(count)])[:-1]
    at = np.arange(len(run)) - start[run]
    points = shapely.line_interpolate_point(
        lines[run], (at + _MIDDLE) / count[run], normalized=True
    )
    kept = _thinned(points, street[run], _NEAREST_SHARE * spacing_m)
    names = pd.Series(streets.index.to_numpy(dtype=object)[street[run][kept]], dtype=object)
    number = names.groupby(names).cumcount() + 1
    xy = np.rint(shapely.get_coordinates(points[kept])).astype(np.int64)
    labels = [f"{name}{word}{count}" for name, count in zip(names, number, strict=True)]
    places = [f"{name} {x},{y}" for name, (x, y) in zip(names, xy, strict=True)]
    return gpd.GeoDataFrame(
        {"name": np.array(labels, dtype=object), "cut": False},
        index=pd.Index(places, dtype=object),
        geometry=points[kept],
        crs=streets.crs,
    )


def _thinned(
    points: NDArray[np.object_], street: NDArray[np.int64], apart_m: float
) -> NDArray[np.int64]:
    """Return rows such that no two of one street are nearer than ``apart_m``; earlier ones win.

    First one row of each street is taken per square of that side, so that few pairs are compared.
    """
    cell = np.floor(shapely.get_coordinates(points) / apart_m).astype(np.int64)
    _, first = np.unique(np.column_stack([street, cell]), axis=0, return_index=True)
    rows = np.sort(first)
    chosen = points[rows]
    one, other = shapely.STRtree(chosen).query(chosen, predicate="dwithin", distance=apart_m)
    pairs = (street[rows[one]] == street[rows[other]]) & (other < one)
    dropped = np.zeros(len(rows), dtype=bool)
    for row, earlier in sorted(zip(one[pairs], other[pairs], strict=True)):
        dropped[row] |= not dropped[earlier]
    kept: NDArray[np.int64] = rows[~dropped]
    return kept


def _runs(streets: gpd.GeoDataFrame) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the unbranched lines of each street, its longest first, and the street of each."""
    merged = shapely.line_merge(streets.geometry.to_numpy())
    parts, owner = shapely.get_parts(merged, return_index=True)
    order = np.lexsort((np.arange(len(parts)), -shapely.length(parts), owner))
    return parts[order], owner[order]


def _longest(streets: gpd.GeoDataFrame) -> NDArray[np.object_]:
    lines, street = _runs(streets)
    _, first = np.unique(street, return_index=True)
    longest: NDArray[np.object_] = lines[first]
    return longest
