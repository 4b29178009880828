"""Streets' centrelines from named points alone.

A map index carries one point for each mapped piece of road: its name, its class and a position on
the piece. The points of one name are put in order and joined to lines (``reconstruct_chain``), the
lines of all streets are noded where they cross and joined where one must have ended at another
(``reconstruct_join``). What comes out is an estimate and says so: every edge carries its origin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geodata.daxing.reconstruct_chain import chain_points
from geodata.daxing.reconstruct_join import Segments, extend_ends, node_segments
from geodata.daxing.reconstruct_link import link_components

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

MAPPED = 0
INTERPOLATED = 1
ASSUMED = 2
ORIGIN_NAMES = ("mapped", "interpolated", "assumed")

MOTORWAY_CLASSES = ("motorway", "motorway_link")
UNBUILT_CLASSES = ("construction", "proposed")
_NOT_STREETS = ("raceway", "sport_track", "bus_guideway", "corridor", "elevator")
CLASS_ORDER = (
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "trunk_link",
    "primary_link",
    "secondary_link",
    "tertiary_link",
    "service",
    "pedestrian",
    "track",
    "cycleway",
    "footway",
    "path",
    "steps",
)
EDGE_COLUMNS = ("name", "street_class", "origin", "span_m", "geometry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far each guess may go, metres and degrees.

    The values were chosen on the thinned real extracts by ``python -m geodata.daxing.quality``.

    Attributes
    ----------
    merge_m
        Points of one street closer than this are one place (the two carriageways' pieces).
    ridge_m
        Radius within which a street's local direction is estimated, to move the points of both
        carriageways on one line.
    lateral_m
        Largest sideways move on that line.
    sure_gap_m
        Neighbouring points of one street up to this far apart are always joined.
    straight_gap_m
        Up to this far they are joined if the street runs straight into the gap on both sides.
    turn_deg
        What counts as straight.
    branch_m
        A side branch of a street shorter than this is a second carriageway, not a branch.
    mapped_span_m
        A stretch between two known points no longer than this counts as mapped.
    extend_m
        A street's open end is carried on this far to meet a crossing street.
    link_m
        Longest assumed link between two neighbouring points.
    bridge_m
        Two bus stops within this distance may be linked across a motorway or river.
    link_worth
        A part is linked when its streets times this are longer than the link.
    assumed_share
        Open ends are carried on less far until assumed links make up at most this share.
    """

    merge_m: float = 45.0
    ridge_m: float = 300.0
    lateral_m: float = 45.0
    sure_gap_m: float = 1200.0
    straight_gap_m: float = 3500.0
    turn_deg: float = 45.0
    branch_m: float = 160.0
    mapped_span_m: float = 200.0
    extend_m: float = 260.0
    link_m: float = 3500.0
    bridge_m: float = 1200.0
    link_worth: float = 2.0
    assumed_share: float = 0.075


DEFAULT_REACH = Reach()
WALL_REACH = Reach(sure_gap_m=600.0, straight_gap_m=2500.0, turn_deg=30.0)
"""For motorways and rivers: a wall that is not there does more harm than one that is missing."""
_EXTEND_SHARES = (1.0, 0.75, 0.5, 0.25, 0.1)


def walkable_points(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points of streets one may walk along: no motorway, nothing unbuilt.

    Parameters
    ----------
    points
        Columns name, street_class, x, y (metric).
    """
    out = points["street_class"].isin((*MOTORWAY_CLASSES, *UNBUILT_CLASSES, *_NOT_STREETS))
    named = points["name"].str.strip().ne("")
    return points.loc[~out & named]


def reconstruct(
    points: pd.DataFrame,
    *,
    reach: Reach = DEFAULT_REACH,
    barriers: Iterable[shapely.Geometry] = (),
    seen: np.ndarray | None = None,
) -> gpd.GeoDataFrame:
    """Reconstruct the walkable streets of a set of named road points.

    Parameters
    ----------
    points
        Columns name, street_class, x, y in metres; the order of the rows does not matter.
    reach
        How far each guess may go.
    barriers
        Lines that no assumed link crosses (motorways, rivers), metric.
    seen
        Further points known to lie on some street, such as bus stops, shape (n, 2), metres;
        assumed links run through them where that is shorter.

    Returns
    -------
    GeoDataFrame
        Columns ``EDGE_COLUMNS``: edges of two points that meet at end points only, coordinates in
        whole millimetres, no CRS; ``origin`` is ``MAPPED``, ``INTERPOLATED`` or ``ASSUMED``.
        ``span_m`` is the distance between the known points the edge lies between.
    """
    drawn = node_segments(draw_streets(points, reach))
    lines = list(barriers)
    walls = shapely.union_all(lines) if lines else shapely.MultiLineString()
    shapely.prepare(walls)
    known = np.concatenate([_lone_points(points, drawn), _as_points(seen)])
    for share in _EXTEND_SHARES:
        carried = node_segments(extend_ends(drawn, share * reach.extend_m, walls))
        joined = node_segments(link_components(carried, known, walls, reach))
        if _assumed_share(joined) <= reach.assumed_share:
            break
    return _edges_frame(joined)


def _as_points(seen: np.ndarray | None) -> np.ndarray:
    return np.empty((0, 2)) if seen is None else np.unique(np.round(seen, 3), axis=0)


def _lone_points(points: pd.DataFrame, drawn: Segments) -> np.ndarray:
    """Return the points of streets that got no line."""
    kept = walkable_points(points)
    alone = kept.loc[~kept["name"].isin(set(drawn.name.tolist()))]
    return _as_points(alone[["x", "y"]].to_numpy(dtype="float64"))


def _assumed_share(segments: Segments) -> float:
    length = segments.lengths()
    total = float(length.sum())
    return float(length[segments.origin == ASSUMED].sum()) / total if total else 0.0


def draw_streets(points: pd.DataFrame, reach: Reach = DEFAULT_REACH) -> Segments:
    """Return the streets as segments between known points, not noded yet.

    Parameters
    ----------
    points
        As in :func:`reconstruct`.
    reach
        How far each guess may go.
    """
    kept = walkable_points(points)
    order = {name: place for place, name in enumerate(CLASS_ORDER)}
    ranks = kept["street_class"].map(order).fillna(len(CLASS_ORDER) - 1).to_numpy(dtype="int64")
    xy = kept[["x", "y"]].to_numpy(dtype="float64")
    names, of_name = np.unique(kept["name"].to_numpy(dtype=str), return_inverse=True)
    rows = np.lexsort((ranks, xy[:, 1], xy[:, 0], of_name))
    bounds = np.searchsorted(of_name[rows], np.arange(len(names) + 1))
    parts = []
    for name, first, last in zip(names.tolist(), bounds[:-1], bounds[1:], strict=True):
        mine = rows[first:last]
        chain = chain_points(xy[mine], reach)
        if len(chain[0]):
            parts.append(_street(name, xy[mine], ranks[mine], chain, reach))
    return Segments.concat(parts)


def draw_lines(xy: np.ndarray, reach: Reach = WALL_REACH) -> list[shapely.Geometry]:
    """Return the segments of one line feature (a motorway, a river) through its points (n, 2)."""
    ordered = xy[np.lexsort((xy[:, 1], xy[:, 0]))]
    pairs, places = chain_points(ordered, reach)
    if not len(pairs):
        return []
    merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(places[pairs])))
    return list(shapely.get_parts(merged))


def _street(
    name: str,
    xy: np.ndarray,
    ranks: np.ndarray,
    chain: tuple[np.ndarray, np.ndarray],
    reach: Reach,
) -> Segments:
    pairs, places = chain
    nearest = np.argmin(
        np.hypot(places[:, None, 0] - xy[None, :, 0], places[:, None, 1] - xy[None, :, 1]), axis=1
    )
    rank = np.minimum(ranks[nearest[pairs[:, 0]]], ranks[nearest[pairs[:, 1]]])
    start, end = places[pairs[:, 0]], places[pairs[:, 1]]
    span = np.hypot(*(end - start).T)
    return Segments(
        start=start,
        end=end,
        name=np.full(len(pairs), name, dtype=object),
        street_class=np.array([CLASS_ORDER[place] for place in rank], dtype=object),
        origin=np.where(span <= reach.mapped_span_m, MAPPED, INTERPOLATED).astype("int64"),
        span_m=span,
    )


def _edges_frame(segments: Segments) -> gpd.GeoDataFrame:
    lines = shapely.linestrings(np.stack([segments.start, segments.end], axis=1))
    frame = gpd.GeoDataFrame(
        {
            "name": segments.name,
            "street_class": segments.street_class,
            "origin": segments.origin,
            "span_m": segments.span_m.round(1),
        },
        geometry=lines,
    )
    order = np.lexsort((*segments.end.T, *segments.start.T, segments.name.astype(str)))
    return frame.iloc[order].reset_index(drop=True)
