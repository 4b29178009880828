"""A plan in the workspace comes back equal, and replays to the same result."""

from __future__ import annotations

import pytest
from geopandas.testing import assert_geodataframe_equal
from pandas.testing import assert_frame_equal

from geodata.store.errors import UnknownItemError
from geodata.workspace import create_workspace, open_workspace
from geodata.workspace_file import export_workspace, import_workspace
from geodata.workspace_plans import list_rows
from siting.archive import (
    ReplayDiffersError,
    archive_bytes,
    open_plan,
    replay_plan,
    save_plan,
)
from siting.plan import make_plan
from siting.settings import replace_settings
from siting.settings_file import load_settings
from tests.cities import tiny_city


@pytest.fixture(scope="module")
def made():
    city = tiny_city()
    return city, make_plan(city, replace_settings(load_settings(), plan__stations=4))


def same(left, right) -> None:
    assert left.solution == right.solution
    assert left.settings == right.settings
    assert left.city_version == right.city_version
    assert_geodataframe_equal(left.stations, right.stations)
    assert_frame_equal(left.allocation, right.allocation)
    assert_frame_equal(left.by_group, right.by_group)
    assert left.notes == right.notes


def test_plan_to_workspace_to_plan_is_equal(made, tmp_path):
    city, plan = made
    plan_id = save_plan(create_workspace(tmp_path / "ws"), city, plan, name="两站", who="李")
    found_city, found = open_plan(open_workspace(tmp_path / "ws"), plan_id)
    assert found_city.version == city.version
    same(plan, found)
    assert archive_bytes(found) == archive_bytes(plan)


def test_plan_replays_to_the_same_result_after_moving(made, tmp_path):
    city, plan = made
    ws = create_workspace(tmp_path / "ws")
    plan_id = save_plan(ws, city, plan, name="两站", who="李")
    assert save_plan(ws, city, plan, name="两站", who="王") == plan_id
    export_workspace(ws, tmp_path / "all.zip")
    moved = import_workspace(tmp_path / "all.zip", tmp_path / "moved")
    same(plan, replay_plan(moved, plan_id))
    assert len(list_rows(moved, "plans")) == len(list_rows(moved, "scenarios")) == 1


def test_a_plan_that_comes_out_otherwise_is_said(made, tmp_path, monkeypatch):
    city, plan = made
    ws = create_workspace(tmp_path / "ws")
    plan_id = save_plan(ws, city, plan, name="两站", who="李")
    other = make_plan(city, replace_settings(plan.settings, plan__stations=5))
    monkeypatch.setattr("siting.archive.make_plan", lambda *_: other)
    with pytest.raises(ReplayDiffersError, match="stations"):
        replay_plan(ws, plan_id)
    with pytest.raises(UnknownItemError, match=plan_id):
        open_plan(ws, "plan-0")
