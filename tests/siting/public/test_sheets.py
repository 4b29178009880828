"""The planner's small tables as offices write them: GBK, Excel, dates of every form."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest

from geodata.intake.errors import IntakeError
from siting.edition import read_facts
from siting.publish import RotaFileError, read_rota

MONDAY = dt.date(2026, 11, 23)


def write_book(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
@pytest.mark.parametrize("day", ["2026-11-23", "2026/11/23", "2026年11月23日", "2026.11.23"])
def test_a_rota_in_every_encoding_and_date(tmp_path, encoding, day):
    path = tmp_path / "轮换.csv"
    path.write_text(f"集装箱,周起始日,站点编号\n甲箱,{day},s-1\n", encoding=encoding)
    rows = read_rota(path)
    assert rows.to_numpy().tolist() == [["甲箱", MONDAY, "s-1"]]


def test_a_rota_in_excel_with_real_dates(tmp_path):
    head = ["集装箱", "周起始日", "站点编号"]
    row = ["甲箱", dt.datetime(2026, 11, 23), "s-1"]  # noqa: DTZ001 - Excel knows no zones
    path = write_book(tmp_path / "轮换.xlsx", [head, row])
    assert read_rota(path).to_numpy().tolist() == [["甲箱", MONDAY, "s-1"]]


def test_a_bad_date_is_named(tmp_path):
    path = tmp_path / "rota.csv"
    path.write_text("container,week_start,site_id\na,23.11.2026,s-1\n", encoding="utf-8")
    with pytest.raises(RotaFileError, match=r"23\.11\.2026"):
        read_rota(path)


def test_facts_in_excel(tmp_path):
    head = ["站点编号", "开放时间", "服务项目", "公开电话"]
    row = ["s-1", "周一至周五 8:30-17:30；节假日休息", "饮水、床", 69240000]
    facts = read_facts(write_book(tmp_path / "公开.xlsx", [head, row]))
    assert facts.loc["s-1", ["services", "phone"]].tolist() == ["water,bed", "69240000"]


def test_what_only_calls_itself_excel_is_refused(tmp_path):
    path = tmp_path / "公开.xlsx"
    path.write_bytes(b"MZ\x90\x00" + bytes(4000))
    with pytest.raises(IntakeError):
        read_facts(path)
