"""The ledger page: import, targets, list, claims, edits with who and when, a second list."""

from __future__ import annotations

import io
import time

import openpyxl
import pytest

from geodata.ledger import read_ledger
from geodata.ledger_matches import list_matches
from geodata.ledger_sample import sample_ledger
from geodata.ledger_store import change_entry, get_ledger, history, put_ledger
from geodata.store.errors import ConflictError
from siting.i18n import LANGUAGES, t
from siting.web.ledger_book import ledger_book
from siting.web.pages.ledger import PARTS
from tests.web.city import small_city
from tests.web.office import book, button, field, office, sound, tables

PATIENCE_S = 120
HEADS = ["企业名称", "职工人数", "建会状态", "所属镇街"]


@pytest.fixture
def here(root, tmp_path, monkeypatch):
    with office(root, tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def filled(here, tmp_path):
    """Hold a ledger of 40 invented enterprises, none of them claimed."""
    rows = sample_ledger(rows=40, seed=1, towns=["东镇"]).assign(认领单位="")
    path = tmp_path / "sample.xlsx"
    path.write_bytes(book([list(rows.columns), *rows.to_numpy().tolist()]))
    read = read_ledger(path, towns=small_city().towns)
    put_ledger(here.workspace, read.frame, who="王工", why="sample.xlsx", fields=read.fields)
    return here


def press(app, label):
    button(app, label).click().run()
    return sound(app)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_every_part_runs_in_both_languages(filled, part, lang):
    app = sound(filled.open("ledger", lang, part=part))
    assert [error.value for error in app.error] == []
    assert app.title[0].value == t(lang, "web.ledger_title")


def test_targets_of_the_article_are_told_as_progress(filled):
    shown = tables(filled.open("ledger"))
    assert "13,596" in shown
    assert shown.count("ws-bar") >= 5
    assert "东镇" in shown


def test_shares_are_per_cent_and_what_cannot_be_known_is_a_dash(here, tmp_path):
    path = tmp_path / "one.xlsx"
    path.write_bytes(book([HEADS, ["甲厂", 320, "未建会", "东镇"]]))
    read = read_ledger(path, towns=small_city().towns)
    put_ledger(here.workspace, read.frame, who="王工", why="one.xlsx", fields=read.fields)
    shown = tables(here.open("ledger"))
    assert "nan" not in shown  # nobody is dispatched, so no share of them has joined
    assert shown.count("0.0%") >= 10
    assert "0.00<" not in shown


def test_a_file_is_brought_in_and_its_bad_rows_sent_back(here):
    app = here.open("ledger", part="bring")
    rows = [HEADS, ["甲厂", 320, "未建会", "东镇"], ["乙厂", "很多", "", "东镇"]]
    app.file_uploader[0].set_value(("台账.xlsx", book(rows), ""))
    field(app, "您的姓名").set_value("王工")
    press(app, "读取并存入工作区")
    assert "新增 1" in app.success[0].value
    assert "很多" in tables(app)
    kept = get_ledger(here.workspace)
    assert kept["name"].tolist() == ["甲厂"]
    assert kept["town_code"].tolist() == ["110115001000"]


def test_a_reason_is_edited_with_who_and_why_and_a_clash_is_a_sentence(filled):
    app = filled.open("ledger", part="list")
    first = app.selectbox(key="ledger_row").value
    field(app, "未建会原因").set_value("<i>流动性大</i>")
    field(app, "修改依据").set_value("实地走访")
    position = [found.label for found in app.text_input].index("修改依据（如：实地走访）")
    app.text_input[position - 1].set_value("李工")
    press(app, "保存修改")
    log = [(row["field"], row["who"], row["why"]) for row in history(filled.workspace, first)]
    assert log == [("reason", "李工", "实地走访")]
    assert "&lt;i&gt;流动性大&lt;/i&gt;" in tables(app)
    seen = {"revision": int(get_ledger(filled.workspace).loc[first, "revision"])}
    change_entry(filled.workspace, first, {"members": 5}, who="赵工", why="电话")
    with pytest.raises(ConflictError):
        change_entry(filled.workspace, first, {"members": 6}, who="李工", why="", **seen)
    shown = tables(sound(filled.open("ledger", part="changes")))
    assert shown.index("赵工") < shown.index("李工")  # the newest first


def test_enterprises_are_claimed(filled):
    app = filled.open("ledger", part="list")
    free = next(found for found in app.multiselect if "认领" in found.label)
    picked = free.options[:2]
    names = get_ledger(filled.workspace)["name"]
    ids = [i for i in names.index if names[i] in picked]
    free.set_value(ids[:2])
    field(app, "认领的街镇工会").set_value("东镇总工会")
    position = [f.label for f in app.text_input].index("认领的街镇工会") + 1
    app.text_input[position].set_value("王工")
    next(found for found in app.button if found.label == "认领").click().run()
    sound(app)
    claimed = get_ledger(filled.workspace)["claimed_by"]
    assert (claimed.loc[ids[:2]] == "东镇总工会").all()


def test_a_second_list_is_matched_and_a_person_decides(filled):
    mine = get_ledger(filled.workspace)
    name = mine["name"].iloc[0]
    rows = [["企业名称", "职工人数"], [f"{name[:-2]}", 200], [f"{mine['name'].iloc[5]}", 90]]
    app = filled.open("ledger", part="match")
    app.file_uploader[0].set_value(("税务.xlsx", book(rows), ""))
    field(app, "您的姓名").set_value("王工")
    press(app, "开始核对")
    end = time.monotonic() + PATIENCE_S
    while not app.success and time.monotonic() < end:
        time.sleep(0.3)
        app.run()
    assert "名单共 2 行" in app.success[0].value
    first = next(found for found in app.radio if "台账中的" in found.label)
    first.set_value(first.options[0])
    [found for found in app.text_input if found.label == "您的姓名"][-1].set_value("李工")
    press(app, "提交这一页")
    assert confirmed(filled.workspace) == ["李工"]
    press(app, "改回待定")
    assert confirmed(filled.workspace) == []


def confirmed(workspace) -> list[str]:
    """Who confirmed the matches by name."""
    table = list_matches(workspace, other_list="税务代收库")
    by_name = table[table["state"].eq("confirmed") & table["how"].ne("code")]
    return by_name["who"].tolist()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_exported_ledger_can_be_imported_again(filled, tmp_path, lang):
    mine = get_ledger(filled.workspace)
    mine.loc[mine.index[0], "reason"] = "=HYPERLINK(1)"
    towns = small_city().towns
    made = ledger_book(mine, towns["name"], lang)
    sheets = openpyxl.load_workbook(io.BytesIO(made))
    assert len(sheets.worksheets) == 3
    assert all(c.data_type != "f" for s in sheets.worksheets for r in s.iter_rows() for c in r)
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(made)
    again = read_ledger(path, towns=towns).frame
    columns = ["name", "code", "union_state", "town_code", "claimed_by"]
    assert len(again) == len(mine)
    assert again[columns].sort_values("name").to_numpy().tolist() == (
        mine[columns].sort_values("name").to_numpy().tolist()
    )
