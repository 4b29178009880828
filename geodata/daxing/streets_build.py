"""Streets, barriers and the study area of Daxing, from the named points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geodata.daxing.facts import to_lonlat
from geodata.daxing.reconstruct import draw_lines, reconstruct

if TYPE_CHECKING:
    import geopandas as gpd

    from geodata.daxing.facts import Gazetteer

_DEGREE_DIGITS = 7
_AREA_DIGITS = 3
_MARGIN_M = 800.0
_HULL_RATIO = 0.45
_HULL_BUFFER_M = 1200.0
_HULL_SIMPLIFY_M = 400.0
_OWN_TOWN_M = 10_500.0
_GREENWAY = "绿道"
_SUFFIXES = "村委会|社区居委会|居委会|社区居民委员会|村民委员会|社区$"


def study_area(places: Gazetteer, communities: pd.DataFrame, *extra: np.ndarray) -> shapely.Polygon:
    """Return the study area: a hull of what bears the district's names, not a legal boundary.

    The hull holds the bus stops named after one of the district's villages and communities (when
    near the settlement point of its town), the settlement points and the places of the fact
    tables.

    Parameters
    ----------
    places
        Where the names lie.
    communities
        Official list: columns name, town_code.
    *extra
        Further points, shape (n, 2), metres.

    Returns
    -------
    Polygon
        EPSG:4548, corners rounded to a thousandth of a degree.
    """
    stops = _named_stops(places, communities)
    towns = places.towns[["x", "y"]].to_numpy()
    points = shapely.multipoints(np.concatenate([stops, towns, *extra]))
    hull = shapely.concave_hull(points, ratio=_HULL_RATIO)
    return shapely.simplify(shapely.buffer(hull, _HULL_BUFFER_M), _HULL_SIMPLIFY_M)


def _named_stops(places: Gazetteer, communities: pd.DataFrame) -> np.ndarray:
    short = communities["name"].str.replace(_SUFFIXES, "", regex=True)
    known = pd.DataFrame({"name": short, "town_code": communities["town_code"]})
    village = known.assign(name=known["name"].str.replace("村$", "", regex=True))
    known = pd.concat([known, village]).drop_duplicates()
    known = known.loc[known["name"].str.len() > 1]
    stops = places.names.loc[places.names["kind"] == "交通", ["name", "x", "y"]]
    both = stops.merge(known, on="name").merge(
        places.towns[["x", "y"]], left_on="town_code", right_index=True, suffixes=("", "_town")
    )
    away = np.hypot(both["x"] - both["x_town"], both["y"] - both["y_town"])
    return np.asarray(both.loc[away <= _OWN_TOWN_M, ["x", "y"]].to_numpy())


def barrier_lines(names: pd.DataFrame, area: shapely.Geometry) -> pd.DataFrame:
    """Return motorways and rivers as lines: columns kind, name, geometry (metres).

    Parameters
    ----------
    names
        Named points: columns kind, type, name, x, y.
    area
        Only points within the area and its margin are used.
    """
    near = _near(names, area)
    motorway = near.loc[(near["kind"] == "道路") & near["type"].eq("motorway")]
    rows: list[tuple[str, str, shapely.Geometry]] = []
    for kind, chosen in (("motorway", motorway), ("river", _river_points(near))):
        for name, group in chosen.groupby("name"):
            lines = draw_lines(group[["x", "y"]].to_numpy())
            rows.extend((kind, str(name), line) for line in lines)
    return pd.DataFrame(rows, columns=["kind", "name", "geometry"])


def _river_points(names: pd.DataFrame) -> pd.DataFrame:
    """Return points of rivers, and of the greenways on their banks under the river's name.

    The index has one to four points of a river in all; a greenway (绿道) follows its bank with
    many more.
    """
    own = names["kind"].isin(("水系", "水域")) & names["type"].eq("river")
    bank = names["kind"].eq("道路") & names["name"].str.fullmatch(f".+河{_GREENWAY}")
    points = names.loc[own & names["name"].str.endswith("河") | bank, ["name", "x", "y"]]
    return points.assign(name=points["name"].str.removesuffix(_GREENWAY))


def street_edges(
    names: pd.DataFrame, area: shapely.Geometry, barriers: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Return the reconstructed streets (see :func:`~geodata.daxing.reconstruct.reconstruct`)."""
    near = _near(names, area)
    roads = near.loc[near["kind"] == "道路", ["name", "type", "x", "y"]]
    points = roads.rename(columns={"type": "street_class"})
    stops = near.loc[(near["kind"] == "交通") & (near["type"] == "bus_stop"), ["x", "y"]]
    return reconstruct(points, barriers=list(barriers["geometry"]), seen=stops.to_numpy())


def _near(names: pd.DataFrame, area: shapely.Geometry) -> pd.DataFrame:
    wide = shapely.buffer(area, _MARGIN_M)
    shapely.prepare(wide)
    inside = shapely.contains_xy(wide, names["x"].to_numpy(), names["y"].to_numpy())
    return names.loc[inside]


def coordinate_text(lines: np.ndarray, digits: int = _DEGREE_DIGITS) -> list[str]:
    """Write metric lines as ``lon lat lon lat ...`` with fixed decimals."""
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    degrees = to_lonlat(coordinates)
    texts = [f"{lon:.{digits}f} {lat:.{digits}f}" for lon, lat in degrees.tolist()]
    joined: list[list[str]] = [[] for _ in range(len(lines))]
    for line, text in zip(owner.tolist(), texts, strict=True):
        joined[line].append(text)
    return [" ".join(parts) for parts in joined]


def area_text(area: shapely.Polygon) -> str:
    """Write the study area's outline, rounded to a thousandth of a degree."""
    return coordinate_text(np.array([area.exterior], dtype=object), _AREA_DIGITS)[0]
