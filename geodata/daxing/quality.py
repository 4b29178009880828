"""How good the reconstructed streets are: ``python -m geodata.daxing.quality [--shared DIR]``.

Prints the length per origin, the largest component, the assumed share, the leave-out error, the
distance from bus stops to the streets, and on thinned real extracts how well "within 1 km" pairs
are told by the network, by circles and by both together.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geodata.daxing.errors import MissingIndexError
from geodata.daxing.index import read_index
from geodata.daxing.load import load
from geodata.daxing.quality_extract import EXTRACTS, RULES, judge_extract
from geodata.daxing.reconstruct import DEFAULT_REACH, Reach, draw_streets, walkable_points
from geodata.daxing.reconstruct_chain import chain_points

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geodata.city import City

_FOLDS = 10
_MARGIN_M = 800.0
_HEX = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFigures:
    """Lengths of a network.

    Attributes
    ----------
    km
        By origin: mapped, interpolated, assumed.
    largest_share
        Share of the length in the largest component, 0-1.
    assumed_share
        Share of the length that is assumed, 0-1.
    components
        Number of components.
    """

    km: tuple[float, float, float]
    largest_share: float
    assumed_share: float
    components: int


def network_figures(city: City) -> NetworkFigures:
    """Measure a city's network."""
    network = city.network
    length = network.edge_length_mm / 1e6
    by_origin = np.bincount(network.edge_origin, weights=length, minlength=3)
    parts = np.bincount(network.component[network.edge_u], weights=length)
    total = float(length.sum())
    return NetworkFigures(
        km=(float(by_origin[0]), float(by_origin[1]), float(by_origin[2])),
        largest_share=float(parts.max()) / total,
        assumed_share=float(by_origin[2]) / total,
        components=len(parts),
    )


def stop_distances(city: City) -> np.ndarray:
    """Return each bus stop's distance to the nearest street that is not assumed, metres."""
    stops = city.layers["stops"]
    bus = stops.loc[stops["stop_type"] == "bus"].geometry.to_numpy()
    real = city.network.edge_geometry[city.network.edge_origin < 2]  # noqa: PLR2004  (assumed)
    _, distance = shapely.STRtree(real).query_nearest(bus, return_distance=True, all_matches=False)
    return np.asarray(distance)


def road_points(city: City) -> pd.DataFrame:
    """Return the walkable road points of the study area: name, street_class, x, y.

    Raises
    ------
    MissingIndexError
        siontiles is not installed.
    """
    names = read_index()
    wide = shapely.buffer(city.boundary, _MARGIN_M)
    inside = shapely.contains_xy(wide, names["x"].to_numpy(), names["y"].to_numpy())
    roads = names.loc[inside & (names["kind"] == "道路").to_numpy()]
    points = roads.rename(columns={"type": "street_class"})
    return walkable_points(points[["name", "street_class", "x", "y"]]).reset_index(drop=True)


def leave_out_errors(points: pd.DataFrame, reach: Reach = DEFAULT_REACH) -> pd.DataFrame:
    """Leave out each tenth of the points in turn and measure how far their street misses them.

    Parameters
    ----------
    points
        As for :func:`~geodata.daxing.reconstruct.reconstruct`.
    reach
        How far each guess may go.

    Returns
    -------
    DataFrame
        One row per point of a street that has a line with all its points: name, error_m (NaN where
        the street has no line without the point), inner (False for the ends of lines).
    """
    fold = np.array([_fold(row) for row in points[["name", "x", "y"]].itertuples(index=False)])
    inner = _inner_points(points, reach)
    parts = []
    for number in range(_FOLDS):
        lines = _street_lines(points.loc[fold != number], reach)
        out = points.loc[(fold == number) & inner.notna().to_numpy()]
        nothing = shapely.LineString()
        streets = [lines.get(name, nothing) for name in out["name"]]
        error = shapely.distance(shapely.points(out[["x", "y"]].to_numpy()), streets)
        inside = inner.loc[out.index].astype(bool)
        parts.append(pd.DataFrame({"name": out["name"], "error_m": error, "inner": inside}))
    return pd.concat(parts, ignore_index=True)


def _inner_points(points: pd.DataFrame, reach: Reach) -> pd.Series:
    """Tell of each point whether its street goes on to both sides; missing without a line."""
    inner = pd.Series(np.nan, index=points.index, dtype=object)
    for _, group in points.groupby("name"):
        xy = group[["x", "y"]].to_numpy()
        pairs, places = chain_points(xy[np.lexsort((xy[:, 1], xy[:, 0]))], reach)
        if len(pairs):
            degree = np.bincount(pairs.ravel(), minlength=len(places))
            nearest = cKDTree(places).query(xy)[1]
            inner.loc[group.index] = degree[nearest] > 1
    return inner


def _fold(row: tuple[str, float, float]) -> int:
    text = f"{row[0]}|{row[1]:.1f}|{row[2]:.1f}"
    return int(hashlib.sha256(text.encode()).hexdigest()[:_HEX], 16) % _FOLDS


def _street_lines(points: pd.DataFrame, reach: Reach) -> dict[str, shapely.Geometry]:
    segments = draw_streets(points, reach)
    lines = segments.lines()
    rows = pd.Series(np.arange(len(lines))).groupby(segments.name.astype(str)).groups
    return {str(name): shapely.multilinestrings(lines[row]) for name, row in rows.items()}


def _say_network(city: City, say: Callable[[str], None]) -> None:
    figures = network_figures(city)
    say(
        f"length: mapped {figures.km[0]:.1f} km, interpolated {figures.km[1]:.1f} km, "
        f"assumed {figures.km[2]:.1f} km"
    )
    say(f"components: {figures.components}, largest {figures.largest_share:.1%} of the length")
    say(f"assumed links: {figures.assumed_share:.1%} of the length")
    half, most = np.percentile(stop_distances(city), [50, 90])
    say(f"bus stop to street: median {half:.0f} m, 90th percentile {most:.0f} m")


def _say_leave_out(city: City, say: Callable[[str], None]) -> None:
    try:
        errors = leave_out_errors(road_points(city))
    except MissingIndexError:
        say("leave-out error: skipped, the package siontiles is not installed")
        return
    inner = errors["inner"]
    for which, rows in (("all", errors), ("inner", errors[inner]), ("end", errors[~inner])):
        found = rows["error_m"].dropna()
        half, most = np.percentile(found, [50, 90])
        say(
            f"leave-out error, {which} points: median {half:.0f} m, 90th percentile {most:.0f} m "
            f"of {len(found)}; {rows['error_m'].isna().mean():.1%} more lose their street's line"
        )


def _say_extracts(shared: Path, say: Callable[[str], None]) -> None:
    folder = shared / "data" / "osm"
    if not folder.is_dir():
        say(f"F1 on thinned extracts: skipped, '{shared}' has no data/osm")
        return
    for name in EXTRACTS:
        verdict = judge_extract(folder / name)
        say(
            f"{name}: {verdict.points} points of {verdict.names} names, reconstructed "
            f"{verdict.reconstructed_km:.1f} km for {verdict.truth_km:.1f} km of truth, "
            f"{verdict.pairs} pairs, {verdict.true_pairs} of them within 1 km"
        )
        for rule in RULES:
            score = verdict.scores[rule]
            say(
                f"  {rule:<28} F1 {score.f1:.4f}  precision {score.precision:.3f}  "
                f"recall {score.recall:.3f}"
            )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print all measurements; returns 0."""
    parser = argparse.ArgumentParser(description="Measure the reconstructed streets of Daxing.")
    beside = Path(__file__).resolve().parents[3] / "shared"
    parser.add_argument("--shared", type=Path, default=beside, help="folder of reference data")
    chosen = parser.parse_args(arguments)

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")

    city = load()
    _say_network(city, say)
    _say_leave_out(city, say)
    _say_extracts(chosen.shared, say)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
