"""Depth: the second and third station, backup, cover by a service."""

from __future__ import annotations

import numpy as np
import pytest

from siting.coverage import measure_coverage
from siting.coverage_depth import backup_milli, cover_depth, service_cover
from tests.siting.handmade import STANDARD, city_of, demand_of, network_of, sites_of


@pytest.fixture
def coverage():
    network = network_of([(0, 0), (3000, 0)])
    sites = sites_of(a=(0, 0), b=(600, 0), c=(1200, 0), d=(1500, 0))
    demand = demand_of(x=(600, 0), y=(0, 0, {"people_milli": 500}), z=(2900, 0))
    return measure_coverage(city_of(network), sites, demand, STANDARD)


def test_minutes_to_the_first_three(coverage):
    depth = cover_depth(coverage, ["a", "b", "c", "d"], speed_m_s=1.0)
    assert depth["stations"].tolist() == [4, 2, 0]
    assert depth.loc["x", ["minutes_1", "minutes_2", "minutes_3"]].tolist() == [0.0, 10.0, 10.0]
    assert depth.loc["y", "minutes_2"] == 10.0
    assert np.isnan(depth.loc["y", "minutes_3"])
    assert depth.loc["z"].isna().sum() == 3
    assert backup_milli(depth, coverage.weight) == (1500, 1500)
    only = cover_depth(coverage, ["a"], speed_m_s=1.0)
    assert backup_milli(only, coverage.weight) == (1500, 0)


def test_cover_by_service(coverage):
    offers = {"a": ["water"], "c": ["water", "aed"], "d": ["toilet"], "b": ["microwave"]}
    table = service_cover(coverage, ["a", "c", "d"], offers)
    assert table.to_dict() == {"aed": 1000, "toilet": 1000, "water": 1500}
