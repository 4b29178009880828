"""The plans' library: save, open, send, copy, rename, replay, comment, delete with undo."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest

from geodata.workspace_plans import list_rows
from geodata.workspace_shelf import copy_plan, remove_plan
from siting.archive import save_plan
from siting.i18n import LANGUAGES, t
from siting.web.library import saved_plans
from tests.web.city import small_city
from tests.web.office import button, office, param, sound, tables

PATIENCE_S = 120
NAMES = {"save": 0, "copy": 1, "rename": 2, "delete": 3, "comment": 4}
"""Positions of the fields for the planner's name."""


@pytest.fixture
def here(root, tmp_path, monkeypatch, plan):
    with office(root, tmp_path, monkeypatch) as made:
        made.plan = save_plan(made.workspace, small_city(), plan, name="春季方案", who="李工")
        yield made


def press(app, label):
    button(app, label).click().run()
    return sound(app)


def in_form(app, label: str, text: str, index: int):
    [found for found in app.text_input if found.label == label][index].set_value(text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_library_runs_in_both_languages(here, lang):
    app = sound(here.open("plans", lang, plan=here.plan))
    assert [error.value for error in app.error] == []
    assert "春季方案" in tables(app)
    assert t(lang, "web.plan_is_open") in tables(app)


def test_a_plan_is_saved_once_and_told_when_it_is_the_same(here):
    app = here.open("plans", plan=here.plan)
    in_form(app, "方案名称", "又一个名字", 0)
    in_form(app, "您的姓名", "王工", 0)
    press(app, "保存当前方案")
    assert "已经以“春季方案”保存过" in app.info[0].value
    assert len(saved_plans()) == 1


def test_copy_rename_comment(here):
    app = here.open("plans", plan=here.plan)
    in_form(app, "方案名称", "副本一", 1)
    in_form(app, "您的姓名", "王工", NAMES["copy"])
    press(app, "保存副本")
    assert sorted(row["name"] for row in saved_plans()) == ["副本一", "春季方案"]
    app = here.open("plans", plan=here.plan)
    in_form(app, "方案名称", "夏季方案", 2)
    in_form(app, "您的姓名", "王工", NAMES["rename"])
    next(found for found in app.button if found.label == "改名").click().run()
    assert sorted(row["name"] for row in saved_plans()) == ["副本一", "夏季方案"]
    app = here.open("plans", plan=here.plan)
    app.text_area[0].set_value("<b>请增加</b>夜间站点")
    in_form(app, "您的姓名", "赵主席", NAMES["comment"])
    press(app, "提交意见")
    assert "&lt;b&gt;请增加&lt;/b&gt;夜间站点" in tables(app)
    assert "赵主席" in tables(app)


def test_a_deleted_plan_is_gone_from_list_and_link_and_comes_back(here):
    app = here.open("plans", plan=here.plan)
    in_form(app, "您的姓名", "王工", NAMES["delete"])
    next(found for found in app.button if found.label == "删除").click().run()
    sound(app)
    assert saved_plans() == []
    assert "plan" not in app.query_params
    assert "已删除“春季方案”" in app.success[0].value
    link = sound(here.open("overview", plan=here.plan))
    assert "这里没有方案" in link.error[0].value
    button(app, "撤销").click().run()
    assert [row["name"] for row in saved_plans()] == ["春季方案"]
    actions = [row["action"] for row in list_rows(here.workspace, "audit")]
    assert actions[-2:] == ["remove_plan", "restore_plan"]


def test_the_bin_gives_back_what_was_deleted_before(here):
    remove_plan(here.workspace, here.plan, who="王工")
    app = sound(here.open("plans"))
    assert any("王工" in text.value for text in app.text)
    press(app, "恢复")
    assert [row["name"] for row in saved_plans()] == ["春季方案"]


def test_opening_a_plan_brings_its_data_and_sets_the_draft_aside(here):
    copy = copy_plan(here.workspace, here.plan, "副本", who="王工")
    app = here.open("plans", plan=here.plan, city="")
    app.selectbox(key="plan_choice").set_value(copy).run()
    press(app, "打开")
    assert param(app, "plan") == copy
    assert param(app, "city") == here.city


def test_the_link_holds_page_language_data_and_plan_but_no_draft(here, monkeypatch):
    app = here.open("overview", plan=here.plan, work="abcdefgh12", part="import")
    shown = tables(app)
    address = shown.split('class="ws-link"')[1].split('value="')[1].split('"')[0]
    query = parse_qs(urlsplit(address.replace("&amp;", "&")).query)
    assert query == {
        "page": ["overview"],
        "lang": ["zh"],
        "city": [here.city],
        "plan": [here.plan],
    }


LOST = [("plans", key) for key in ("../../etc/passwd", "<script>")]
LOST += [(page, "plan-0000000000000000") for page in ("overview", "siting", "compare", "export")]


@pytest.mark.parametrize(("page", "key"), LOST)
def test_a_link_to_a_plan_that_is_not_here_is_a_sentence(here, page, key):
    app = sound(here.open(page, plan=key))
    assert "这里没有方案" in app.error[0].value


def test_the_way_back_from_a_lost_link_forgets_it(here):
    app = sound(here.open("plans", plan="plan-0000000000000000", city="0" * 64))
    press(app, "回到默认方案")
    assert {"plan", "city"}.isdisjoint(app.query_params)


@pytest.mark.parametrize("page", ["overview", "data", "ledger"])
def test_a_link_to_data_of_another_workspace_is_a_sentence(here, page):
    app = sound(here.open(page, city="0" * 64))
    said = [error.value for error in app.error]
    assert page == "ledger" or any("这里没有城市数据" in text for text in said)


def test_a_plan_is_replayed_in_its_own_process(here):
    app = here.open("plans", plan=here.plan)
    press(app, "重新计算并核对")
    end = time.monotonic() + PATIENCE_S
    while not app.success and time.monotonic() < end:
        time.sleep(0.5)
        app.run()
    assert "结果与保存的完全一致" in app.success[0].value
