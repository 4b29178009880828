"""Main streets as linear demand: frontage points on both kerbs, with the people of their metres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geodata.ids import feature_id

if TYPE_CHECKING:
    import pandas as pd

    from geodata.network import StreetNetwork

KERB_M = 15.0
"""From the centreline to the kerb of a main street of six lanes; assumed, settable."""

SIDES = ("left", "right")


def frontage_points(
    network: StreetNetwork, streets: pd.DataFrame, *, step_m: float, kerb_m: float = KERB_M
) -> gpd.GeoDataFrame:
    """Put points on both kerbs of streets.

    Parameters
    ----------
    network
        The streets.
    streets
        Index street_id; column people_per_m (both kerbs together).
    step_m
        No two neighbours on a kerb stand farther apart.
    kerb_m
        From centreline to kerb.

    Returns
    -------
    geopandas.GeoDataFrame
        Index frontage id; street_id, street_name, side (``"left"`` or ``"right"`` of the edge's
        direction), metres (of street: half of the piece's length, since two kerbs share it),
        people_milli (int64) and points on the kerb.
    """
    number = {street_id: k for k, street_id in enumerate(network.street_ids)}
    wanted = np.array([number[street_id] for street_id in streets.index], dtype=np.int64)
    rate_of = np.full(len(network.street_ids) + 1, np.nan)  # the last one: streets without a name
    rate_of[wanted] = streets["people_per_m"].to_numpy(dtype=float)
    street = network.edge_street
    edges = np.flatnonzero((street >= 0) & np.isfinite(rate_of[street]))
    length = network.edge_length_mm[edges] / 1000.0
    pieces = np.maximum(1, np.ceil(length / step_m)).astype(np.int64)
    edge = np.repeat(np.arange(len(edges)), pieces)
    place = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (place + 0.5) / pieces[edge]
    middle, normal = _places(network.edge_geometry[edges[edge]], share)
    xy = np.concatenate([middle + kerb_m * normal, middle - kerb_m * normal])
    metres = np.tile(length[edge] / pieces[edge] / len(SIDES), len(SIDES))
    owner = np.tile(street[edges[edge]], len(SIDES))
    side = np.repeat(np.array(SIDES, dtype=object), len(edge))
    ids = np.array(network.street_ids, dtype=object)[owner]
    millimetres = np.rint(xy * 1000).astype(np.int64)
    keys = zip(ids, side, millimetres[:, 0], millimetres[:, 1], strict=True)
    frame = gpd.GeoDataFrame(
        {
            "street_id": ids,
            "street_name": np.array(network.street_names, dtype=object)[owner],
            "side": side,
            "metres": metres,
            "people_milli": np.rint(metres * rate_of[owner] * 1000).astype(np.int64),
        },
        geometry=shapely.points(xy),
        crs=network.crs,
        index=[feature_id("front", *key) for key in keys],
    )
    return frame.sort_index()


def _places(lines: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points at a share of each line, and the unit normal to its left there."""
    total = shapely.length(lines)
    at = share * total
    reach = np.minimum(0.5, total / 4)
    middle, before, after = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines, metres))
        for metres in (at, at - reach, at + reach)
    )
    along = after - before
    size = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-12)[:, None]
    return middle, np.column_stack([-along[:, 1], along[:, 0]]) / size
