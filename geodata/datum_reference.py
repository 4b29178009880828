"""A city as the reference that points are held against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd
import shapely

from geodata.columns import Feature, LayerName

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

VEHICLE_ROADS = (
    *("trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link"),
    *("tertiary", "tertiary_link", "unclassified", "residential", "living_street"),
    *("service", "pedestrian", "road"),
)
"""Classes of streets that stops and shops stand beside; paths through parks are left out."""

_STREET_SIDE = (LayerName.STOPS, LayerName.HOSTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatumReference:
    """What a city knows of itself, to hold points against.

    Attributes
    ----------
    metric_crs
        CRS of everything below.
    roads
        Shape (r,), LineStrings of roads that vehicles use (stops and shops stand beside these).
    boundary
        Study area.
    street_side
        Shape (s, 2), metres: real stops and hosts of the city; may be empty.
    places
        Index: normalised name (repeated where several places bear it); columns x, y.
    """

    metric_crs: str
    roads: NDArray[np.object_]
    boundary: shapely.Geometry
    street_side: NDArray[np.float64]
    places: pd.DataFrame
    tree: shapely.STRtree = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tree", shapely.STRtree(self.roads))
        shapely.prepare(self.boundary)

    def road_distance(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the distance of each point to the nearest road, metres; inf without roads."""
        distance = np.full(len(xy), np.inf)
        (row, _), found = self.tree.query_nearest(
            shapely.points(xy), all_matches=False, return_distance=True
        )
        distance[row] = found
        return distance

    def inside(self, xy: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which points lie in the study area."""
        result: NDArray[np.bool_] = shapely.contains_xy(self.boundary, xy)
        return result


class Streets(Protocol):
    """What is needed of a street network."""

    @property
    def edge_geometry(self) -> NDArray[np.object_]: ...  # noqa: D102
    @property
    def edge_class(self) -> NDArray[np.object_]: ...  # noqa: D102


class KnownCity(Protocol):
    """What is needed of a city."""

    @property
    def metric_crs(self) -> str: ...  # noqa: D102
    @property
    def boundary(self) -> shapely.Geometry: ...  # noqa: D102
    @property
    def layers(self) -> Mapping[str, gpd.GeoDataFrame]: ...  # noqa: D102
    @property
    def network(self) -> Streets: ...  # noqa: D102


def datum_reference(city: KnownCity) -> DatumReference:
    """Return what a city knows of itself: roads, boundary, and its places that are no samples."""
    return reference_from_parts(
        metric_crs=city.metric_crs,
        boundary=city.boundary,
        roads=city.network.edge_geometry[np.isin(city.network.edge_class, VEHICLE_ROADS)],
        layers=city.layers,
    )


def reference_from_parts(
    *,
    metric_crs: str,
    boundary: shapely.Geometry,
    roads: NDArray[np.object_],
    layers: Mapping[str, gpd.GeoDataFrame],
) -> DatumReference:
    """Return the reference of a city that is not assembled yet.

    Parameters
    ----------
    metric_crs
        CRS of all geometries.
    boundary
        Study area.
    roads
        Lines, see :data:`VEHICLE_ROADS`.
    layers
        Frames by layer name with the columns of :class:`geodata.columns.Feature`. Main streets
        and container places are no places to be known, nor are rows marked as sample; of service
        places only the people are assumed, so they are all known.
    """
    real = {
        name: frame
        if name == LayerName.SERVICES
        else frame.loc[~frame[Feature.SAMPLE].astype(bool)]
        for name, frame in layers.items()
        if name not in (LayerName.STREETS, LayerName.LOTS)
    }
    sides = [_xy(frame) for name, frame in real.items() if name in _STREET_SIDE]
    named = [_named(frame) for frame in real.values()]
    return DatumReference(
        metric_crs=metric_crs,
        roads=roads,
        boundary=boundary,
        street_side=np.vstack([np.empty((0, 2)), *sides]),
        places=pd.concat([_no_places(), *(frame for frame in named if len(frame))]),
    )


def _xy(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    points: NDArray[np.float64] = frame.geometry.get_coordinates().to_numpy(dtype=np.float64)
    return points


def _named(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    names = normalised(frame[Feature.NAME]).to_numpy(dtype=object)
    xy = _xy(frame)
    return pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1]}, index=pd.Index(names, dtype=object))


def _no_places() -> pd.DataFrame:
    return pd.DataFrame({"x": np.empty(0), "y": np.empty(0)}, index=pd.Index([], dtype=object))


def normalised(names: pd.Series) -> pd.Series:
    """Return names as they are compared: one width, no spaces and brackets, no closing 站."""
    text = names.fillna("").astype(str).str.normalize("NFKC")
    return text.str.replace(r"\s|\(.*?\)|(?:公交|地铁|火车)?站$", "", regex=True)
