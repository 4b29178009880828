"""Put points on the street: the nearest edge, where on it, and how far away it is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.errors import first_few
from geodata.network.errors import BadPointsError, InconsistentNetworkError

if TYPE_CHECKING:
    from geodata.network.value import StreetNetwork

SNAP_LIMIT_M = 300.0
"""A point farther than this from every street is reported, not walked from. Assumed, settable."""

ISLAND_BELOW_M = 1000.0
"""A connected component shorter than this, other than the longest, is an island. Assumed."""

TOO_FAR = "too_far"
ISLAND = "island"

_CHUNK = 50_000
_TIE_M = 0.001


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snaps:
    """Where points stand on the street.

    Attributes
    ----------
    edge
        int32 (n,), -1 where the point is on no street.
    along_mm, rest_mm
        int32, way along the edge to its u end and to its v end; their sum is the edge's length.
    access_mm
        int32, straight way from the point to the street.
    x, y
        float64, the foot on the street, metres; NaN where there is none.
    reason
        str, "" for a snapped point, ``"too_far"`` (no street within the limit) or ``"island"``
        (only streets of a small unconnected component within the limit).
    """

    edge: np.ndarray
    along_mm: np.ndarray
    rest_mm: np.ndarray
    access_mm: np.ndarray
    x: np.ndarray
    y: np.ndarray
    reason: np.ndarray

    def __post_init__(self) -> None:
        for field in fields(self):
            view = np.ascontiguousarray(getattr(self, field.name)).view()
            view.flags.writeable = False
            object.__setattr__(self, field.name, view)
        if ((self.edge < 0) != (self.reason != "")).any():
            raise InconsistentNetworkError(why="a point without edge has no reason")

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.edge)

    def take(self, positions: np.ndarray) -> Snaps:
        """Return the snaps at these positions, in their order."""
        return Snaps(**{field.name: getattr(self, field.name)[positions] for field in fields(self)})


def snap_points(
    network: StreetNetwork,
    xy: np.ndarray,
    limit_m: float = SNAP_LIMIT_M,
    *,
    island_below_m: float = ISLAND_BELOW_M,
) -> Snaps:
    """Find the nearest walkable edge of each point.

    A point within the limit of the connected network is put there even where a piece of an
    island is nearer: a compound's unconnected inner way does not cut its people off.

    Parameters
    ----------
    network
        The streets.
    xy
        Points in the network's CRS, metres, (n, 2).
    limit_m
        Largest accepted distance from point to street, inclusive.
    island_below_m
        See ``ISLAND_BELOW_M``.

    Returns
    -------
    Snaps
        One row per point in the points' order. Of places equally near to the millimetre the
        westernmost, then the southernmost, and of the edges there the first: splitting an edge or
        numbering the edges anew moves no point.

    Raises
    ------
    BadPointsError
        A point has no finite position.
    """
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    finite = np.isfinite(points).all(axis=1)
    if not finite.all():
        bad = np.flatnonzero(~finite)
        raise BadPointsError(count=len(bad), rows=first_few(bad))
    main = ~island_edges(network, island_below_m)
    edge = _nearest_edges(network, np.flatnonzero(main), points, limit_m)
    reason = np.full(len(points), "", dtype=object)
    left = np.flatnonzero(edge < 0)
    if len(left):
        on_island = _nearest_edges(network, np.flatnonzero(~main), points[left], limit_m) >= 0
        reason[left] = np.where(on_island, ISLAND, TOO_FAR)
    return _place(network, points, edge, reason)


def island_edges(network: StreetNetwork, island_below_m: float = ISLAND_BELOW_M) -> np.ndarray:
    """Tell for each edge, bool (n_edges,), whether it lies in a small unconnected component."""
    small = network.component_length_m() < island_below_m
    small[:1] = False  # component 0 is the longest
    return np.asarray(small[network.component[network.edge_u]])


def place_on_edges(network: StreetNetwork, xy: np.ndarray, edge: np.ndarray) -> Snaps:
    """Put each point on the edge that is named for it, at the edge's nearest place.

    Parameters
    ----------
    network
        The streets.
    xy
        Metres, (n, 2).
    edge
        Edge of each point, int (n,), >= 0.
    """
    blank = np.full(len(edge), "", dtype=object)
    return _place(network, np.asarray(xy, dtype=np.float64), np.asarray(edge, np.int32), blank)


def _nearest_edges(
    network: StreetNetwork, edges: np.ndarray, points: np.ndarray, limit_m: float
) -> np.ndarray:
    """Nearest of the given edges per point within the limit, -1 if none; ties by `_ahead`."""
    nearest = np.full(len(points), -1, dtype=np.int32)
    if len(edges) == 0:
        return nearest
    lines = network.edge_geometry[edges]
    tree = shapely.STRtree(lines)
    reach = np.nextafter(limit_m, np.inf)
    for first in range(0, len(points), _CHUNK):
        chunk = shapely.points(points[first : first + _CHUNK])
        (at, hit), away = tree.query_nearest(chunk, max_distance=reach, return_distance=True)
        within = np.full(len(chunk), -1.0)
        within[at] = away
        near = np.flatnonzero(within >= 0.0)
        row, hit = tree.query(chunk[near], predicate="dwithin", distance=within[near] + _TIE_M)
        at = near[row]
        order = _ahead(lines, chunk, at, hit)
        at, hit = at[order], hit[order]
        lead = np.ones(len(at), dtype=bool)
        lead[1:] = at[1:] != at[:-1]
        nearest[first + at[lead]] = edges[hit[lead]]
    return nearest


def _ahead(lines: np.ndarray, points: np.ndarray, at: np.ndarray, hit: np.ndarray) -> np.ndarray:
    """Order the hits by point; those of one point by way, foot's x and y (mm), then the edge."""
    key_mm = np.zeros((3, len(at)), dtype=np.int64)
    tied = np.flatnonzero(np.bincount(at)[at] > 1)
    line, point = lines[hit[tied]], points[at[tied]]
    feet = shapely.line_interpolate_point(line, shapely.line_locate_point(line, point))
    key_mm[0, tied] = np.rint(shapely.distance(line, point) * 1000.0)
    key_mm[1:, tied] = np.rint(shapely.get_coordinates(feet) * 1000.0).T
    return np.lexsort((hit, key_mm[2], key_mm[1], key_mm[0], at))


def _place(
    network: StreetNetwork, points: np.ndarray, edge: np.ndarray, reason: np.ndarray
) -> Snaps:
    n = len(points)
    along, rest, access = (np.zeros(n, dtype=np.int32) for _ in range(3))
    foot = np.full((n, 2), np.nan)
    on = np.flatnonzero(edge >= 0)
    lines = network.edge_geometry[edge[on]]
    length_mm = network.edge_length_mm[edge[on]]
    where = shapely.points(points[on])
    along_m = shapely.line_locate_point(lines, where)
    line_m = np.maximum(shapely.length(lines), np.finfo(np.float64).tiny)
    share = np.clip(along_m / line_m, 0.0, 1.0)
    along[on] = np.rint(share * length_mm).astype(np.int32)
    rest[on] = length_mm - along[on]
    feet = shapely.line_interpolate_point(lines, along_m)
    foot[on] = shapely.get_coordinates(feet)
    access[on] = np.rint(shapely.distance(where, lines) * 1000.0).astype(np.int32)
    return Snaps(
        edge=edge,
        along_mm=along,
        rest_mm=rest,
        access_mm=access,
        x=foot[:, 0],
        y=foot[:, 1],
        reason=reason,
    )
