"""Hours: reading them, merging them, counting people only while a station is open."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.coverage import STREET, WALK, measure_coverage
from siting.coverage_hours import gaps_at, hourly_cover, slice_coverage, slice_demand
from siting.edition.errors import BadHoursError
from siting.hours import (
    HOURS,
    SEASONS,
    asked_hours,
    load_profiles,
    open_week,
    site_hours,
    time_slices,
)
from siting.hours_errors import BadProfileError, BadSeasonError, BadWhenError, UnknownProfileError
from tests.siting.handmade import STANDARD, city_of, demand_of, entries_of, network_of, sites_of

WEEK = asked_hours("week")


def hours_of_day(week, day=0):
    return np.flatnonzero(week[day * 24 : day * 24 + 24]).tolist()


def test_plain_hours_and_half_hours():
    assert hours_of_day(open_week("08:00-18:00", "winter")) == list(range(8, 18))
    # open from 8:30 to 17:30: open throughout only the hours from 9 to 17
    assert hours_of_day(open_week("08:30-17:30", "winter")) == list(range(9, 17))
    assert hours_of_day(open_week("周一至周五 09:00-12:00,13:00-18:00", "summer"), 4) == [
        *range(9, 12),
        *range(13, 18),
    ]


def test_over_midnight_and_round_the_clock():
    week = open_week("22:00-06:00", "winter")
    assert hours_of_day(week) == [*range(6), 22, 23]  # Sunday's night reaches into Monday
    friday = open_week("Fr 22:00-06:00", "winter")
    assert hours_of_day(friday, 4) == [22, 23]
    assert hours_of_day(friday, 5) == list(range(6))
    assert friday.sum() == 8
    sunday = open_week("Su 22:00-06:00", "winter")
    assert hours_of_day(sunday, 0) == list(range(6))
    for text in ("00:00-24:00", "24/7", "24小时", "全天"):
        assert open_week(text, "winter").all()
    assert not open_week("off", "summer").any()
    assert not open_week("休息", "summer").any()


def test_winter_and_summer_differ():
    text = "Nov 15-Mar 15 Mo-Su 05:00-22:00; Mar 16-Nov 14 Mo-Su 06:00-21:00"
    assert hours_of_day(open_week(text, "winter")) == list(range(5, 22))
    assert hours_of_day(open_week(text, "summer")) == list(range(6, 21))


@pytest.mark.parametrize("text", ["", "morning", "8-25", "25:00-26:00", "08:61-09:00", "开门"])
def test_nonsense_is_refused_with_the_station(text):
    with pytest.raises(BadHoursError, match="site-7"):
        open_week(text, "winter", "site-7")


def test_when_is_understood():
    assert asked_hours("05:00").sum() == 7
    assert np.flatnonzero(asked_hours("Tu 05:00")).tolist() == [29]
    assert np.flatnonzero(asked_hours("Su night")).tolist() == [0, 1, 2, 3, 166, 167]
    assert asked_hours("Sa").sum() == 24
    for chinese, english in (("整周", "week"), ("周日 夜间", "Su night"), ("中午", "noon")):
        assert (asked_hours(chinese) == asked_hours(english)).all()
    for bad in ("", "5", "24:00", "05:30", "Mo Tu", "lunch", "Mo 05:00 x"):
        with pytest.raises(BadWhenError):
            asked_hours(bad)
    with pytest.raises(BadSeasonError):
        open_week("off", "spring")


def test_profiles_are_shares_with_a_source(tmp_path):
    profiles = load_profiles()
    for season in SEASONS:
        assert profiles.share[season].shape == (len(profiles.groups), HOURS)
    assert all("assumption" in text or "article" in text for text in profiles.source.values())
    sanitation = profiles.of(["sanitation"], "winter")[0]
    assert sanitation[5] == 1.0
    assert (profiles.of(["sanitation"], "summer")[0] != sanitation).any()
    with pytest.raises(UnknownProfileError, match="ghost"):
        profiles.of(["ghost", "street"], "winter")
    bad = tmp_path / "hours.toml"
    bad.write_text('[street]\nweekday = "1 2 3"\nweekend = "1"\n', "utf-8")
    with pytest.raises(BadProfileError, match="street"):
        load_profiles(bad)


def test_hours_with_equal_open_sets_merge():
    week = np.zeros((3, HOURS), dtype=bool)
    week[0] = True
    week[1, 8:12] = True
    slices = time_slices(week, WEEK)
    assert slices.names == ("Mo-00", "Mo-08")
    assert slices.site_open.tolist() == [[True, True], [False, True], [False, False]]
    assert (slices.of_hour == np.where(week[1], 1, 0)).all()
    assert time_slices(week, asked_hours("Mo 08:00")).names == ("Mo-08",)


@cache
def street_cover():
    network = network_of([(0, 0), (3000, 0)], names=["大街"])
    street = network.street_ids[0]
    sites = sites_of(
        day=(0, 0, {"host_type": "community"}),
        street=(2900, 0, {"host_type": "restaurant", "rules": ("R2",), "street_id": street}),
    )
    demand = demand_of(
        c=(10, 0, {"people_milli": 10_000, "street_id": street}),
        s=(20, 0, {"group": "sanitation", "people_milli": 20_000}),
    )
    return sites, demand, measure_coverage(city_of(network), sites, demand, STANDARD)


def street_case(**hours):
    sites, demand, coverage = street_cover()
    return sites, demand, coverage, site_hours(sites, "winter", hours)


def test_people_hours_count_only_while_open():
    _, demand, coverage, week = street_case(day="05:00-07:00", street="off")
    profiles = load_profiles()
    slices = time_slices(week, WEEK)
    sliced = slice_demand(demand, slices, profiles, "winter")
    by_slice = slice_coverage(coverage, sliced, slices)
    # winter, 5-7: sanitation 100 % and 100 %, couriers 5 % and 8 % (weekday), 6 % and 10 % (weekend)
    served = 20_000 * 2 * 7 + 10_000 * (0.13 * 5 + 0.16 * 2)
    assert by_slice.people_milli(["day"]) == served
    assert by_slice.people_milli(["street"]) == 0
    everyone = profiles.of(demand["group"], "winter").sum(axis=1) * demand["people_milli"]
    assert by_slice.weight.sum() == pytest.approx(everyone.sum(), abs=4)
    hourly = hourly_cover(coverage, demand, ["day", "street"], week, profiles, "winter")
    assert hourly["served"].sum() == pytest.approx(served / 1000)


def test_the_street_clause_is_kept_apart_by_the_hour():
    _, demand, coverage, week = street_case(day="off", street="00:00-24:00")
    assert entries_of(coverage)["c", "street"] == (2_890_000, STREET)
    assert entries_of(coverage)["s", "day"] == (20_000, WALK)
    hourly = hourly_cover(coverage, demand, ["day", "street"], week, load_profiles(), "winter")
    table = gaps_at(hourly, asked_hours("Mo 12:00"))
    assert table.loc["courier"].to_dict() == {
        "present": 10.0,
        "walk": 0.0,
        "served": 10.0,
        "gap": 0.0,
        "share_served": 1.0,
    }
    assert table.loc["sanitation", "gap"] == pytest.approx(12.0)  # 60 % of 20 people


def test_closed_all_day_serves_nobody():
    _, demand, coverage, week = street_case(day="off", street="off")
    slices = time_slices(week, WEEK)
    sliced = slice_demand(demand, slices, load_profiles(), "summer")
    assert len(slices.names) == 1
    assert len(slice_coverage(coverage, sliced, slices).site) == 0


@settings(max_examples=25, deadline=None)
@given(first=st.integers(0, 23), hours=st.integers(1, 20), more=st.integers(0, 4))
def test_longer_hours_never_serve_fewer(first, hours, more):
    served = []
    for longer in (0, more):
        last = (first + hours + longer) % 24
        text = f"{first:02d}:00-{last:02d}:00" if last != first else "00:00-24:00"
        _, demand, coverage, week = street_case(day=text, street="off")
        slices = time_slices(week, WEEK)
        sliced = slice_demand(demand, slices, load_profiles(), "winter")
        served.append(slice_coverage(coverage, sliced, slices).people_milli(["day"]))
    assert served[0] <= served[1]


def test_unreachable_rows_stay_unreachable_in_every_slice():
    network = network_of([(0, 0), (1000, 0)])
    sites = sites_of(a=(0, 0))
    demand = demand_of(lost=(500, 900), fine=(10, 0))
    coverage = measure_coverage(city_of(network), sites, demand, STANDARD)
    slices = time_slices(site_hours(sites, "winter", {"a": "09:00-17:00"}), WEEK)
    sliced = slice_demand(demand, slices, load_profiles(), "winter")
    by_slice = slice_coverage(coverage, sliced, slices)
    assert by_slice.unreachable["reason"].tolist() == ["too_far", "too_far"]
    assert (sliced.loc[by_slice.unreachable.index, "place_id"] == "place-lost").all()
