"""A plan in some hours agrees with the counts hour by hour; a closed station serves nobody."""

from __future__ import annotations

import numpy as np
import pytest

from siting.coverage_hours import gaps_at
from siting.hours import SEASONS, asked_hours
from siting.moment import gaps_at_moment, if_all_open, left_by_hour, open_ids, plan_at, week_of


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("when", ["12:00", "Sa 22:00", "morning", "Su", "week"])
def test_people_of_a_moment_are_those_counted_hour_by_hour(city, plan, when, season):
    at = plan_at(city, plan, when, season)
    hourly = gaps_at(week_of(plan, season), asked_hours(when))
    people = at.by_group["people_milli"] / 1000
    served = at.by_group["covered_milli"] / 1000
    for group in hourly.index:
        assert people.get(group, 0) == pytest.approx(hourly.loc[group, "present"], abs=0.2)
        assert served.get(group, 0) == pytest.approx(hourly.loc[group, "served"], abs=0.2)


def test_at_night_nothing_is_open_and_everybody_there_is_left_out(city, plan):
    # communities close at 18, the hospital's desk at 17, the container at 22
    at = plan_at(city, plan, "22:00", "winter")
    gaps = gaps_at_moment(city, at)
    assert open_ids(at) == set()
    assert at.by_group["covered_milli"].sum() == 0
    assert gaps.by_group["gap_milli"].sum() == at.by_group["reachable_milli"].sum() > 0
    assert gaps.streets["covered_m"].sum() == 0
    assert gaps.clusters["people_milli"].sum() == gaps.by_group["gap_milli"].sum()


def test_open_at_all_hours_a_plan_serves_what_it_covers(city, plan):
    # guards 35 % of people there at 22:00 and so on: only who is there then can be served
    at = plan_at(city, plan, "22:00", "winter")
    there = at.question.demand
    covered = plan.allocation.index
    rows = there["base_row"].to_numpy()
    served = np.isin(np.array(plan.question.reach.demand_ids)[rows], list(covered))
    assert if_all_open(at) == int(there["people_milli"].to_numpy()[served].sum()) > 0


def test_the_stations_stay_and_nothing_is_chosen_anew(city, plan):
    at = plan_at(city, plan, "noon", "summer")
    assert at.solution is plan.solution
    assert sorted(at.stations.index) == sorted(plan.stations.index)
    assert at.settings_hash != plan.settings_hash


def test_left_by_hour_is_a_week_of_days_and_hours(plan):
    hourly = week_of(plan, "winter")
    grid = left_by_hour(hourly)
    assert grid.shape == (7, 24)
    rows = hourly.xs(36, level="hour")  # Tuesday 12-13
    assert grid[1, 12] == pytest.approx(float((rows["present"] - rows["served"]).sum()))
    parts = sum(left_by_hour(hourly, group) for group in hourly.index.levels[1])
    assert np.allclose(parts, grid)
