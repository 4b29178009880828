"""Every page through ``app.py`` in both languages, without a browser."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from siting.i18n import LANGUAGES, texts
from siting.web.home import HOME_VARIABLE
from siting.web.state import PAGES

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def open_page(root, made_home, monkeypatch):
    monkeypatch.setenv(HOME_VARIABLE, str(made_home))
    monkeypatch.chdir(root)

    def start(name: str, lang: str) -> AppTest:
        app = AppTest.from_file(str(root / "app.py"), default_timeout=120)
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
