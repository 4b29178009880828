"""The walkable street network: the value, how it is built, and how points are put on it.

``geodata.walking`` measures distances on it.
"""

from geodata.network.build import STREET_GAP_M, build_network, morton_code, network_from_arrays
from geodata.network.errors import (
    BadEdgesError,
    BadPointsError,
    GeographicCrsError,
    InconsistentNetworkError,
    NetworkError,
    NoStreetsError,
)
from geodata.network.snap import (
    ISLAND,
    ISLAND_BELOW_M,
    SNAP_LIMIT_M,
    TOO_FAR,
    Snaps,
    island_edges,
    place_on_edges,
    snap_points,
)
from geodata.network.streets import packed_arcs
from geodata.network.value import MAX_MM, Origin, StreetNetwork

__all__ = [
    "ISLAND",
    "ISLAND_BELOW_M",
    "MAX_MM",
    "SNAP_LIMIT_M",
    "STREET_GAP_M",
    "TOO_FAR",
    "BadEdgesError",
    "BadPointsError",
    "GeographicCrsError",
    "InconsistentNetworkError",
    "NetworkError",
    "NoStreetsError",
    "Origin",
    "Snaps",
    "StreetNetwork",
    "build_network",
    "island_edges",
    "morton_code",
    "network_from_arrays",
    "packed_arcs",
    "place_on_edges",
    "snap_points",
]
