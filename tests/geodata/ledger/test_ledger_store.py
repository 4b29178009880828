"""The ledger in the workspace, on both stores: changes, claims, decisions."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.ledger import as_ledger
from geodata.ledger_match import match_lists
from geodata.ledger_matches import decide_match, list_matches, put_matches
from geodata.ledger_store import (
    BadLedgerValueError,
    change_entry,
    claim,
    get_ledger,
    history,
    put_ledger,
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


def test_an_empty_cell_or_a_missing_column_loses_nothing(ws, ledger):  # noqa: F811
    first = ledger.index[0]
    full = ledger.assign(
        union_state="founded", founded="2018", members=90, dispatch=True, dispatched=7
    )
    put_ledger(ws, full, who="李", why="a")
    assert put_ledger(ws, ledger.assign(union_state="unknown"), who="李", why="b",
                      fields=("name", "headcount"))["same"] == 3  # fmt: skip
    kept = get_ledger(ws).loc[first]
    assert (kept["union_state"], kept["founded"], kept["members"]) == ("founded", "2018", 90)
    assert (bool(kept["dispatch"]), kept["dispatched"]) == (True, 7)
    said = put_ledger(ws, full.assign(dispatch=False), who="李", why="c", fields=("dispatch",))
    assert said == {"added": 0, "changed": 3, "same": 0}


def test_an_enterprise_that_gets_its_code_later_stays_the_same(ws, ledger):  # noqa: F811
    bare = as_ledger(ledger.assign(code=""))
    put_ledger(ws, bare, who="李", why="without codes")
    assert put_ledger(ws, ledger, who="李", why="with codes") == {
        "added": 0,
        "changed": 3,
        "same": 0,
    }
    kept = get_ledger(ws)
    assert set(kept.index) == set(bare.index)
    assert set(kept["code"]) == set(ledger["code"])
    moved = as_ledger(ledger.assign(name="改名 " + ledger["name"]))
    assert put_ledger(ws, moved, who="李", why="new names")["changed"] == 3
    back = put_ledger(ws, bare, who="李", why="old names, as first known")
    assert back == {"added": 0, "changed": 3, "same": 0}
    twins = as_ledger(ledger.assign(code="", town_code="110115108000"))
    assert put_ledger(ws, twins, who="李", why="another town")["added"] == 3


def other_list(ws, codes: pd.Series | str = "") -> pd.DataFrame:  # noqa: F811
    other = get_ledger(ws).reset_index(drop=True)[["name", "headcount"]].assign(code=codes)
    return other.set_axis([f"税{n}" for n in range(len(other))], axis=0)


def test_matches_wait_for_a_person(ws, ledger):  # noqa: F811
    put_ledger(ws, ledger, who="李", why="a")
    other = other_list(ws)
    found = match_lists(get_ledger(ws).assign(code=""), other)
    assert put_matches(ws, found, other, other_list="税务代收库", who="李") == len(found)
    assert put_matches(ws, found, other, other_list="税务代收库", who="李") == 0
    proposals = list_matches(ws, other_list="税务代收库")
    assert set(proposals["state"]) == {"proposed"}
    assert proposals["other_headcount"].tolist()[0] == other["headcount"].iloc[0]
    decide_match(ws, int(proposals["id"].iloc[0]), "confirmed", who="王")
    after = list_matches(ws, other_list="税务代收库").set_index("id")
    assert after.loc[proposals["id"].iloc[0], ["state", "who"]].tolist() == ["confirmed", "王"]
    same = after[after["ledger_id"] == proposals["ledger_id"].iloc[0]]
    assert (same["state"] == "proposed").sum() == 0
    rivals = after[after["other_key"] == proposals["other_key"].iloc[0]]
    assert (rivals["state"] == "confirmed").sum() == 1
    with pytest.raises(BadLedgerValueError):
        decide_match(ws, 1, "perhaps", who="王")


def test_a_confirmed_match_gives_the_code_and_opening_it_again_takes_it_back(ws, ledger):  # noqa: F811
    bare = as_ledger(ledger.assign(code=""))
    put_ledger(ws, bare, who="李", why="a")
    other = other_list(ws, ledger["code"].to_numpy())
    names = get_ledger(ws)["name"]
    pairs = [(i, key) for i in names.index for key in other.index]
    found = pd.DataFrame(pairs, columns=["left", "right"]).assign(how="name", score=0.9, rank=1)
    put_matches(ws, found, other, other_list="税", who="李")
    rows = list_matches(ws, other_list="税")
    chosen = rows.iloc[0]
    decide_match(ws, int(chosen["id"]), "confirmed", who="王")
    assert get_ledger(ws).loc[chosen["ledger_id"], "code"] == chosen["other_code"]
    assert history(ws, chosen["ledger_id"])[-1]["who"] == "王"
    states = list_matches(ws, other_list="税").groupby("state").size().to_dict()
    assert states == {"confirmed": 1, "proposed": 4, "rejected": 4}
    decide_match(ws, int(chosen["id"]), "proposed", who="王")
    assert get_ledger(ws).loc[chosen["ledger_id"], "code"] == ""
    assert set(list_matches(ws, other_list="税")["state"]) == {"proposed"}
    decide_match(ws, int(chosen["id"]), "rejected", who="王")
    assert get_ledger(ws)["code"].eq("").all()


def test_a_row_of_the_list_belongs_to_the_enterprise_confirmed_last(ws, ledger):  # noqa: F811
    put_ledger(ws, as_ledger(ledger.assign(code="")), who="李", why="a")
    other = other_list(ws, ledger["code"].to_numpy()).iloc[:1]
    pairs = [(i, key) for i in get_ledger(ws).index for key in other.index]
    found = pd.DataFrame(pairs, columns=["left", "right"]).assign(how="name", score=0.9, rank=1)
    put_matches(ws, found, other, other_list="税", who="李")
    first, second = list_matches(ws, other_list="税")["id"].tolist()[:2]
    for number in (first, second):
        decide_match(ws, int(number), "confirmed", who="王")
    after = list_matches(ws, other_list="税").set_index("id")
    assert after.loc[[first, second], "state"].tolist() == ["rejected", "confirmed"]
    assert after.loc[[first, second], "code"].tolist() == ["", other["code"].iloc[0]]


def test_what_the_ledger_cannot_hold_is_refused(ws, ledger):  # noqa: F811
    put_ledger(ws, ledger, who="李", why="a")
    for bad in ({"code": "91110115MA01CLM2XA"}, {"verified_by": "dream"}, {"name": " "}):
        with pytest.raises(BadLedgerValueError):
            change_entry(ws, ledger.index[0], bad, who="王", why="x")
