"""A small plan for the tests of what the public gets."""

from __future__ import annotations

import dataclasses

import pytest

from geodata import load_city
from siting.plan import make_plan
from siting.settings import replace_settings
from siting.settings_file import load_settings


@pytest.fixture(scope="session")
def daxing():
    return load_city("daxing")


@pytest.fixture(scope="session")
def daxing_plan(daxing):
    return make_plan(daxing, replace_settings(load_settings(city_id="daxing"), plan__stations=40))


@pytest.fixture
def with_columns(daxing_plan):
    """The plan with further or other columns of its stations."""

    def make(**columns):
        stations = daxing_plan.stations.assign(**columns)
        return dataclasses.replace(daxing_plan, stations=stations)

    return make
