"""Periods, who moves where, and the question of a rota; by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from siting.plan import make_plan
from siting.publish import read_rota
from siting.rota import plan_rota
from siting.rota_errors import NoLotsError, RotaSpanError
from siting.rota_plan import (
    RotaAsked,
    calendar,
    moves_km,
    periods_of,
    rota_question,
    rota_rows,
    season_of,
)
from siting.settings import replace_settings
from siting.settings_file import load_settings
from tests.web.city import small_city


def asked(**changes):
    usual = {"kind": "weeks", "containers": 1, "move_cost": 300.0, "worth": 5.0}
    return RotaAsked(**{**usual, **changes})


def places(**at):
    sites = gpd.GeoDataFrame(
        {"name": [f"场地{name}" for name in at]},
        geometry=[Point(xy) for xy in at.values()],
        index=pd.Index(list(at), name="site_id"),
        crs="EPSG:4548",
    )
    return SimpleNamespace(question=SimpleNamespace(sites=sites))


def test_weeks_of_equal_need_are_one_period():
    # 2027-01-04 is a Monday; winter until the week of 22 February, spring from 1 March, heating
    # ends on 15 March: the week of 15 March still begins in it, that of 22 March does not
    found = periods_of(asked(start=dt.date(2027, 1, 6), weeks=12))
    assert [(period.name, len(period.weeks)) for period in found] == [
        ("2027-01-04", 8),
        ("2027-03-01", 3),
        ("2027-03-22", 1),
    ]
    assert [period.days for period in found] == [56, 21, 7]
    assert [(period.season, period.quarter) for period in found] == [
        ("winter", "winter"),
        ("winter", "spring"),
        ("summer", "spring"),
    ]


def test_heating_season_of_beijing():
    assert [season_of(dt.date(2027, *day)) for day in ((3, 15), (3, 16), (11, 14), (11, 15))] == [
        *("winter", "summer", "summer", "winter")
    ]


@pytest.mark.parametrize("wrong", [{"weeks": 0}, {"weeks": 105}, {"kind": "moons"}])
def test_a_span_that_cannot_be_is_refused(wrong):
    with pytest.raises(RotaSpanError, match="cannot be made"):
        periods_of(asked(**wrong))


def test_who_moves_goes_to_the_nearest_free_lot():
    plan = places(a=(0, 0), b=(1000, 0), c=(100, 0), d=(1100, 0))
    held = calendar(plan, (("a", "b"), ("c", "d"), ("c", "d")))
    assert held[0].tolist() == ["a", "b"]
    assert held[1].tolist() == ["c", "d"]  # 100 m each, not a -> d
    assert held[2].tolist() == ["c", "d"]
    assert moves_km(plan, held) == pytest.approx(0.2)


def test_a_container_that_can_stay_stays():
    plan = places(a=(0, 0), b=(1000, 0), c=(100, 0))
    held = calendar(plan, (("a", "b"), ("b", "c")))
    assert held.loc[2].tolist() == ["b", "b"]
    assert held.loc[1].tolist() == ["a", "c"]


def test_the_rotas_file_is_what_publishing_reads(tmp_path):
    plan = places(a=(0, 0), b=(1000, 0))
    periods = periods_of(asked(start=dt.date(2027, 3, 15), weeks=2))
    held = calendar(plan, (("a",), ("b",)))
    rows = rota_rows(plan, periods, held)
    path = tmp_path / "rota.csv"
    rows.to_csv(path, index=False, encoding="utf-8-sig")
    read = read_rota(path)
    assert read["site_id"].tolist() == ["a", "b"]
    assert read["week_start"].tolist() == [dt.date(2027, 3, 15), dt.date(2027, 3, 22)]
    assert rows["name"].tolist() == ["场地a", "场地b"]


def test_the_question_counts_hours_of_outdoor_workers_while_lots_are_open(small_plan):
    found = rota_question(small_plan, asked(kind="seasons", only_left=False))
    # 40 sanitation workers; containers are open 5-21 outside the heating season, when their
    # summer day's shares from 5 to 20 sum to 970 % = 9.7 hours; 92 days of spring and of summer
    assert found.problem.containers == 1
    hours = {period.name: int(w.sum()) for period, w in zip(
        found.periods, found.problem.weight, strict=True)}  # fmt: skip
    assert hours["spring"] == hours["summer"] == 40 * 9.7 * 92 * 1000
    assert found.problem.move_price == 60_000
    more = asked(kind="seasons", only_left=False, need=(("sanitation", "summer", 1.5),))
    summer = rota_question(small_plan, more).problem.weight[1].sum()
    assert summer == pytest.approx(1.5 * hours["summer"])


def test_people_of_fixed_stations_do_not_count_again(small_plan):
    alone = rota_question(small_plan, asked(kind="dayparts")).problem
    every = rota_question(small_plan, asked(kind="dayparts", only_left=False)).problem
    assert (alone.weight <= every.weight).all()
    rota = plan_rota(every)
    assert rota.status == "optimal"
    assert sum(rota.moves) == 0


def test_a_city_without_lots_is_refused(small_plan):
    none = small_plan.settings.plan
    banned = tuple(
        small_plan.question.sites.index[small_plan.question.sites["station_kind"].eq("mobile")]
    )
    settings = dataclasses.replace(small_plan.settings, plan=dataclasses.replace(none, ban=banned))
    with pytest.raises(NoLotsError, match="no place for a container"):
        rota_question(dataclasses.replace(small_plan, settings=settings), asked())


@pytest.fixture(scope="module")
def small_plan():
    return make_plan(small_city(), replace_settings(load_settings(), plan__stations=5))
