"""Every page through ``app.py`` in both languages, without a browser."""

from __future__ import annotations

import re
import shutil

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from geodata import load_city
from geodata.ledger_sample import sample_ledger
from geodata.ledger_store import put_ledger
from siting.archive import save_plan
from siting.i18n import LANGUAGES, texts
from siting.plan import make_plan
from siting.settings import replace_settings
from siting.settings_file import load_settings
from siting.web.home import HOME_VARIABLE
from siting.web.state import PAGES
from siting.web.store import office_workspace

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def open_page(root, made_home, monkeypatch):
    monkeypatch.setenv(HOME_VARIABLE, str(made_home))
    monkeypatch.chdir(root)

    def start(name: str, lang: str, **held: str) -> AppTest:
        app = AppTest.from_file(str(root / "app.py"), default_timeout=120)
        for key, value in held.items():
            app.session_state[key] = value
        app.query_params["lang"] = lang
        app.query_params["page"] = name
        return app.run()

    return start


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_runs_in_both_languages(open_page, name, lang):
    app = open_page(name, lang)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert app.title[0].value == texts(lang)[f"web.{name}_title"]


def test_english_widgets_are_english(open_page):
    app = open_page(PAGES[0], "en")
    widgets = [*app.button, *app.number_input, *app.checkbox]
    said = [widget.label for widget in widgets] + [item.value for item in app.caption]
    assert [text for text in said if CHINESE.search(text)] == []


def test_a_link_to_a_run_that_is_not_there_is_a_sentence(root, made_home, monkeypatch):
    monkeypatch.setenv(HOME_VARIABLE, str(made_home))
    monkeypatch.chdir(root)
    for key in ("nowhere", "../../etc"):
        app = AppTest.from_file(str(root / "app.py"), default_timeout=120)
        app.query_params["draft"] = key
        app.run()
        assert not app.exception
        assert "这里没有计算" in app.error[0].value


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_filled_ledger_is_shown(root, tmp_path, monkeypatch, lang):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    monkeypatch.chdir(root)
    rows = sample_ledger(rows=60, seed=1, towns=["110115001000"])
    put_ledger(office_workspace(), rows, who="王工", why="test")
    app = AppTest.from_file(str(root / "app.py"), default_timeout=120)
    app.query_params["lang"] = lang
    app.query_params["page"] = "ledger"
    st.cache_resource.clear()
    app.run()
    st.cache_resource.clear()
    assert not app.exception
    shown = " ".join(str(item.proto.body) for item in app.get("html"))
    assert texts(lang)["web.target_new_unions"] in shown


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("when", ["22:00", "noon", "week"])
def test_the_gaps_of_any_hour(open_page, lang, when):
    app = open_page("gaps", lang, moment_hour=when, moment_day="Sa")
    assert not app.exception
    assert [error.value for error in app.error] == []
    shown = " ".join(str(item.proto.body) for item in app.get("html"))
    assert texts(lang)["web.moment_left"] in shown


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["weeks", "seasons", "dayparts"])
def test_every_rota_can_be_asked_for(open_page, lang, kind):
    app = open_page("containers", lang, rota_kind=kind)
    assert not app.exception
    assert app.radio(key="rota_kind").value == kind
    assert texts(lang)["web.rota_run"] in [button.label for button in app.button]


def test_a_kept_plan_can_be_compared_with_the_one_on_the_desk(
    root, made_home, tmp_path, monkeypatch
):
    home = tmp_path / "home"
    shutil.copytree(made_home, home)
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    monkeypatch.chdir(root)
    st.cache_resource.clear()
    city, settings = load_city("daxing"), load_settings(city_id="daxing")
    asked = replace_settings(settings, plan__stations=20)
    save_plan(office_workspace(), city, make_plan(city, asked), name="甲案", who="王工")
    app = AppTest.from_file(str(root / "app.py"), default_timeout=120)
    app.query_params["page"] = "compare"
    app.run()
    assert not app.exception
    offered = app.multiselect[0].options
    assert any("甲案" in name and "王工" in name for name in offered)
    shown = " ".join(str(item.proto.body) for item in app.get("html"))
    assert "(-89)" in shown  # 20 stations against 109
    st.cache_resource.clear()
