"""Metres along a street, where its station serves only so much of it.

Source: the setting ``standard.street_reach_m``; the article's clause R2 has the whole street.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from geodata.network import STREET_GAP_M, build_network, place_on_edges
from geodata.walking import walk_pairs

if TYPE_CHECKING:
    from geodata.network import Snaps, StreetNetwork


def along_street_mm(
    network: StreetNetwork, street: np.ndarray, start_xy: np.ndarray, end_xy: np.ndarray
) -> np.ndarray:
    """Measure ways along one street between the places nearest to its points on it.

    The way stays on the street, but for the short edges of other names that join its pieces (from
    one carriageway to the other, over a junction); the way from a point to the street counts
    nothing.

    Parameters
    ----------
    network
        The streets.
    street
        Position of each pair's street in ``network.street_ids``, int (n,).
    start_xy, end_xy
        Metres, (n, 2).

    Returns
    -------
    numpy.ndarray
        int64 (n,), mm; -1 where the street does not join the two.
    """
    found = np.full(len(street), -1, dtype=np.int64)
    for number in np.unique(street):
        rows = np.flatnonzero(street == number)
        own = _one_street(network, int(number))
        starts, ends = (_on(own, xy[rows]) for xy in (start_xy, end_xy))
        pairs = np.repeat(np.arange(len(rows))[:, None], 2, axis=1)
        found[rows] = walk_pairs(own, starts, ends, pairs)
    return found


def _one_street(network: StreetNetwork, number: int) -> StreetNetwork:
    """Make a network of one street: its edges, named, and the short ones near it, unnamed."""
    own = network.edge_street == number
    nodes = np.unique(np.concatenate([network.edge_u[own], network.edge_v[own]]))
    xy = np.column_stack([network.node_x, network.node_y])
    away, _ = cKDTree(xy[nodes]).query(xy, distance_upper_bound=STREET_GAP_M)
    near = np.isfinite(away)
    short = network.edge_length_mm <= round(STREET_GAP_M * 1000)
    taken = own | (short & near[network.edge_u] & near[network.edge_v])
    frame = gpd.GeoDataFrame(
        {
            "name": np.where(own[taken], "own", ""),
            "street_class": network.edge_class[taken].astype(object),
            "origin": network.edge_origin[taken].astype(np.int64),
        },
        geometry=list(network.edge_geometry[taken]),
        crs=network.crs,
    )
    return build_network(frame, network.crs, street_gap_m=0.0)


def _on(own: StreetNetwork, xy: np.ndarray) -> Snaps:
    """Put points on the nearest edge of the street itself, without the way to it."""
    edges = np.flatnonzero(own.edge_name == "own")
    tree = shapely.STRtree(own.edge_geometry[edges])
    _, nearest = tree.query_nearest(shapely.points(xy), all_matches=False)
    snaps = place_on_edges(own, xy, edges[nearest])
    return replace(snaps, access_mm=np.zeros_like(snaps.access_mm))
