"""The order of one street's points.

Both carriageways are moved on one line, places close together become one, and the places are
joined along the shortest tree; what is too far and not straight ahead stays apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

if TYPE_CHECKING:
    from geodata.daxing.reconstruct import Reach

_PASSES = 2
_FEWEST = 3
_FEWEST_FOR_BEND = 5
_BEYOND = 1.2
_WIDEST = 3.0
_RIDGE = 1e-9
_ELONGATED = 0.3


def chain_points(xy: np.ndarray, reach: Reach) -> tuple[np.ndarray, np.ndarray]:
    """Join the points of one name to lines.

    Parameters
    ----------
    xy
        Points of one street, shape (n, 2), metres, sorted.
    reach
        How far each guess may go.

    Returns
    -------
    pairs
        Indices into the places, shape (m, 2), each a stretch of the street.
    places
        The street's points after both carriageways were put on one line, shape (k, 2), whole
        millimetres.
    """
    places = merge_places(on_ridge(xy, reach), reach.merge_m)
    if len(places) < 2:  # noqa: PLR2004
        return np.empty((0, 2), dtype="int64"), places
    pairs = _tree(places)
    pairs = _without_jumps(pairs, places, reach)
    return _without_stubs(pairs, places, reach.branch_m), places


def on_ridge(xy: np.ndarray, reach: Reach) -> np.ndarray:
    """Move points sideways on their street's local middle line.

    The local line is fitted to the points within ``ridge_m``, or to the nearest five where they
    are far apart; a point moves only where those points are clearly elongated and the move is at
    most ``lateral_m``.
    """
    if len(xy) < _FEWEST:
        return xy
    origin = xy.mean(axis=0)
    moved = xy - origin
    for _ in range(_PASSES):
        moved = _shifted(moved, reach)
    return np.asarray(moved + origin)


def _shifted(xy: np.ndarray, reach: Reach) -> np.ndarray:
    gaps = cdist(xy, xy)
    fifth = np.sort(gaps, axis=1)[:, min(_FEWEST_FOR_BEND, len(xy)) - 1]
    radius = np.clip(_BEYOND * fifth, reach.ridge_m, _WIDEST * reach.ridge_m)
    near = np.maximum(0.0, 1.0 - (gaps / radius[:, None]) ** 2)
    total = near.sum(axis=1)
    centre = near @ xy / total[:, None]
    second = np.einsum("ij,ja,jb->iab", near, xy, xy) / total[:, None, None]
    spread = second - np.einsum("ia,ib->iab", centre, centre)
    size, axes = np.linalg.eigh(spread)
    long = size[:, 0] < (_ELONGATED**2) * np.maximum(size[:, 1], 1e-9)
    count = (near > 0).sum(axis=1)
    across = _seen_from(xy, axes[:, :, 0])
    along = _seen_from(xy, axes[:, :, 1]) / radius[:, None]
    straight, bent = (_off_curve(along, across, near, degree) for degree in (1, 2))
    sideways = np.where(count >= _FEWEST_FOR_BEND, bent, straight)
    moves = long & (count >= _FEWEST) & (np.abs(sideways) <= reach.lateral_m)
    return np.asarray(xy + np.where(moves, sideways, 0.0)[:, None] * axes[:, :, 0])


def _seen_from(xy: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Return how far each point (column) lies along each point's own axis (row), metres."""
    own = np.einsum("ia,ia->i", xy, axis)
    return np.asarray(axis @ xy.T - own[:, None])


def _off_curve(
    along: np.ndarray, across: np.ndarray, weight: np.ndarray, degree: int
) -> np.ndarray:
    """Return how far the street's local curve passes beside each point, metres, shape (n,).

    Across the main axis the neighbours follow a straight line or, where they are enough, a
    parabola in the way along it, so that a bend is not cut: weighted least squares by the normal
    equations, which the scaled ways along keep well-conditioned.
    """
    powers = [weight * along**power for power in range(2 * degree + 1)]
    sums = np.stack([power.sum(axis=1) for power in powers], axis=1)
    place = np.arange(degree + 1)
    left = sums[:, place[:, None] + place[None, :]] + _RIDGE * np.eye(degree + 1)
    right = np.stack([(powers[power] * across).sum(axis=1) for power in place], axis=1)
    return np.asarray(np.linalg.solve(left, right[:, :, None])[:, 0, 0])


def merge_places(xy: np.ndarray, merge_m: float) -> np.ndarray:
    """Return the means of the groups of points that lie within ``merge_m`` of each other."""
    if len(xy) > 1:
        label = fcluster(linkage(xy, "complete"), merge_m, "distance")
        count = np.bincount(label)[1:]
        means = [np.bincount(label, weights=xy[:, axis])[1:] / count for axis in (0, 1)]
        xy = np.column_stack(means)
    rounded = np.round(xy, 3)
    return np.unique(rounded, axis=0)


def _tree(places: np.ndarray) -> np.ndarray:
    gaps = cdist(places, places)
    tree = minimum_spanning_tree(np.triu(gaps)).tocoo()
    pairs = np.column_stack([tree.row, tree.col]).astype("int64")
    pairs.sort(axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _without_jumps(pairs: np.ndarray, places: np.ndarray, reach: Reach) -> np.ndarray:
    gap = np.hypot(*(places[pairs[:, 1]] - places[pairs[:, 0]]).T)
    sure = gap <= reach.sure_gap_m
    maybe = ~sure & (gap <= reach.straight_gap_m)
    for row in np.flatnonzero(maybe).tolist():
        maybe[row] = _runs_straight(pairs, places, row, sure, reach)
    return np.asarray(pairs[sure | maybe])


def _runs_straight(
    pairs: np.ndarray, places: np.ndarray, row: int, sure: np.ndarray, reach: Reach
) -> bool:
    """Tell whether the street, as far as it is sure, points into the gap from both sides."""
    left, right = pairs[row]
    limit = np.cos(np.radians(reach.turn_deg))
    seen = 0
    for here, there in ((left, right), (right, left)):
        ahead = places[there] - places[here]
        touching = sure & ((pairs == here).any(axis=1))
        if not touching.any():
            continue
        others = np.where(pairs[touching, 0] == here, pairs[touching, 1], pairs[touching, 0])
        back = places[here] - places[others]
        cosine = back @ ahead / (np.hypot(*back.T) * np.hypot(*ahead))
        if cosine.max() < limit:
            return False
        seen += 1
    return seen > 0


def _without_stubs(pairs: np.ndarray, places: np.ndarray, branch_m: float) -> np.ndarray:
    """Drop dead-end branches shorter than ``branch_m`` that leave a longer street sideways."""
    while True:
        degree = np.bincount(pairs.ravel(), minlength=len(places))
        gap = np.hypot(*(places[pairs[:, 1]] - places[pairs[:, 0]]).T)
        tip = (degree[pairs] == 1).any(axis=1) & (degree[pairs] > 2).any(axis=1)  # noqa: PLR2004
        short = np.flatnonzero(tip & (gap < branch_m))
        if not len(short):
            return pairs
        drop = short[np.argmin(gap[short])]
        pairs = np.delete(pairs, drop, axis=0)
