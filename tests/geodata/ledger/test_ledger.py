"""The ledger: reading, codes, sub-ledgers, targets."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from geodata.ledger import (
    TARGETS,
    code_problem,
    over_hundred,
    progress,
    read_ledger,
    right_check_digits,
    sub_ledgers,
)

GOOD = "91110000600037341L"  # the example of python-stdnum
TOWNS = pd.DataFrame({"name": ["安定镇", "瀛海地区"]}, index=["110115108000", "110115005000"])
HEAD = "统一社会信用代码,单位名称,职工人数,所属镇街,建会状态,建会日期,会员人数,是否劳务派遣公司,派遣职工人数,核实方式,未建会原因"


def write(tmp_path, *rows: str):
    path = tmp_path / "台账.csv"
    path.write_bytes("\n".join((HEAD, *rows)).encode("gb18030"))
    return read_ledger(path, towns=TOWNS)


def test_good_rows_are_read_with_their_words(tmp_path):
    read = write(
        tmp_path,
        f"{GOOD},富思特,约320人,安定镇,未建会,,,否,,实地走访,流动性大",
        ",好粥道,12,瀛海,已建会,2018-10-11,9,是,40,电话查询,",
    )
    ledger = read.frame.set_index("name")
    assert ledger.loc["富思特", ["code", "headcount", "union_state"]].tolist() == [
        GOOD,
        320,
        "none",
    ]
    assert ledger["town_code"].to_dict() == {"富思特": "110115108000", "好粥道": "110115005000"}
    assert ledger.loc["好粥道", ["dispatch", "dispatched", "verified_by"]].tolist() == [
        True,
        40,
        "phone",
    ]
    assert ledger.loc["富思特", "reason"] == "流动性大"
    assert read.mended["problem"].tolist() == ["read_as"]


def test_no_row_is_lost(tmp_path):
    read = write(
        tmp_path,
        f"{GOOD},甲,120,,,,,,,,",
        f"{GOOD},甲又一次,130,,,,,,,,",
        ",乙,若干,,,,,,,,",
        ",丙,99,,建了一半吧,,,,,,",
        "合计,,249,,,,,,,,",
    )
    assert len(read.frame) + read.report["row"].nunique() == read.rows_read == 4
    assert read.report["problem"].tolist() == ["not_number", "not_choice", "code_twice"]
    assert read.skipped["problem"].tolist() == ["not_a_row"]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (GOOD, ""),
        (GOOD[:-1] + "M", "code_check_digit"),
        (GOOD[:-1], "code_length"),
        ("9111000060003734IL", "code_format"),
        ("9.11E+17", "code_as_number"),
        ("911100006000373000", "code_as_number"),
        ("", ""),
    ],
)
def test_codes(code, problem):
    assert code_problem(code) == problem


def test_one_code_under_two_names_is_said(tmp_path):
    path = tmp_path / "l.csv"
    code = "91110115MA01CLM2XH"
    path.write_text(
        f"单位名称,信用代码,职工人数\n甲公司,{code},5\n甲公司,{code},5\n乙公司,{code},6", "utf-8"
    )
    read = read_ledger(path)
    assert read.report["problem"].tolist() == ["duplicate_row", "code_twice"]
    assert read.report["suggestion"].tolist() == ["2", "2"]


def test_a_wrong_code_is_left_empty_and_said(tmp_path):
    read = write(tmp_path, f"{GOOD[:-1]}M,甲,120,,,,,,,,")
    assert read.frame["code"].tolist() == [""]
    assert read.mended["problem"].tolist() == ["code_check_digit"]


@given(
    st.lists(st.text("0123456789ABCDEFGHJKLMNPQRTUWXYIO", min_size=17, max_size=17), max_size=20)
)
def test_fast_check_digit_agrees_with_python_stdnum(bodies):
    codes = [GOOD]
    for body in bodies:
        head = "91110115" + body[8:]
        try:
            codes.append(head + str(uscc.calc_check_digit(head)))
        except ValueError:
            codes.append(head + "0")
        codes.append(head + "7")
    fast = right_check_digits(pd.Series(codes))
    assert fast.tolist() == [uscc.is_valid(code) for code in codes]


def frame(**columns: list) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    blank = {
        "headcount": [0] * size,
        "union_state": ["none"] * size,
        "town_code": [""] * size,
        "founded": [""] * size,
        "members": [0] * size,
        "dispatch": [False] * size,
        "dispatched": [0] * size,
        "name": [f"n{at}" for at in range(size)],
    }
    return pd.DataFrame(blank | columns)


def test_hundred_and_more():
    ledger = frame(headcount=[99, 100, 320])
    assert over_hundred(ledger)["headcount"].tolist() == [320, 100]


def test_sub_ledgers_are_a_partition():
    ledger = frame(town_code=["a", "b", "a", ""])
    parts = sub_ledgers(ledger)
    assert {town: len(part) for town, part in parts.items()} == {"a": 2, "b": 1, "": 1}


def test_targets_by_hand():
    ledger = frame(
        headcount=[120, 80, 300],
        union_state=["founded", "founded", "none"],
        founded=["2018-10-11", "2017", ""],
        members=[100, 60, 0],
        dispatch=[True, False, True],
        dispatched=[300, 0, 100],
    )
    found = progress(ledger, year="2018")["found"]
    assert found.to_dict() == {
        "new_unions": 1,
        "new_unions_100": 1,
        "new_members": 100,
        "dispatch_unions": 1,
        "dispatched_members": 300,
        "dispatched_share": 0.75,
    }
    assert [target.figure for target in TARGETS] == [159, 59, 13_596, 22, 5_188, 0.5]
