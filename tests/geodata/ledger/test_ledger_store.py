"""The ledger in the workspace, on both stores: changes, claims, decisions."""

from __future__ import annotations

import pytest

from geodata.ledger_match import match_lists
from geodata.ledger_store import (
    BadLedgerValueError,
    change_entry,
    claim,
    decide_match,
    get_ledger,
    history,
    list_matches,
    put_ledger,
    put_matches,
)
from geodata.store.errors import ConflictError, UnknownItemError
from tests.geodata.workspace.conftest import server, store, ws  # noqa: F401  (fixtures)
from tests.soak.crash import small_ledger


@pytest.fixture
def ledger():
    return small_ledger(4)


def test_second_import_changes_and_logs_but_keeps_what_people_wrote(ws, ledger):  # noqa: F811
    assert put_ledger(ws, ledger, who="李", why="a.xlsx") == {"added": 3, "changed": 0, "same": 0}
    first = ledger.index[0]
    change_entry(ws, first, {"reason": "流动性大"}, who="王", why="走访")
    again = ledger.assign(headcount=ledger["headcount"] + 5)
    assert put_ledger(ws, again, who="李", why="b.xlsx") == {"added": 0, "changed": 3, "same": 0}
    kept = get_ledger(ws)
    assert kept.loc[first, "reason"] == "流动性大"
    assert kept.loc[first, "headcount"] == ledger.loc[first, "headcount"] + 5
    log = [(entry["field"], entry["who"], entry["why"]) for entry in history(ws, first)]
    assert log == [("reason", "王", "走访"), ("headcount", "李", "b.xlsx")]
    assert put_ledger(ws, again, who="李", why="b.xlsx")["same"] == 3


def test_two_people_do_not_overwrite_each_other(ws, ledger):  # noqa: F811
    put_ledger(ws, ledger, who="李", why="a")
    first = ledger.index[0]
    assert change_entry(ws, first, {"union_state": "preparing"}, who="李", why="x", revision=1) == 2
    with pytest.raises(ConflictError, match="revision 2"):
        change_entry(ws, first, {"union_state": "founded"}, who="王", why="x", revision=1)
    with pytest.raises(UnknownItemError):
        change_entry(ws, "led-0", {"reason": ""}, who="王", why="x")
    for bad in ({"colour": "red"}, {"union_state": "maybe"}, {"headcount": "many"}):
        with pytest.raises(BadLedgerValueError):
            change_entry(ws, first, bad, who="王", why="x")


def test_an_enterprise_is_claimed_once(ws, ledger):  # noqa: F811
    put_ledger(ws, ledger, who="李", why="a")
    ids = ledger.index.to_list()
    assert claim(ws, ids[:2], "安定镇总工会", who="王") == 2
    assert claim(ws, ids, "瀛海镇总工会", who="赵") == 1
    assert get_ledger(ws)["claimed_by"].value_counts().to_dict() == {
        "安定镇总工会": 2,
        "瀛海镇总工会": 1,
    }
    assert history(ws, ids[0])[0]["new"] == "安定镇总工会"


def test_matches_wait_for_a_person(ws, ledger):  # noqa: F811
    put_ledger(ws, ledger, who="李", why="a")
    other = get_ledger(ws).reset_index(drop=True)[["code", "name"]].assign(code="")
    other.index = [f"税{n}" for n in range(len(other))]
    found = match_lists(get_ledger(ws).assign(code=""), other)
    assert put_matches(ws, found, other["name"], other_list="税务代收库", who="李") == len(found)
    assert put_matches(ws, found, other["name"], other_list="税务代收库", who="李") == 0
    proposals = list_matches(ws, other_list="税务代收库")
    assert set(proposals["state"]) == {"proposed"}
    decide_match(ws, int(proposals["id"].iloc[0]), "confirmed", who="王")
    after = list_matches(ws, other_list="税务代收库").set_index("id")
    assert after.loc[proposals["id"].iloc[0], ["state", "who"]].tolist() == ["confirmed", "王"]
    same = after[after["ledger_id"] == proposals["ledger_id"].iloc[0]]
    assert (same["state"] == "proposed").sum() == 0
    with pytest.raises(BadLedgerValueError):
        decide_match(ws, 1, "perhaps", who="王")
