"""How good the reconstructed streets are: ``python -m geodata.daxing.quality [--shared DIR]``.

Prints the length per origin, the largest component, the assumed share, the leave-out error, the
distance from bus stops to the streets, and on thinned real extracts how well "within 1 km" pairs
are told by the network, by circles and by both together.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.daxing.errors import MissingIndexError
from geodata.daxing.index import read_index
from geodata.daxing.load import load
from geodata.daxing.quality_extract import EXTRACTS, RULES, judge_extract
from geodata.daxing.quality_figures import (
    NetworkFigures,
    leave_out_errors,
    network_figures,
    stop_distances,
)
from geodata.daxing.reconstruct import walkable_points

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from geodata.city import City

_MARGIN_M = 800.0


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


def _say_network(figures: NetworkFigures, stops_m: np.ndarray, say: Callable[[str], None]) -> None:
    say(
        f"length: mapped {figures.km[0]:.1f} km, interpolated {figures.km[1]:.1f} km, "
        f"assumed {figures.km[2]:.1f} km"
    )
    say(f"components: {figures.components}, largest {figures.largest_share:.1%} of the length")
    say(f"assumed links: {figures.assumed_share:.1%} of the length")
    if len(stops_m):
        half, most = np.percentile(stops_m, [50, 90])
        say(f"bus stop to street: median {half:.0f} m, 90th percentile {most:.0f} m")


def _say_leave_out(city: City, say: Callable[[str], None]) -> None:
    try:
        errors = leave_out_errors(road_points(city))
    except MissingIndexError:
        say("leave-out error: skipped, the package siontiles is not installed")
        return
    _say_errors(errors, say)


def _say_errors(errors: pd.DataFrame, say: Callable[[str], None]) -> None:
    inner = errors["inner"].astype(bool)
    for which, rows in (("all", errors), ("inner", errors[inner]), ("end", errors[~inner])):
        found = rows["error_m"].dropna()
        if found.empty:
            continue
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
        _say_network(verdict.figures, verdict.stops_m, say)
        _say_errors(verdict.left_out, say)
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
    network = city.network
    _say_network(network_figures(network), stop_distances(network, city.layers["stops"]), say)
    _say_leave_out(city, say)
    _say_extracts(chosen.shared, say)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
