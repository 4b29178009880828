"""A city as the reference that points are held against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from geodata.columns import Feature, LayerName
from geodata.datum_alarm import DatumReference, normalised

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import shapely
    from numpy.typing import NDArray

VEHICLE_ROADS = (
    *("trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link"),
    *("tertiary", "tertiary_link", "unclassified", "residential", "living_street"),
    *("service", "pedestrian", "road"),
)
"""Classes of streets that stops and shops stand beside; paths through parks are left out."""

_STREET_SIDE = (LayerName.STOPS, LayerName.HOSTS)


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
