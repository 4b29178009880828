"""The public edition: facts, texts that are refused, what stays behind."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from siting.edition import (
    PUBLIC_COLUMNS,
    BadHoursError,
    BadPhoneError,
    BadServiceError,
    FactsKeyError,
    PublicOptions,
    PublicTextError,
    StaleCityError,
    UnknownColumnsError,
    UnknownStationsError,
    UnreadableFactsError,
    empty_facts,
    make_edition,
    public_stations,
    read_facts,
)
from tests.siting.public.helpers import ORIGIN, plan_stations

OPTIONS = PublicOptions(published=dt.date(2026, 9, 21))
XY = [(ORIGIN[0] + 100 * n, ORIGIN[1]) for n in range(4)]


def write(path, text, encoding="utf-8"):
    path.write_text(text, encoding=encoding)
    return path


def test_facts_in_chinese_and_gbk(tmp_path):
    text = "站点编号,名称,开放时间,服务,公开电话\ns-00001,一号,周一至周五 8:00-18:00,饮水、充电,010-69250000\n"
    facts = read_facts(write(tmp_path / "f.csv", text, "gb18030"))
    assert facts.loc["s-00001", "services"] == "water,charging"
    shown = public_stations(plan_stations(XY), facts)
    assert shown.loc["s-00001", "name"] == "一号"
    assert shown.loc["s-00001", "hours_confirmed"]
    assert not shown.loc["s-00000", "hours_confirmed"]


def test_a_dash_says_that_there_are_no_services(tmp_path):
    facts = read_facts(write(tmp_path / "f.csv", "site_id,services\ns-00001,-\n"))
    shown = public_stations(plan_stations(XY), facts)
    assert shown.loc["s-00001", "services"] == ""
    assert shown.loc["s-00001", "services_confirmed"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("site_id,manager\ns-1,张三\n", UnknownColumnsError),
        ("name\n一号\n", FactsKeyError),
        ("site_id,name\ns-1,a\ns-1,b\n", FactsKeyError),
        ("site_id,hours\ns-1,often\n", BadHoursError),
        ("site_id,services\ns-1,sauna\n", BadServiceError),
        ("site_id,phone\ns-1,ask Wang\n", BadPhoneError),
    ],
)
def test_bad_facts_are_refused(tmp_path, text, error):
    with pytest.raises(error):
        read_facts(write(tmp_path / "f.csv", text))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UnreadableFactsError):
        read_facts(tmp_path / "none.csv")


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "驿站 13812345678",
        "驿站 138-1234-5678",
        "wang@example.org",
        "一\u202e二",
        "身份证 110115199001011234",
        "javascript:alert(1)",
    ],
)
def test_texts_that_must_not_be_public(name):
    with pytest.raises(PublicTextError):
        public_stations(plan_stations(XY, name=[name, "a", "b", "c"]), empty_facts())


def test_only_the_listed_columns_are_taken():
    rows = plan_stations(XY, manager="张三丰", manager_phone="13900001111", headcount=48317)
    shown = public_stations(rows, empty_facts())
    assert set(shown.columns) == {*PUBLIC_COLUMNS, "geometry"}
    text = pd.DataFrame(shown).to_csv()
    assert not any(word in text for word in ("张三丰", "13900001111", "48317"))


def test_a_plan_of_another_city_is_refused(daxing_plan, daxing):
    import dataclasses  # noqa: PLC0415

    stale = dataclasses.replace(daxing_plan, city_version="0" * 64)
    with pytest.raises(StaleCityError):
        make_edition(stale, daxing, OPTIONS)


def test_facts_of_a_station_that_is_not_in_the_plan(daxing_plan, daxing):
    facts = empty_facts().reindex(["nowhere"]).fillna("")
    with pytest.raises(UnknownStationsError):
        make_edition(daxing_plan, daxing, OPTIONS, facts=facts)


def test_equal_input_gives_an_equal_version(daxing_plan, daxing):
    one, other = (make_edition(daxing_plan, daxing, OPTIONS) for _ in range(2))
    assert one.version == other.version
    later = PublicOptions(published=dt.date(2026, 9, 22))
    assert make_edition(daxing_plan, daxing, later).version != one.version


def test_new_hours_need_no_new_plan(daxing_plan, daxing):
    site_id = daxing_plan.stations.index[0]
    facts = empty_facts().reindex([site_id]).fillna("").assign(hours="每天 06:00-23:00")
    edition = make_edition(daxing_plan, daxing, OPTIONS, facts=facts)
    assert edition.stations.loc[site_id, "hours"] == "每天 06:00-23:00"


def test_no_single_employer_shows_in_the_overview(daxing_plan, daxing):
    overview = make_edition(daxing_plan, daxing, OPTIONS).overview
    demand = daxing_plan.question.people
    served = demand[demand.index.isin(daxing_plan.allocation.index)]
    places = served.groupby(["town_code", "group"])["place_id"].nunique()
    names = daxing.towns["name"]
    for (code, group), count in places.items():
        if count < 3 and code in names.index:
            assert pd.isna(overview.loc[names[code], group]), (code, group)
