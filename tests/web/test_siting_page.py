"""The siting page in a real browser on a small city: every way of making and changing a plan."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from geodata.workspace import put_city
from siting.web.browser import wait_for_map
from siting.web.home import HOME_VARIABLE
from siting.web.store import office_workspace
from tests.web.siting_city import siting_city
from tests.web.steps import (
    lat_lon,
    press,
    set_view,
    take_download,
    unfold,
    view_of,
    wait_for_draft,
    wait_until_still,
)

pytestmark = pytest.mark.browser

FIRST, ALL = 5, 9
EMPTY = (447_400.0, 4_394_200.0)
"""A place far from all that stands in the small city, metres."""


@pytest.fixture(scope="module")
def small(made_home, address):
    """Address of the siting page for the small city, kept in the office's workspace."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, str(made_home))
        version = put_city(office_workspace(), siting_city(), who="test")
    return f"{address}/?page=siting&lang=zh&city={version}"


@pytest.fixture(scope="module")
def planned(small, chrome):
    """Address of a plan of five stations in the small city, made through the form."""
    page = chrome.new_page(viewport={"width": 1366, "height": 900})
    page.goto(small)
    page.locator("[data-testid=stAlert]", has_text=f"只有 {ALL} 个候选位置").first.wait_for()
    ask_for(page, FIRST)
    wait_for_map(page)
    address = page.url
    page.close()
    return address


def ask_for(page, stations: int) -> None:
    """Fill the form, which stands open where there is no plan yet, and start the run."""
    wait_until_still(page)
    before = page.url
    field = page.get_by_role("spinbutton", name="站点数（个）")
    field.fill(str(stations))
    press(page, "重新选址")
    wait_for_draft(page, before)


def open_plan(page, address):
    page.goto(address)
    return wait_for_map(page)


def stations(frame):
    return frame.locator(".sm-station")


def choose(page, name: str) -> None:
    """Choose a station in the list, by keyboard."""
    box = page.get_by_role("combobox", name=re.compile("站点列表"))
    box.click()
    box.type(name)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=re.compile(f"为什么设在这里：.*{name}")).wait_for()


def banned_first(page, frame) -> str:
    """Ban the first station that may be banned; its title."""
    title = stations(frame).first.get_attribute("title")
    stations(frame).first.dispatch_event("click")
    press(page, "禁用此站")
    return title


def test_too_many_stations_are_explained_and_a_click_gives_the_first_plan(small, page):
    page.goto(small)
    page.locator("[data-testid=stAlert]", has_text=f"只有 {ALL} 个候选位置").first.wait_for()
    press(page, f"站点数改为 {ALL} 个")
    frame = wait_for_map(page)
    expect(stations(frame)).to_have_count(ALL)


def test_a_station_is_answered_by_keyboard_and_ringed_on_the_map(planned, page):
    frame = open_plan(page, planned)
    set_view(frame, 39.9, 116.9, 12)  # far away, so that the list has to bring it into sight
    choose(page, "医院")
    page.get_by_text("没有它：若不补站").wait_for()
    page.locator("caption", has_text="本站服务的人次").wait_for()
    expect(page.locator(".ws-hours img")).to_have_count(2)
    _lat, lon, zoom = view_of(frame)
    assert zoom == 12
    assert abs(lon - 116.9) > 0.1


def test_a_ban_a_key_takes_it_back_and_a_key_does_it_again(planned, page):
    frame = open_plan(page, planned)
    before = view_of(frame)
    frame.locator("body").evaluate("() => { window.same = 'map'; }")
    title = banned_first(page, frame)
    gone = frame.locator(f".sm-station[title='{title}']")
    expect(gone).to_have_count(0)
    frame.locator(".sm-mark-ban").wait_for()
    assert view_of(frame) == pytest.approx(before)
    assert frame.locator("body").evaluate("() => window.same") == "map"  # never made anew
    page.get_by_role("heading", name="选址").click()
    page.keyboard.press("Control+z")
    frame.locator(".sm-mark-ban").wait_for(state="detached")
    expect(gone).to_have_count(1)
    frame.locator("body").press("Control+y")  # the map has the focus now
    frame.locator(".sm-mark-ban").wait_for()
    expect(gone).to_have_count(0)


def test_typing_in_a_field_is_undone_in_the_field_only(planned, page):
    open_plan(page, planned)
    unfold(page, "调整条件")
    field = page.get_by_role("spinbutton", name="站点数（个）")
    field.click()
    page.keyboard.type("3")
    address = page.url
    page.keyboard.press("Control+z")
    page.get_by_role("button", name="撤销").wait_for()
    assert page.url == address


def test_a_place_is_added_on_the_map_and_deleted_again(planned, page):
    frame = open_plan(page, planned)
    click_ground(page, frame)
    page.get_by_role("textbox", name="自选位置的名称").fill("<i>新的</i>站")
    press(page, "在此处新增站点")
    own = frame.locator(".sm-station[title='<i>新的</i>站']")
    expect(own).to_have_count(1)
    expect(stations(frame)).to_have_count(FIRST)
    own.dispatch_event("click")
    press(page, "删除这个自选位置")
    expect(own).to_have_count(0)


def test_a_station_is_moved_to_a_clicked_place(planned, page):
    frame = open_plan(page, planned)
    title = stations(frame).first.get_attribute("title")
    stations(frame).first.dispatch_event("click")
    press(page, "移动此站")
    page.get_by_text("正在移动").wait_for()
    click_ground(page, frame)
    page.get_by_role("textbox", name="自选位置的名称").fill("新门口")
    press(page, "移到此处")
    expect(frame.locator(".sm-station[title='新门口']")).to_have_count(1)
    expect(frame.locator(f".sm-station[title='{title}']")).to_have_count(0)
    expect(page.get_by_text("正在移动")).to_have_count(0)


def click_ground(page, frame) -> None:
    """Click where there is neither a station nor a candidate."""
    set_view(frame, *lat_lon(siting_city(), *EMPTY), 15)
    box = page.locator("iframe").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_role("heading", name=re.compile("此处能服务谁")).wait_for()


def test_a_host_refuses_and_little_else_changes(planned, page):
    frame = open_plan(page, planned)
    titles = {item.get_attribute("title") for item in stations(frame).all()}
    title = stations(frame).first.get_attribute("title")
    stations(frame).first.dispatch_event("click")
    page.get_by_role("heading", name=re.compile("为什么设在这里")).wait_for()
    page.get_by_text("不同意", exact=True).click()
    press(page, "重新选址，最多改动")
    frame.locator(".sm-mark-refused").wait_for()
    expect(frame.locator(f".sm-station[title='{title}']")).to_have_count(0)
    now = {item.get_attribute("title") for item in stations(frame).all()}
    assert title not in now
    assert len(titles - now) <= 4


def test_clashing_quotas_are_explained_and_given_way_by_a_click(planned, page):
    frame = open_plan(page, planned)
    unfold(page, "调整条件")
    unfold(page, "各规则的站点数下限与上限")
    page.get_by_role("spinbutton", name="R4 至少（个）").fill("4")
    press(page, "重新选址")
    alert = page.locator("[data-testid=stAlert]", has_text="没有方案能同时满足")
    alert.wait_for()
    assert "配额“R4”要求 4 个站" in alert.inner_text()
    expect(stations(frame)).to_have_count(FIRST)  # the last plan stays in sight
    press(page, "按最省的办法放宽")
    alert.wait_for(state="detached")
    expect(page.get_by_text("最近一次改动：按最省的办法放宽")).to_have_count(1)
    expect(stations(frame)).to_have_count(FIRST)


def test_a_preset_and_a_settings_file_fill_the_form(planned, page, tmp_path):
    open_plan(page, planned)
    unfold(page, "调整条件")
    page.get_by_role("combobox", name=re.compile("从一个预设开始")).click()
    page.get_by_role("option", name="先建 10 个").click()
    page.get_by_text("只建 10 个站点时").wait_for()
    press(page, "填入表单")
    field = page.get_by_role("spinbutton", name="站点数（个）")
    expect(field).to_have_value("10")
    press(page, "设置文件")
    taken = take_download(page, "下载设置文件")
    text = taken.path().read_text(encoding="utf-8")
    assert "stations = 10" in text
    mine = tmp_path / "mine.toml"
    mine.write_text('[plan]\nstations = 4\n\n[question]\nkind = "visits"\n', encoding="utf-8")
    page.locator("input[type=file]").set_input_files(mine)
    expect(field).to_have_value("4")
    page.get_by_text("按每天预计到站次数最多来选").wait_for()
    bad = tmp_path / "bad.toml"
    bad.write_text("[plan]\nstation = 4\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(bad)
    page.locator("[data-testid=stAlert]", has_text="station").wait_for()


def test_a_cancelled_run_leaves_the_last_plan_and_says_so(address, page):
    """On Daxing, where preparing alone takes seconds: nothing was found yet when it is stopped."""
    page.goto(f"{address}/?page=siting&lang=zh")
    frame = wait_for_map(page)
    unfold(page, "调整条件")
    page.get_by_role("spinbutton", name="站点数（个）").fill("58")
    press(page, "重新选址")
    stop = page.get_by_role("button", name="停止计算")
    stop.click()
    stop.wait_for(state="detached")
    said = page.locator("[data-testid=stAlert]", has_text=re.compile("停止了，仍显示|计算完成"))
    said.wait_for()
    expect(stations(frame)).to_have_count(109 if "仍显示" in said.inner_text() else 58)


def test_a_run_is_found_again_after_a_refresh(planned, page):
    open_plan(page, planned)
    unfold(page, "调整条件")
    ask_for(page, FIRST + 1)
    page.reload()  # in the midst of the run, or just after it: a small city is soon done
    frame = wait_for_map(page)
    expect(stations(frame)).to_have_count(FIRST + 1)
    expect(page.get_by_role("button", name="停止计算")).to_have_count(0)


def test_phone_width_has_no_sideways_scroll(planned, chrome, watched):
    page = chrome.new_page(viewport={"width": 390, "height": 844})
    watched.follow(page)
    frame = open_plan(page, planned)
    stations(frame).first.dispatch_event("click")
    page.get_by_role("heading", name=re.compile("为什么设在这里")).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
