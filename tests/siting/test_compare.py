"""Plans side by side."""

import pytest

from siting.compare import compare_plans
from siting.plan import make_plan
from siting.settings import replace_settings
from siting.settings_file import load_settings
from tests.cities import tiny_city


@pytest.fixture(scope="module")
def compared():
    city = tiny_city()
    settings = replace_settings(load_settings(), demand__visitor_share=1.0)
    four = make_plan(city, replace_settings(settings, plan__stations=4))
    five = make_plan(city, replace_settings(settings, plan__stations=5))
    return compare_plans({"四站": four, "五站": five})


def test_totals(compared):
    assert compared.totals.loc["stations"].tolist() == [4, 5]
    assert compared.totals.loc["covered_milli"].tolist() == [2_660_000, 2_660_000]


def test_the_fifth_is_the_other_host(compared):
    alone = compared.stations[compared.stations["plans"] == 1]
    assert alone["name"].tolist() == ["东餐馆"]
    assert alone["五站"].tolist() == [True]
    assert compared.stations["plans"].tolist() == [2, 2, 2, 2, 1]


def test_rules_are_counted(compared):
    assert compared.by_rule.loc["R2"].tolist() == [1, 2]
    assert compared.by_group.loc["sanitation"].tolist() == [20_000, 20_000]
