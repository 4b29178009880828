"""Publishing from the dashboard: look, publish, open the page, take back."""

from __future__ import annotations

import io
import shutil
import zipfile

import pytest
import streamlit as st
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from siting.i18n import LANGUAGES, texts
from siting.publish import problems_of
from siting.web.browser import Watched, dashboard
from siting.web.home import HOME_VARIABLE
from tests.siting.public.browser import PHONE
from tests.web.steps import press, take_download

ADDRESS = "https://map.example.gov.cn/stations/"


@pytest.fixture
def own_home(made_home, tmp_path):
    """A workspace in which nothing was published yet."""
    return shutil.copytree(made_home, tmp_path / "home")


@pytest.fixture
def app(root, own_home, monkeypatch):
    monkeypatch.setenv(HOME_VARIABLE, str(own_home))
    monkeypatch.chdir(root)
    st.cache_resource.clear()
    opened = AppTest.from_file(str(root / "app.py"), default_timeout=120)
    opened.query_params["page"] = "publish"
    yield opened
    st.cache_resource.clear()


def click(app, label):
    return next(button for button in app.button if button.label == label).click().run()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_published_and_taken_back_in_both_languages(app, own_home, lang):
    say = texts(lang)
    app.query_params["lang"] = lang
    app.run()
    assert app.info[0].value == say["web.publish_none"]
    for number in ("1", "2"):
        app.text_input(key="pub_review").set_value(f"京S(2026)00{number}号")
        click(app, say["web.publish_look"])
        assert app.subheader[0].value == say["web.publish_preview"]
        assert app.button(key="pub_now").disabled
        app.checkbox(key="pub_sure").check().run()
        click(app, say["web.publish_now"])
        assert not app.exception
        assert problems_of(own_home / "public" / "daxing") == []
        app.checkbox(key="pub_sure").uncheck().run()
    page = (own_home / "public" / "daxing" / "index.html").read_text(encoding="utf-8")
    assert "京S(2026)002号" in page
    assert app.button(key="pub_back").disabled
    app.checkbox(key="pub_back_sure").check().run()
    app.button(key="pub_back").click().run()
    page = (own_home / "public" / "daxing" / "index.html").read_text(encoding="utf-8")
    assert "京S(2026)001号" in page
    assert not app.exception


def test_a_bad_address_is_a_sentence(app):
    app.query_params["lang"] = "zh"
    app.run()
    app.text_input(key="pub_address").set_value("map.example.gov.cn")
    click(app, texts("zh")["web.publish_look"])
    assert "map.example.gov.cn" in app.error[0].value
    assert not app.exception
    assert [button for button in app.button if button.key == "pub_now"] == []


@pytest.mark.browser
def test_look_publish_open_take_back(chrome, own_home, tmp_path):
    watched = Watched()
    facts = tmp_path / "facts.csv"
    with dashboard(own_home) as address:
        page = chrome.new_page(viewport={"width": 1280, "height": 900})
        watched.follow(page)
        page.goto(f"{address}/?page=publish&lang=zh")
        site = _publish(page, own_home, "京S(2026)001号")
        facts.write_text(f"站点编号,开放时间\n{site},全天\n", encoding="utf-8")
        page.locator("input[type=file]").first.set_input_files(facts)
        page.wait_for_selector("text=facts.csv")
        _publish(page, own_home, "京S(2026)002号")
        page.wait_for_selector("td:has-text('以前的版本')")  # the whole page is of this run
        expect(page.locator("[data-stale=true]")).to_have_count(0)
        assert _hours_of(chrome, own_home, site) == "全天开放"
        taken = take_download(page, "下载整个公开文件夹")
        packed = zipfile.ZipFile(io.BytesIO(taken.path().read_bytes()))
        assert {"index.html", "stations.geojson", "qr.html", "version.json"} <= set(
            packed.namelist()
        )
        page.get_by_text("我确认要撤回现在公开的版本").click()
        press(page, "撤回到上一版")
        page.wait_for_selector("[data-testid=stAlert]:has-text('已撤回版本')")
        assert _hours_of(chrome, own_home, site) != "全天开放"
        assert problems_of(own_home / "public" / "daxing") == []
        page.close()
    assert watched.errors == []
    assert watched.outside == []


def _publish(page, home, number):
    """Fill the form, look, publish; give the id of a station that the preview shows."""
    page.get_by_label("发布网址").fill(ADDRESS)
    page.get_by_label("审图号").fill(number)
    press(page, "预览")
    phone = page.frame_locator("iframe").last
    expect(phone.locator("#about")).to_contain_text(number)
    site = phone.locator("#answers .card").first.get_attribute("data-id")
    box = page.get_by_role("checkbox", name="我已核对以上内容")
    if not box.is_checked():
        page.get_by_text("我已核对以上内容，同意公开").click()
    done = page.locator("[data-testid=stAlert]:has-text('已公开版本')")
    expect(done).to_have_count(0)
    press(page, "公开这一版")
    expect(done).to_have_count(1)
    assert number in (home / "public" / "daxing" / "index.html").read_text(encoding="utf-8")
    return site


def _hours_of(chrome, home, site):
    context = chrome.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto((home / "public" / "daxing" / "index.html").as_uri() + f"#s={site}")
    page.wait_for_selector("html[data-ready=yes]")
    said = page.text_content("#answer .state")
    context.close()
    return said
