"""The dashboard in a real headless browser, outside hosts blocked, as a new user would use it."""

from __future__ import annotations

import io
import json
import re

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from siting.web.browser import wait_for_map
from siting.web.state import PAGES
from tests.web.steps import (
    open_siting,
    press,
    set_view,
    take_download,
    unfold,
    view_of,
    wait_for_zoom,
)

pytestmark = pytest.mark.browser


def canvas_inks(frame) -> list[float]:
    """Share of pixels that are painted, for each canvas of the map."""
    return frame.locator("body").evaluate(
        """() => [...document.querySelectorAll('canvas.sm-sheet')].map(c => {
            const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            let n = 0;
            for (let i = 3; i < d.length; i += 4) { n += d[i] > 0; }
            return n / (d.length / 4);
        })"""
    )


def test_first_screen_draws_the_plan(address, page):
    page.goto(f"{address}/?lang=zh")
    frame = wait_for_map(page)
    inks = canvas_inks(frame)
    assert max(inks) > 0.1  # the ground
    assert sum(ink > 0.0005 for ink in inks) >= 4  # streets, people, names as well
    expect(frame.locator(".sm-station")).to_have_count(109)
    expect(page.locator(".ws-card")).to_have_count(6)
    assert page.get_by_text("Deploy").count() == 0
    assert "大兴" in page.title() or "暖心驿站" in page.title()


def test_the_geojson_can_be_downloaded(address, page):
    page.goto(f"{address}/?lang=zh")
    wait_for_map(page)
    taken = take_download(page, "下载站点")
    found = json.loads(taken.path().read_text(encoding="utf-8"))
    assert found["type"] == "FeatureCollection"
    assert len(found["features"]) == 109
    lon, lat = found["features"][0]["geometry"]["coordinates"]
    assert 116 < lon < 117
    assert 39 < lat < 40


def test_language_is_switched_and_stays_in_the_address(address, page):
    page.goto(address)
    wait_for_map(page)
    page.get_by_text("English", exact=True).click()
    page.wait_for_selector("text=Person-uses covered")
    page.wait_for_url("**lang=en**")
    page.reload()
    page.wait_for_selector("text=Person-uses covered")


def test_a_run_is_made_and_survives_a_refresh(address, page):
    page.goto(f"{address}/?lang=zh")
    wait_for_map(page)
    unfold(page, "调整条件")
    page.get_by_role("spinbutton", name="站点数（个）").fill("50")
    press(page, "重新选址")
    page.wait_for_url("**draft=**")
    page.reload()
    page.wait_for_selector(".ws-card:has-text('50 个')", timeout=240_000)
    frame = wait_for_map(page)
    expect(frame.locator(".sm-station")).to_have_count(50)


def test_impossible_quotas_are_explained(address, page):
    page.goto(f"{address}/?lang=zh")
    wait_for_map(page)
    unfold(page, "调整条件")
    page.get_by_role("spinbutton", name="站点数（个）").fill("3")
    press(page, "重新选址")
    page.wait_for_selector("[data-testid=stAlert]:has-text('没有方案能同时满足')", timeout=240_000)
    expect(page.locator(".ws-card")).to_have_count(6)  # the last plan is still there


def test_phone_width_has_no_sideways_scroll(address, chrome, watched):
    page = chrome.new_page(viewport={"width": 390, "height": 844})
    watched.follow(page)
    page.goto(f"{address}/?lang=zh")
    wait_for_map(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_a_view_set_at_once_is_not_dropped_and_stays_after_a_refresh(address, page):
    frame = open_siting(address, page)
    set_view(frame, 39.73, 116.34, 13)
    page.reload()
    lat, lon, zoom = view_of(wait_for_map(page))
    assert zoom == 13
    assert abs(lat - 39.73) + abs(lon - 116.34) < 1e-3


def test_a_click_on_a_station_says_why_here(address, page):
    frame = open_siting(address, page)
    frame.locator(".sm-station").nth(20).dispatch_event("click")
    page.wait_for_selector("h3:has-text('为什么设在这里')")
    page.wait_for_selector(".ws-bar")
    page.wait_for_selector("caption:has-text('本站服务的人次')")


def test_a_click_on_any_place_says_who_would_be_served(address, page):
    open_siting(address, page)
    box = page.locator("iframe").bounding_box()
    page.mouse.click(box["x"] + 30, box["y"] + box["height"] - 120)
    page.wait_for_selector("h3:has-text('此处能服务谁')")


def test_a_banned_station_goes_the_zoom_stays_and_undo_brings_it_back(address, page):
    frame = open_siting(address, page)
    set_view(frame, 39.73, 116.34, 13)
    titles = "() => [...document.querySelectorAll('.sm-station')].map(e => e.title)"
    before = frame.locator("body").evaluate(titles)
    number = next(n for n, name in enumerate(before) if "示例企业" in name or "示例" in name)
    frame.locator(".sm-station").nth(number).dispatch_event("click")
    press(page, "禁用此站")
    page.wait_for_url("**draft=**")
    frame.locator(".sm-mark-ban").wait_for()
    gone = frame.locator(f".sm-station[title='{before[number]}']")
    expect(gone).to_have_count(0, timeout=240_000)
    after = frame.locator("body").evaluate(titles)
    assert before[number] not in after
    assert len(after) == 109
    lat, lon, zoom = view_of(frame)
    assert zoom == 13
    assert abs(lat - 39.73) + abs(lon - 116.34) < 1e-3
    press(page, "撤销")
    frame.locator(".sm-mark-ban").wait_for(state="detached")
    expect(gone).to_have_count(1)
    assert sorted(frame.locator("body").evaluate(titles)) == sorted(before)


def test_two_sessions_do_not_see_each_other(address, chrome, watched):
    pages = [chrome.new_context().new_page() for _ in range(2)]
    for opened in pages:
        watched.follow(opened)
        opened.goto(f"{address}/?lang=zh")
        wait_for_map(opened)
    unfold(pages[0], "调整条件")
    pages[0].get_by_role("spinbutton", name="站点数（个）").fill("40")
    press(pages[0], "重新选址")
    pages[0].wait_for_selector(".ws-card:has-text('40 个')", timeout=240_000)
    pages[1].reload()
    wait_for_map(pages[1])
    expect(pages[1].locator(".ws-card:has-text('109 个')")).to_have_count(1)
    assert "draft" not in pages[1].url
    for opened in pages:
        opened.context.close()


def test_two_plans_are_compared_and_their_maps_move_together(address, page):
    page.goto(f"{address}/?lang=zh")
    wait_for_map(page)
    unfold(page, "调整条件")
    page.get_by_role("spinbutton", name="站点数（个）").fill("60")
    press(page, "重新选址")
    page.wait_for_selector(".ws-card:has-text('60 个')", timeout=240_000)
    press(page, "对比")
    page.wait_for_selector("caption:has-text('不同的站点')")
    frames = [page.frame_locator("iframe").nth(n) for n in range(2)]
    for frame in frames:
        frame.locator("body[data-drawn]").wait_for()
    set_view(frames[0], 39.7, 116.4, 14)
    wait_for_zoom(frames[1], 14)


def write_book(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def open_import(address, page):
    page.goto(f"{address}/?page=data&part=import&lang=zh")
    choose = page.locator("input[type=file]")
    choose.wait_for(state="attached")
    return choose


def counted(page, name, value):
    card = page.locator(".ws-card").filter(has=page.get_by_text(name, exact=True))
    expect(card.locator(".ws-value")).to_have_text(value)


def test_an_own_file_with_errors_is_imported_mended_and_planned_with(address, page, tmp_path):
    heads = ["企业名称", "职工人数", "经度", "纬度"]
    rows = [heads, ["甲厂", 800, 116.335, 39.735], ["乙厂", "很多", 116.34, 39.74]]
    rows.append(["丙厂", 90, "", ""])
    choose = open_import(address, page)
    choose.set_input_files(write_book(tmp_path / "企业.xlsx", rows))
    page.wait_for_url("**work=**")
    press(page, "下一步：坐标")
    expect(page.locator(".ws-figure")).to_have_count(3)
    page.locator("[data-testid=stRadio] label").filter(has_text="WGS-84").click()
    press(page, "下一步：逐行检查")
    page.wait_for_selector("caption:has-text('逐行检查结果')")
    counted(page, "退回", "2")
    taken = take_download(page, "下载标出问题的")
    marked = io.BytesIO(taken.path().read_bytes())
    assert openpyxl.load_workbook(marked).sheetnames
    page.get_by_role("textbox", name="职工人数").fill("450")  # mended in the page
    press(page, "改好，重新检查")
    counted(page, "退回", "1")
    page.reload()  # nothing of it is lost
    counted(page, "退回", "1")
    wait_for_map(page)  # the row without coordinates is put in its place
    page.locator("iframe").scroll_into_view_if_needed()
    frame = page.locator("iframe").bounding_box()
    page.mouse.click(frame["x"] + frame["width"] * 0.4, frame["y"] + frame["height"] * 0.45)
    press(page, "放在这里")
    counted(page, "退回", "0")
    counted(page, "可用", "3")
    press(page, "下一步：保存")
    page.get_by_text("与现有的行合并").click()
    page.get_by_label("您的姓名").fill("王工")
    press(page, "保存为新的一版")
    page.wait_for_url("**city=**")
    page.wait_for_selector("text=正在使用导入的数据")
    press(page, "用这些数据选址")
    page.wait_for_url("**page=siting**")
    page.wait_for_selector("iframe", timeout=240_000)


def test_a_file_of_another_kind_is_a_sentence_and_the_page_stays(address, page, tmp_path):
    evil = tmp_path / "企业.xlsx"
    evil.write_bytes(b"MZ\x90\x00" + bytes(4000))
    open_import(address, page).set_input_files(evil)
    page.wait_for_selector("[data-testid=stAlert]")
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.get_by_text("导入自己的文件").count() == 1


def test_no_serious_violation_on_any_page(address, page):
    for name in PAGES:
        page.goto(f"{address}/?page={name}&lang=zh")
        page.wait_for_selector("h1")
        page.wait_for_timeout(2500)
        found = Axe().run(page).response["violations"]
        grave = [
            (item["id"], [node["html"][:160] for node in item["nodes"]][:3])
            for item in found
            if item["impact"] in ("serious", "critical")
        ]
        assert grave == [], name


ENGLISH = re.compile(r"[A-Za-z]{3,}")
NAMES = re.compile(
    r"English|Ctrl|TOML|OpenStreetMap|contributors|ODbL|GeoJSON|RFC|WGS|GeoNames|siontiles|Excel|KML|CSV"
    r"|GeoPackage|QGIS|ArcGIS|Shapefile|GCJ|CGCS|GPS|OSM|Word|PDF|GPKG|SHP|[\w.]+\.\w{3,7}"
)

READ_ALOUD = """() => {
    const shown = document.body.innerText;
    const signs = [...document.querySelectorAll('[data-testid=stIconMaterial], [data-testid=stFileUploaderDropzone] span, [data-testid=stFileUploaderDropzone] button')];
    const skip = [...document.querySelectorAll('body *')].filter(
        e => !e.children.length && /^Skip to/.test(e.textContent));
    return [...signs, ...skip].reduce((text, e) => text.replace(e.textContent, ''), shown);
}"""
"""Text of the page without icon names, the covered text of the uploader, and the hidden link."""


def test_no_english_word_on_the_chinese_pages(address, page):
    for name in PAGES:
        page.goto(f"{address}/?page={name}&lang=zh")
        page.wait_for_selector("h1")
        page.wait_for_timeout(2500)
        said = page.evaluate(READ_ALOUD)
        assert ENGLISH.findall(NAMES.sub("", said)) == [], name
