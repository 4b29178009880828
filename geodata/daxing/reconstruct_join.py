"""Streets meet: nodes at crossings, open ends carried on to the next street."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Sequence

ASSUMED = 2
LINK_CLASS = "unclassified"
_SHORTEST_M = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """Straight pieces of streets.

    Attributes
    ----------
    start, end
        Shape (n, 2), whole millimetres.
    name, street_class
        Object arrays of str.
    origin
        0 mapped, 1 interpolated, 2 assumed.
    span_m
        Distance between the two known points the piece lies between.
    """

    start: np.ndarray
    end: np.ndarray
    name: np.ndarray
    street_class: np.ndarray
    origin: np.ndarray
    span_m: np.ndarray

    @staticmethod
    def concat(parts: Sequence[Segments]) -> Segments:
        """Put segments one after the other."""
        if not parts:
            none = np.empty((0, 2))
            text = np.empty(0, dtype=object)
            zero = np.empty(0, dtype="int64")
            return Segments(
                start=none, end=none, name=text, street_class=text, origin=zero, span_m=np.empty(0)
            )
        return Segments(
            start=np.concatenate([part.start for part in parts]),
            end=np.concatenate([part.end for part in parts]),
            name=np.concatenate([part.name for part in parts]),
            street_class=np.concatenate([part.street_class for part in parts]),
            origin=np.concatenate([part.origin for part in parts]),
            span_m=np.concatenate([part.span_m for part in parts]),
        )

    def take(self, rows: np.ndarray) -> Segments:
        """Return the rows chosen by index or mask."""
        return Segments(
            start=self.start[rows],
            end=self.end[rows],
            name=self.name[rows],
            street_class=self.street_class[rows],
            origin=self.origin[rows],
            span_m=self.span_m[rows],
        )

    def lengths(self) -> np.ndarray:
        """Return the lengths in metres, shape (n,)."""
        return np.asarray(np.hypot(*(self.end - self.start).T))

    def lines(self) -> np.ndarray:
        """Return the segments as LineStrings."""
        return np.asarray(shapely.linestrings(np.stack([self.start, self.end], axis=1)))


def links(start: np.ndarray, end: np.ndarray, name: np.ndarray) -> Segments:
    """Return assumed segments between points (n, 2)."""
    count = len(start)
    return Segments(
        start=np.round(start, 3),
        end=np.round(end, 3),
        name=name.astype(object),
        street_class=np.full(count, LINK_CLASS, dtype=object),
        origin=np.full(count, ASSUMED, dtype="int64"),
        span_m=np.hypot(*(end - start).T),
    )


def node_segments(segments: Segments) -> Segments:
    """Cut segments where they cross or touch, so that they meet at end points only.

    A second piece between the same two points is dropped (the better origin stays).
    """
    current = segments
    for _ in range(6):
        cut = _cut_once(current)
        if len(cut.start) == len(current.start):
            break
        current = cut
    return _unique(current)


def _cut_once(segments: Segments) -> Segments:
    lines = segments.lines()
    if not len(lines):
        return segments
    tree = shapely.STRtree(lines)
    left, right = tree.query(lines, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    meet = shapely.intersection(lines[left], lines[right])
    points, pair = shapely.get_coordinates(meet, return_index=True)
    points = np.round(points, 3)
    owner = np.concatenate([left[pair], right[pair]])
    points = np.concatenate([points, points])
    inner = np.minimum(
        np.hypot(*(points - segments.start[owner]).T), np.hypot(*(points - segments.end[owner]).T)
    )
    keep = inner > _SHORTEST_M
    return _split(segments, owner[keep], points[keep])


def _split(segments: Segments, owner: np.ndarray, points: np.ndarray) -> Segments:
    """Cut the segments ``owner`` at the points."""
    count = len(segments.start)
    every = np.arange(count)
    owner = np.concatenate([every, owner, every])
    points = np.concatenate([segments.start, points, segments.end])
    along = np.hypot(*(points - segments.start[owner]).T)
    along[:count] = -1.0
    along[-count:] = np.inf
    order = np.lexsort((along, owner))
    owner, points = owner[order], points[order]
    same = owner[1:] == owner[:-1]
    moved = np.hypot(*(points[1:] - points[:-1]).T) > 0
    rows = np.flatnonzero(same & moved)
    cut = segments.take(owner[rows])
    return Segments(
        start=points[rows],
        end=points[rows + 1],
        name=cut.name,
        street_class=cut.street_class,
        origin=cut.origin,
        span_m=cut.span_m,
    )


def _unique(segments: Segments) -> Segments:
    node, start, end = nodes_of(segments)
    del node
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((segments.name.astype(str), segments.origin, high, low))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    keep = np.sort(order[first])
    return segments.take(keep[start[keep] != end[keep]])


def nodes_of(segments: Segments) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the distinct end points (k, 2) and each segment's start and end node."""
    stacked = np.rint(np.concatenate([segments.start, segments.end]) * 1000).astype("int64")
    keys, inverse = np.unique(stacked, axis=0, return_inverse=True)
    inverse = inverse.ravel()
    count = len(segments.start)
    return keys / 1000.0, inverse[:count], inverse[count:]


def extend_ends(segments: Segments, extend_m: float, walls: shapely.Geometry) -> Segments:
    """Carry every open end of a street on to the street it most likely ended at.

    A mapped piece of road reaches beyond its point, mostly to a crossing. From an open end the
    way goes straight on up to ``extend_m`` to the first other street, or to the nearest point of
    another street within half of that.
    """
    node, start, end = nodes_of(segments)
    degree = np.bincount(np.concatenate([start, end]), minlength=len(node))
    added = []
    lines = segments.lines()
    tree = shapely.STRtree(lines)
    for here, there, row in _open_ends(start, end, degree):
        hit = _ahead(node[here], node[there], (lines, tree, row), extend_m)
        if hit is None:
            continue
        link = shapely.linestrings([node[here], hit])
        if not shapely.intersects(walls, link):
            added.append((node[here], hit, segments.name[row]))
    if not added:
        return segments
    first, last, names = (list(column) for column in zip(*added, strict=True))
    new = links(np.array(first), np.array(last), np.array(names, dtype=object))
    return Segments.concat([_with_feet(segments, new.end), new])


def _open_ends(
    start: np.ndarray, end: np.ndarray, degree: np.ndarray
) -> list[tuple[int, int, int]]:
    rows = [(int(a), int(b), row) for row, (a, b) in enumerate(zip(start, end, strict=True))]
    ends = [item for item in rows if degree[item[0]] == 1]
    return ends + [(b, a, row) for a, b, row in rows if degree[b] == 1]


def _ahead(
    here: np.ndarray,
    behind: np.ndarray,
    streets: tuple[np.ndarray, shapely.STRtree, int],
    extend_m: float,
) -> np.ndarray | None:
    lines, tree, own = streets
    forward = (here - behind) / np.hypot(*(here - behind))
    ray = shapely.linestrings([here + 0.5 * forward, here + extend_m * forward])
    spot = shapely.points(here)
    crossed = tree.query(ray, predicate="intersects")
    crossed = crossed[crossed != own]
    if len(crossed):
        meets = shapely.get_coordinates(shapely.intersection(lines[crossed], ray))
        return np.asarray(np.round(meets[np.argmin(np.hypot(*(meets - here).T))], 3))
    near = tree.query(spot, predicate="dwithin", distance=extend_m / 2)
    near = near[near != own]
    if not len(near):
        return None
    gaps = shapely.distance(lines[near], spot)
    best = near[np.lexsort((near, gaps))[0]]
    foot = shapely.line_interpolate_point(lines[best], shapely.line_locate_point(lines[best], spot))
    found: np.ndarray = np.round(shapely.get_coordinates(foot)[0], 3)
    return found if np.hypot(*(found - here)) > _SHORTEST_M else None


def _with_feet(segments: Segments, feet: np.ndarray) -> Segments:
    """Cut the segments at the feet of links, to the millimetre."""
    tree = shapely.STRtree(segments.lines())
    spots = shapely.points(feet)
    foot, owner = tree.query(spots, predicate="dwithin", distance=0.01)
    return _split(segments, owner, feet[foot])


def component_of(segments: Segments) -> np.ndarray:
    """Return each segment's component label."""
    node, start, end = nodes_of(segments)
    ones = np.ones(len(start), dtype="int8")
    graph = coo_matrix((ones, (start, end)), shape=(len(node), len(node)))
    return np.asarray(connected_components(graph, directed=False)[1][start])
