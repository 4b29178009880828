"""The plans' shelf on both stores: names, copies, put away and taken back; the ledger's trail."""

from __future__ import annotations

import pytest

from geodata.ledger_changes import other_lists, recent_changes
from geodata.ledger_store import change_entry, put_ledger
from geodata.store.errors import UnknownItemError
from geodata.workspace import put_city
from geodata.workspace_plans import get_plan, list_rows, put_plan
from geodata.workspace_shelf import (
    city_layers,
    copy_plan,
    note_city_layers,
    remove_plan,
    removed_plans,
    rename_plan,
    restore_plan,
)
from tests.cities import tiny_city
from tests.geodata.workspace.test_workspace import plan_row
from tests.soak.crash import small_ledger


@pytest.fixture
def kept(ws):
    city = put_city(ws, tiny_city(), who="李")
    return put_plan(ws, plan_row(city), b"plan", who="李")


def test_a_plan_keeps_its_id_and_bytes_under_another_name(ws, kept):
    rename_plan(ws, kept, "春季方案", who="王")
    row, data = get_plan(ws, kept)
    assert (row.name, data) == ("春季方案", b"plan")
    assert [line["who"] for line in list_rows(ws, "audit") if line["action"] == "rename_plan"] == [
        "王"
    ]


def test_a_copy_is_another_plan_of_the_same_bytes(ws, kept):
    copy = copy_plan(ws, kept, "副本", who="王")
    assert copy != kept
    assert get_plan(ws, copy)[1] == get_plan(ws, kept)[1]
    assert get_plan(ws, copy)[0].name == "副本"
    remove_plan(ws, kept, who="王")
    assert set(removed_plans(ws)) == {kept}


def test_a_plan_put_away_is_whole_and_comes_back(ws, kept):
    assert removed_plans(ws) == {}
    remove_plan(ws, kept, who="王")
    assert removed_plans(ws)[kept]["who"] == "王"
    assert get_plan(ws, kept)[1] == b"plan"
    restore_plan(ws, kept, who="李")
    assert removed_plans(ws) == {}


@pytest.mark.parametrize("act", [remove_plan, restore_plan])
def test_what_is_not_there_is_a_sentence(ws, act):
    with pytest.raises(UnknownItemError):
        act(ws, "plan-0", who="王")
    with pytest.raises(UnknownItemError):
        rename_plan(ws, "plan-0", "x", who="王")
    with pytest.raises(UnknownItemError):
        copy_plan(ws, "plan-0", "x", who="王")


def test_a_city_tells_what_it_was_made_of(ws):
    assert city_layers(ws, "v") == {}
    note_city_layers(ws, "v", {"enterprises": "enterprises v1"}, who="李")
    note_city_layers(ws, "v", {"enterprises": "enterprises v1"}, who="李")
    note_city_layers(ws, "w", {"enterprises": "enterprises v2"}, who="李")
    assert city_layers(ws, "v") == {"enterprises": "enterprises v1"}
    assert sum(row["action"] == "city_layers" for row in list_rows(ws, "audit")) == 2


def test_changes_of_the_ledger_are_told_newest_first(ws):
    put_ledger(ws, small_ledger(4), who="李", why="a.xlsx")
    first, second = small_ledger(4).index[:2]
    change_entry(ws, first, {"reason": "流动性大"}, who="王", why="走访")
    change_entry(ws, second, {"union_state": "founded"}, who="赵", why="电话")
    table = recent_changes(ws)
    assert table["who"].tolist() == ["赵", "王"]
    assert table.loc[1, ["field", "new"]].tolist() == ["reason", "流动性大"]
    assert recent_changes(ws, ledger_id=first)["who"].tolist() == ["王"]
    assert len(recent_changes(ws, most=1)) == 1
    assert other_lists(ws) == []
