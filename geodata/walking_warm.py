"""Compile everything that is compiled, before a planner's first click."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from shapely import LineString

from geodata.network import Origin, build_network, network_from_arrays, snap_points
from geodata.walking import walk_pairs, walk_table
from geodata.walking_paths import WayFinder, flow_to_starts

_CRS = "EPSG:4548"


def warm_up() -> None:
    """Run each compiled function once on a street of three pieces.

    ``make setup`` calls it; later processes read the compiled code from numba's cache on disk.
    """
    edges = gpd.GeoDataFrame(
        {"name": ["a", "", "a"], "street_class": "service", "origin": int(Origin.MAPPED)},
        geometry=[LineString([(x, 0.0), (x + 50.0, 0.0)]) for x in (0.0, 50.0, 100.0)],
        crs=_CRS,
    )
    network = build_network(edges, _CRS)
    network_from_arrays(
        network.node_x,
        network.node_y,
        network.edge_u,
        network.edge_v,
        network.edge_length_mm,
        _CRS,
    )
    snaps = snap_points(network, np.array([[0.0, 0.0], [150.0, 0.0]]))
    walk_table(network, snaps, snaps, 200_000)
    walk_pairs(network, snaps, snaps, np.array([[0, 1]]))
    tree = WayFinder(network).tree(snaps)
    flow_to_starts(tree, snaps, np.array([1000, 1000]))
