"""Pack a street network into few bytes for a phone that cannot unpack deflate.

Chrome 90 and iOS 14.5 know no ``DecompressionStream``, so the numbers themselves are made small:
centimetres, differences between neighbours (nodes lie in Morton order), base-128 integers, runs.
``decode.js`` reads what this module writes.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.network import ISLAND_BELOW_M, Origin, island_edges

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geodata.network import StreetNetwork

DM_PER_M = 10
"""Unit of every length on the page: decimetres; 0.05 m of rounding per edge."""
CM_PER_M = 100
"""Unit of every coordinate on the page: where two streets are about equally near, the phone must
choose the same one as the engine, and coarser points would choose otherwise too often."""
SIMPLIFY_M = 0.05
"""Bends smaller than this are left out of the drawn line; lengths stay the engine's."""
MINOR, COLLECTING, MAIN, TRUNK, ASSUMED = range(5)
"""Weight of a line on the base map; an assumed link is drawn dotted."""
_RANKS = {
    "tertiary": COLLECTING,
    "secondary": MAIN,
    "primary": MAIN,
    "trunk": TRUNK,
    "motorway": TRUNK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedStreets:
    """Streets as one text, and what is needed to point into them.

    Attributes
    ----------
    text
        Base64 of the packed bytes.
    origin_m
        (x, y) that every coordinate counts from, metres in the network's CRS.
    names
        Street names, position 0 is "".
    position
        int32 (n_edges,), where each edge of the network stands in the packed order; -1 for one
        that was left out.
    """

    text: str
    origin_m: tuple[float, float]
    names: tuple[str, ...]
    position: NDArray[np.int32]


def pack_streets(
    network: StreetNetwork,
    barriers: gpd.GeoDataFrame | None = None,
    *,
    island_m: float = ISLAND_BELOW_M,
) -> PackedStreets:
    """Pack streets and barrier lines.

    Islands are left out: the engine puts nobody there, so no way on the phone may use them.

    Parameters
    ----------
    network
        Streets in a metric CRS.
    barriers
        Lines that walkers cross only where the network does; the same CRS.
    island_m
        A connected component shorter than this, other than the longest, is an island.
    """
    order = np.lexsort((network.edge_length_mm, network.edge_v, network.edge_u))
    order = order[~island_edges(network, island_m)[order]]
    origin = _origin(network)
    node_x = whole(network.node_x - origin[0], CM_PER_M)
    node_y = whole(network.node_y - origin[1], CM_PER_M)
    u, v = network.edge_u[order].astype(np.int64), network.edge_v[order].astype(np.int64)
    inner_x, inner_y, inner_count = _inner_points(network.edge_geometry[order], origin)
    drawn = _drawn_length(u, v, (node_x, node_y), (inner_x, inner_y, inner_count))
    slack = whole(network.edge_length_mm[order] / 1000.0, DM_PER_M) - drawn
    names, name_number = _names(network.edge_name[order])
    parts = [
        varints(np.array([len(node_x), len(u), len(inner_x)])),
        zigzag(np.diff(node_x, prepend=0)),
        zigzag(np.diff(node_y, prepend=0)),
        varints(np.diff(u, prepend=0)),
        varints(v - u),
        zigzag(slack),
        runs(_rank(network.edge_class[order], network.edge_origin[order])),
        runs(name_number),
        runs(inner_count),
        zigzag(_from_start(inner_x, inner_count, node_x[u])),
        zigzag(_from_start(inner_y, inner_count, node_y[u])),
        _barrier_bytes(barriers, origin),
    ]
    position = np.full(network.n_edges, -1, dtype=np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    return PackedStreets(
        text=base64.b64encode(b"".join(parts)).decode("ascii"),
        origin_m=origin,
        names=names,
        position=position,
    )


def varints(values: NDArray[np.int64]) -> bytes:
    """Write integers >= 0 in base 128, lowest digits first, the high bit saying "goes on".

    Raises
    ------
    ValueError
        A value is negative or does not fit into 31 bits.
    """
    numbers = np.asarray(values, dtype=np.int64)
    if len(numbers) and (numbers.min() < 0 or numbers.max() >= 2**31):
        raise ValueError("Packed numbers must lie between 0 and 2^31 - 1.")
    digits = 1 + sum((numbers >= 1 << (7 * k)).astype(np.int64) for k in range(1, 5))
    digits = np.broadcast_to(digits, numbers.shape)
    start = np.cumsum(digits) - digits
    out = np.zeros(int(digits.sum()), dtype=np.uint8)
    for k in range(5):
        has = digits > k
        more = np.where(digits[has] > k + 1, 128, 0)
        out[start[has] + k] = ((numbers[has] >> (7 * k)) & 127) | more
    return out.tobytes()


def zigzag(values: NDArray[np.int64]) -> bytes:
    """Write integers of either sign: 0, -1, 1, -2 become 0, 1, 2, 3."""
    numbers = np.asarray(values, dtype=np.int64)
    return varints((numbers << 1) ^ (numbers >> 63))


def runs(values: NDArray[np.int64]) -> bytes:
    """Write repeated values as (value, how often) after the number of runs."""
    numbers = np.asarray(values, dtype=np.int64)
    starts = np.flatnonzero(np.diff(numbers, prepend=-1 if len(numbers) else 0))
    lengths = np.diff(starts, append=len(numbers))
    return varints(np.concatenate([[len(starts)], np.c_[numbers[starts], lengths].ravel()]))


def whole(metres: NDArray[np.float64], per_metre: int) -> NDArray[np.int64]:
    """Round metres to whole parts as JavaScript rounds: halves up."""
    return np.floor(np.asarray(metres) * per_metre + 0.5).astype(np.int64)


def _origin(network: StreetNetwork) -> tuple[float, float]:
    if network.n_nodes == 0:
        return (0.0, 0.0)
    return (float(np.floor(network.node_x.min())), float(np.floor(network.node_y.min())))


def _inner_points(
    lines: NDArray[np.object_], origin: tuple[float, float]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Points of each line between its ends, and how many each line has."""
    simple = shapely.simplify(lines, SIMPLIFY_M)
    xy, owner = shapely.get_coordinates(simple, return_index=True)
    first = np.diff(owner, prepend=-1) != 0
    last = np.diff(owner, append=len(lines)) != 0
    inner = ~(first | last)
    count = np.bincount(owner[inner], minlength=len(lines)).astype(np.int64)
    x, y = (whole(xy[inner, axis] - origin[axis], CM_PER_M) for axis in range(2))
    return x, y, count


def _drawn_length(
    u: NDArray[np.int64],
    v: NDArray[np.int64],
    node: tuple[NDArray[np.int64], NDArray[np.int64]],
    inner: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.int64]:
    """Length of each drawn line, decimetres, summed in whole centimetres as the phone does."""
    first = np.cumsum(inner[2] + 2) - (inner[2] + 2)
    points = np.zeros((2, int((inner[2] + 2).sum())), dtype=np.int64)
    is_inner = np.ones(points.shape[1], dtype=bool)
    last = first + inner[2] + 1
    is_inner[first] = is_inner[last] = False
    for axis in range(2):
        points[axis, first], points[axis, last] = node[axis][u], node[axis][v]
        points[axis, is_inner] = inner[axis]
    step = np.diff(points.astype(np.float64), axis=1)
    length = np.floor(np.sqrt(step[0] * step[0] + step[1] * step[1]) + 0.5).astype(np.int64)
    total = np.concatenate([[0], np.cumsum(length)])
    return whole((total[last] - total[first]) / DM_PER_M, 1)


def _from_start(
    values: NDArray[np.int64], count: NDArray[np.int64], start: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Difference of each inner point to the point before it on its line."""
    before = np.concatenate([[0], values[:-1]]) if len(values) else values
    has = count > 0
    first = (np.cumsum(count) - count)[has]
    before = before.copy()
    before[first] = start[has]
    return values - before


def _names(edge_name: NDArray[np.object_]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    found, number = np.unique(np.append(edge_name.astype(str), ""), return_inverse=True)
    return tuple(str(name) for name in found), number[:-1].astype(np.int64)


def _rank(edge_class: NDArray[np.object_], origin: NDArray[np.uint8]) -> NDArray[np.int64]:
    kinds, number = np.unique(edge_class.astype(str), return_inverse=True)
    rank = np.array([_RANKS.get(kind.removesuffix("_link"), MINOR) for kind in kinds], dtype=int)
    drawn = rank[number] if len(kinds) else np.zeros(0, dtype=int)
    return np.where(origin == Origin.ASSUMED, ASSUMED, drawn).astype(np.int64)


def _barrier_bytes(barriers: gpd.GeoDataFrame | None, origin: tuple[float, float]) -> bytes:
    if barriers is None or barriers.empty:
        return varints(np.array([0]))
    lines = shapely.get_parts(barriers.geometry.to_numpy())
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    x, y = (whole(xy[:, axis] - origin[axis], CM_PER_M) for axis in range(2))
    count = np.bincount(owner, minlength=len(lines))
    head = varints(np.concatenate([[len(lines)], count]))
    return head + zigzag(np.diff(x, prepend=0)) + zigzag(np.diff(y, prepend=0))
