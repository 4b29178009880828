"""The reconstruction measured: leave-out error, and pairs within 1 km on thinned real extracts."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from geodata.daxing import quality
from geodata.daxing.load import load
from geodata.daxing.quality import road_points
from geodata.daxing.quality_extract import (
    CIRCLE,
    CIRCLE_DETOUR,
    COMBINED,
    EXTRACTS,
    NETWORK_ONLY,
    judge_extract,
    thin_ways,
)
from geodata.daxing.quality_figures import leave_out_errors
from geodata.osm_read import WayTable

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.parametrize("name", EXTRACTS)
def test_the_rule_is_never_worse_than_circles(shared: Path, name: str) -> None:
    verdict = judge_extract(shared / "data" / "osm" / name, points=600)
    f1 = {rule: score.f1 for rule, score in verdict.scores.items()}
    assert f1[COMBINED] > f1[CIRCLE] + 0.1
    assert f1[COMBINED] >= f1[CIRCLE_DETOUR]
    assert f1[COMBINED] > f1[NETWORK_ONLY]
    assert verdict.pairs == 600 * 599 // 2
    assert sum(verdict.figures.km) == pytest.approx(verdict.reconstructed_km, rel=0.01)
    assert 0 < verdict.figures.largest_share <= 1
    assert verdict.left_out.loc[verdict.left_out["inner"], "error_m"].median() <= 30


@pytest.mark.slow
def test_left_out_points_lie_near_their_street() -> None:
    if importlib.util.find_spec("siontiles") is None:
        pytest.skip("the package siontiles (development dependency) is not installed")
    errors = leave_out_errors(road_points(load()))
    assert errors["error_m"].median() <= 25
    assert errors["error_m"].quantile(0.9) <= 550
    assert errors["error_m"].isna().mean() <= 0.12
    assert errors.loc[errors["inner"], "error_m"].quantile(0.9) <= 80


def test_a_point_of_a_straight_street_is_found_again() -> None:
    rows = [("甲路", "secondary", 440_000.0 + 200 * step, 4_400_000.0) for step in range(12)]
    points = pd.DataFrame(rows, columns=["name", "street_class", "x", "y"])
    errors = leave_out_errors(points)
    assert len(errors) == 12
    assert errors["inner"].sum() == 10
    assert errors["error_m"].max() <= 400.0  # the ends are cut off by their last steps
    assert errors.loc[errors["inner"], "error_m"].median() < 1e-6


def test_thinning_keeps_one_point_of_each_named_way() -> None:
    ways = WayTable(
        way_id=np.array([1, 2, 3, 4]),
        tags=[
            {"highway": "primary", "name": "干路"},
            {"highway": "residential"},
            {"highway": "motorway", "name": "高速"},
            {"waterway": "river", "name": "凉水河"},
        ],
        start=np.array([0, 3, 5, 7, 9]),
        ref=np.arange(9),
        lon=np.array([117.0, 117.001, 117.01, 117.0, 117.1, 117.0, 117.002, 117.0, 117.004]),
        lat=np.full(9, 39.0),
    )
    thinned = thin_ways(ways, "EPSG:4548")
    assert thinned["kind"].tolist() == ["street", "motorway", "river"]
    assert thinned["name"].tolist() == ["干路", "高速", "凉水河"]
    # EPSG:4548 has its middle at 117 E: 0.001 degrees east of it are 86.7 m at 39 N.
    assert np.allclose(thinned["x"] - 500_000, [86.6, 86.6, 173.2], atol=0.5)


def test_without_reference_data_the_command_says_what_it_skips(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(quality, "_say_leave_out", lambda _, say: say("leave-out"))
    assert quality.main(["--shared", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "assumed links: " in said
    assert "F1 on thinned extracts: skipped" in said
