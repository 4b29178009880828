"""Judge the reconstruction where the truth is known: on a real extract, thinned to named points.

A full extract is thinned to one point for each named way, as the map index has it, and
reconstructed. Random points are paired; a pair is "within" when the full extract's streets lead
from one to the other in 1 km. The reconstructed network alone, circles, and the rule of the
product (the shorter of network path and straight line times 1.3, never across a motorway or river)
are compared with that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geodata.datum import metric_crs_for
from geodata.daxing.quality_figures import (
    NetworkFigures,
    leave_out_errors,
    network_figures,
    stop_distances,
)
from geodata.daxing.reconstruct import draw_lines, reconstruct
from geodata.network import build_network, snap_points
from geodata.osm_frame import features_frame
from geodata.osm_layers import stops_from
from geodata.osm_read import read_osm
from geodata.osm_streets import extract_streets, street_name
from geodata.walking import walk_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from geodata.network import Snaps, StreetNetwork
    from geodata.osm_read import WayTable

EXTRACTS = ("beijing_tsinghua_2017.osm", "guixi_jiangxi_2025.osm", "shenzhen_buji_2019.osm")
NETWORK_ONLY = "network only"
CIRCLE = "circle, straight <= 1 km"
CIRCLE_DETOUR = "circle, straight x 1.3 <= 1 km"
COMBINED = "network or straight x 1.3"
RULES = (NETWORK_ONLY, CIRCLE, CIRCLE_DETOUR, COMBINED)

CUTOFF_MM = 1_000_000
DETOUR_FACTOR = 1.3
DETOUR_LIMIT_M = 1200.0
SNAP_LIMIT_M = 500.0
TRUTH_SNAP_M = 100.0
POINTS = 900
SEED = 1
_TRIES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well pairs were told, shares 0-1."""

    f1: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was measured on one extract.

    Attributes
    ----------
    points, names
        Left of the extract by thinning.
    reconstructed_km, truth_km
        Lengths.
    figures
        Of the reconstructed network.
    stops_m
        Distance of each of the extract's bus stops to the reconstructed streets, metres.
    left_out
        As :func:`~geodata.daxing.quality_figures.leave_out_errors` gives it.
    pairs, true_pairs
        Pairs judged, and those within the cutoff.
    scores
        By rule.
    """

    points: int
    names: int
    reconstructed_km: float
    truth_km: float
    figures: NetworkFigures
    stops_m: np.ndarray
    left_out: pd.DataFrame
    pairs: int
    true_pairs: int
    scores: Mapping[str, Score]


def thin_ways(ways: WayTable, metric_crs: str) -> pd.DataFrame:
    """Return one point for each named way: columns kind, name, street_class, x, y.

    The point is the inner vertex nearest to the middle of the way, or the middle of a way of two
    points; kind is ``street``, ``motorway`` or ``river``.
    """
    from geodata.datum import wgs84_pipeline  # noqa: PLC0415

    x, y = wgs84_pipeline(metric_crs).transform(ways.lon, ways.lat)
    xy = np.column_stack([x, y])
    rows = []
    for row, tags in enumerate(ways.tags):
        name = street_name(tags)
        kind = _kind(tags)
        line = xy[ways.start[row] : ways.start[row + 1]]
        line = line[np.isfinite(line).all(axis=1)]
        if name and kind and len(line) > 1:
            rows.append((kind, name, tags.get("highway", "river"), *_middle(line)))
    return pd.DataFrame(rows, columns=["kind", "name", "street_class", "x", "y"])


def _kind(tags: dict[str, str]) -> str:
    if tags.get("waterway") == "river":
        return "river"
    if tags.get("highway") == "motorway":
        return "motorway"
    return "street" if "highway" in tags else ""


def _middle(line: np.ndarray) -> tuple[float, float]:
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    if len(line) == 2:  # noqa: PLR2004  (a way of two points)
        x, y = line.mean(axis=0)
    else:
        x, y = line[1 + int(np.argmin(np.abs(along[1:-1] - along[-1] / 2)))]
    return float(x), float(y)


def judge_extract(path: Path, *, points: int = POINTS, seed: int = SEED) -> Verdict:
    """Thin, reconstruct and compare one extract.

    Parameters
    ----------
    path
        OSM extract.
    points
        Number of random points, all pairs of which are judged.
    seed
        Seed of the random points.
    """
    read = read_osm(path)
    ways = read.ways
    crs = metric_crs_for(float(np.nanmedian(ways.lon)))
    truth = build_network(extract_streets(ways, crs).edges, crs)
    thinned = thin_ways(ways, crs)
    walls = _walls(thinned)
    streets = thinned.loc[thinned["kind"] == "street"]
    edges = reconstruct(streets, barriers=walls)
    rebuilt = build_network(edges, crs)
    xy, on_truth = _random_points(truth, points, seed)
    pairs = np.triu_indices(len(xy), 1)
    right = _within(truth, on_truth)[pairs]
    network = _within(rebuilt, snap_points(rebuilt, xy, SNAP_LIMIT_M))[pairs]
    straight = np.hypot(*(xy[pairs[0]] - xy[pairs[1]]).T)
    circle = straight * 1000 <= CUTOFF_MM
    detour = straight * DETOUR_FACTOR * 1000 <= min(CUTOFF_MM, DETOUR_LIMIT_M * 1000)
    guesses = {
        NETWORK_ONLY: network,
        CIRCLE: circle,
        CIRCLE_DETOUR: detour,
        COMBINED: network | (detour & ~_crossing(xy, pairs, detour, walls)),
    }
    return Verdict(
        points=len(streets),
        names=int(streets["name"].nunique()),
        reconstructed_km=_km(edges),
        truth_km=float(truth.edge_length_mm.sum()) / 1e6,
        figures=network_figures(rebuilt),
        stops_m=stop_distances(rebuilt, stops_from(features_frame(read.features, crs))),
        left_out=leave_out_errors(streets.reset_index(drop=True)),
        pairs=len(right),
        true_pairs=int(right.sum()),
        scores={rule: _score(guess, right) for rule, guess in guesses.items()},
    )


def _km(edges: gpd.GeoDataFrame) -> float:
    return float(edges.length.sum()) / 1000


def _walls(thinned: pd.DataFrame) -> list[shapely.Geometry]:
    lines: list[shapely.Geometry] = []
    for _, group in thinned.loc[thinned["kind"] != "street"].groupby(["kind", "name"]):
        lines.extend(draw_lines(group[["x", "y"]].to_numpy()))
    return lines


def _random_points(truth: StreetNetwork, count: int, seed: int) -> tuple[np.ndarray, Snaps]:
    """Return points of the extract's box near a street of its largest component."""
    rng = np.random.default_rng(seed)
    low = np.array([truth.node_x.min(), truth.node_y.min()])
    high = np.array([truth.node_x.max(), truth.node_y.max()])
    tried = low + (high - low) * rng.random((count * _TRIES, 2))
    snaps = snap_points(truth, tried, TRUTH_SNAP_M, island_below_m=0.0)
    on_main = (snaps.edge >= 0) & (truth.component[truth.edge_u[snaps.edge]] == 0)
    rows = np.flatnonzero(on_main)[:count]
    return tried[rows], snaps.take(rows)


def _within(network: StreetNetwork, snaps: Snaps) -> np.ndarray:
    """Return the matrix of pairs within the cutoff along the network."""
    table = walk_table(network, snaps, snaps, CUTOFF_MM)
    matrix = np.zeros((len(snaps), len(snaps)), dtype=bool)
    matrix[table.row(), table.site] = True
    return matrix


def _crossing(
    xy: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
    asked: np.ndarray,
    walls: list[shapely.Geometry],
) -> np.ndarray:
    """Tell which of the pairs asked for have a wall between them."""
    crossing = np.zeros(len(asked), dtype=bool)
    if walls:
        rows = np.flatnonzero(asked)
        between = np.stack([xy[pairs[0][rows]], xy[pairs[1][rows]]], axis=1)
        wall = shapely.union_all(walls)
        shapely.prepare(wall)
        crossing[rows] = shapely.intersects(wall, shapely.linestrings(between))
    return crossing


def _score(guess: np.ndarray, right: np.ndarray) -> Score:
    both = float((guess & right).sum())
    said, true = float(guess.sum()), float(right.sum())
    return Score(
        f1=2 * both / max(said + true, 1.0),
        precision=both / max(said, 1.0),
        recall=both / max(true, 1.0),
    )
