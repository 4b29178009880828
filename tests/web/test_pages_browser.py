"""Gaps, comparison, containers and ways of working in the real browser, outside hosts blocked."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import expect

from siting.publish import read_rota
from siting.web.browser import wait_for_map
from siting.web.state import PAGES
from tests.web.steps import press, take_download

pytestmark = pytest.mark.browser

SIDEBAR = "[data-testid=stSidebar]"


def choose_hour(page, hour):
    box = page.get_by_role("combobox", name="时段", exact=True)
    box.click()
    box.fill(hour)
    box.press("Enter")


def test_the_gap_at_22_00_is_on_the_map_and_in_the_tables(address, page):
    page.goto(f"{address}/?page=gaps&lang=zh")
    frame = wait_for_map(page)
    drawn = frame.locator("body").get_attribute("data-drawn")
    expect(frame.locator(".sm-closed")).to_have_count(0)
    choose_hour(page, "22:00")
    page.wait_for_selector("text=22:00–23:00：这时谁在、谁有开着的站点")
    page.wait_for_selector(".ws-card:has-text('此时未覆盖')")
    frame.locator(f"body[data-drawn]:not([data-drawn='{drawn}'])").wait_for()
    awake = int(page.locator(".ws-card:has-text('开门的站点') .ws-value").inner_text().split()[0])
    assert awake < 20
    expect(frame.locator(".sm-closed")).to_have_count(109 - awake)
    # the heat table holds the week for readers too: 24 rows of hours, 7 columns of days
    heat = page.locator("table.ws-heats")
    expect(heat.locator("tbody tr")).to_have_count(24)
    expect(heat.locator("tbody tr").nth(22).locator("td")).to_have_count(7)
    expect(heat.locator("th[scope=row]").nth(22)).to_have_text("22–23")


def test_the_next_stations_are_proposed_and_taken_over(address, page):
    page.goto(f"{address}/?page=gaps&lang=zh")
    wait_for_map(page)
    page.get_by_role("spinbutton", name="再增加几个站点").fill("3")
    page.get_by_role("spinbutton", name="再增加几个站点").press("Enter")
    press(page, "推荐新增位置")
    table = page.locator("table:has(caption:has-text('建议新增的站点'))")
    expect(table.locator("tbody tr")).to_have_count(3)
    press(page, "采用为新方案")
    page.wait_for_url("**draft=**")
    frame = wait_for_map(page)
    expect(frame.locator(".sm-station")).to_have_count(112)


def test_a_budget_curve_is_worked_out_beside_the_page_and_survives_a_refresh(address, page):
    page.goto(f"{address}/?page=compare&lang=zh")
    page.get_by_role("spinbutton", name="最多站点数").fill("40")
    page.get_by_role("spinbutton", name="最多站点数").press("Enter")
    press(page, "计算预算曲线（4 点）")
    page.get_by_role("button", name="停止计算，保留已有结果").or_(
        page.locator("caption:has-text('预算曲线各点')")
    ).first.wait_for()
    page.reload()
    page.get_by_role("spinbutton", name="最多站点数").fill("40")
    page.get_by_role("spinbutton", name="最多站点数").press("Enter")
    table = page.locator("table:has(caption:has-text('预算曲线各点'))")
    expect(table.locator("tbody tr")).to_have_count(4)
    assert page.locator(".ws-chart img").get_attribute("alt")


def test_the_containers_rota_is_a_calendar_a_map_and_files(address, page, tmp_path):
    page.goto(f"{address}/?page=containers&lang=zh")
    press(page, "计算轮换方案")
    calendar = page.locator("table:has(caption:has-text('轮换日历'))")
    expect(calendar.locator("tbody tr")).to_have_count(29)
    frame = wait_for_map(page)
    drawn = frame.locator("body").get_attribute("data-drawn")
    slider = page.get_by_role("slider")
    slider.focus()
    for _ in range(4):  # the fifth period is the first in which one has moved
        slider.press("ArrowRight")
    frame.locator(f"body[data-drawn]:not([data-drawn='{drawn}'])").wait_for()
    taken = take_download(page, "下载轮换表 CSV")
    path = tmp_path / "rota.csv"
    taken.save_as(path)
    rows = read_rota(path)
    assert len(rows) == 29 * 52
    assert rows.groupby("week_start")["site_id"].nunique().eq(29).all()
    taken = take_download(page, "下载轮换表 Excel")
    book = load_workbook(io.BytesIO(taken.path().read_bytes()))
    assert book.sheetnames == ["轮换表", "各时期", "假设"]
    assert book["轮换表"].max_row == 29 * 52 + 1


def test_what_to_do_next_leads_to_its_page(address, page):
    page.goto(f"{address}/?lang=zh")
    wait_for_map(page)
    page.wait_for_selector("[data-testid=stAlert]:has-text('示例数据')")
    press(page, "去“流动站”")
    page.wait_for_selector("h1:has-text('流动驿站轮换')")
    assert "page=containers" in page.url


def test_no_flag_and_no_deploy_button(address, page):
    page.goto(f"{address}/?page=gaps&lang=zh")
    frame = wait_for_map(page)
    assert frame.locator(".leaflet-attribution-flag, .leaflet-control-attribution svg").count() == 0
    assert page.get_by_text("Deploy").count() == 0
    assert page.locator("html").get_attribute("lang") == "zh-CN"


def test_no_page_scrolls_sideways_on_a_phone(address, chrome, watched):
    page = chrome.new_page(viewport={"width": 390, "height": 844})
    watched.follow(page)
    for name in PAGES:
        page.goto(f"{address}/?page={name}&lang=zh")
        page.wait_for_selector("h1")
        page.locator("[data-testid=stSkeleton]").first.wait_for(state="detached")
        page.wait_for_timeout(1500)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    page.close()


def test_an_old_browser_gets_a_sentence(address, chrome):
    page = chrome.new_page()
    page.add_init_script("delete Array.prototype.toSorted")
    page.goto(address)
    page.wait_for_selector("[role=alert]:has-text('浏览器版本过旧')")
    page.wait_for_selector("[role=alert]:has-text('This browser is too old')")
    page.close()


def test_pages_print_whole_without_buttons(address, page):
    page.goto(f"{address}/?page=gaps&lang=zh")
    wait_for_map(page)
    page.locator("table.ws-heats").wait_for()
    pdf = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 2
    page.emulate_media(media="print")
    expect(page.locator(SIDEBAR)).to_be_hidden()
    expect(page.get_by_role("button", name="推荐新增位置")).to_be_hidden()
    expect(page.locator("table.ws-heats")).to_be_visible()


def tile() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (256, 256), (200, 220, 200)).save(out, "PNG")
    return out.getvalue()


def test_an_online_base_map_is_asked_for_only_when_switched_on_and_stands_shifted(address, chrome):
    asked = []
    page = chrome.new_page(viewport={"width": 1280, "height": 900})

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(body=tile(), content_type="image/png")

    page.route("**/*autonavi.com/**", answer)
    page.route("**/*tianditu.gov.cn/**", answer)
    page.goto(f"{address}/?lang=zh")
    frame = wait_for_map(page)
    page.wait_for_timeout(500)
    assert asked == []
    press(page, "在线底图")
    page.get_by_text("天地图（需密钥）").click()
    page.get_by_label("天地图密钥").wait_for()
    page.wait_for_timeout(500)
    assert asked == []  # no key, no request
    with page.expect_request("**/*autonavi.com/**"):
        page.get_by_text("高德地图（已按").click()
    frame.locator(".leaflet-tile-loaded").first.wait_for(state="attached")
    assert all("autonavi" in url for url in asked)
    east, south = frame.locator("body").evaluate(
        """() => {
            const m = station_map_page, layer = m.tileLayers[0];
            const one = Object.values(layer._tiles)[0];
            const corner = m.latLngToContainerPoint(layer._tileCoordsToBounds(one.coords).getNorthWest());
            const at = one.el.getBoundingClientRect(), box = m.getContainer().getBoundingClientRect();
            const perDegree = 256 * Math.pow(2, m.getZoom()) / 360;
            return [(at.left - box.left - corner.x) / perDegree, (at.top - box.top - corner.y) / perDegree];
        }"""
    )
    # a place's picture is filed 0.006 degrees too far east and 0.001 too far north
    assert -0.007 < east < -0.004
    assert 0.0005 < south < 0.003
    page.close()
