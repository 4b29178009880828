"""Data, ledger and link in a real headless browser: too large files, what is remembered and sent."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.web.steps import press
from tests.web.test_browser import ENGLISH, NAMES, READ_ALOUD, open_import, write_book

pytestmark = pytest.mark.browser

NAMED = re.compile(rf"{NAMES.pattern}|WPS|\.osm|\.pbf")
PARTS = [("data", part) for part in ("layers", "import", "edit", "city")]
PARTS += [("ledger", part) for part in ("state", "bring")]
MB = 1 << 20


def sparse(path, megabytes):
    with path.open("wb") as out:
        out.truncate(megabytes * MB)
    return path


def test_a_file_of_300_mb_is_a_sentence_and_the_page_stays(address, page, tmp_path):
    choose = open_import(address, page)
    choose.set_input_files(sparse(tmp_path / "太大.csv", 301))  # not even sent
    chip = page.locator("[data-testid=stFileChip][aria-invalid=true]")
    chip.wait_for()
    uploader = page.get_by_test_id("stFileUploader")
    assert "没有上传" in uploader.evaluate("e => getComputedStyle(e, '::after').content")
    assert chip.get_by_role("alert").evaluate("e => getComputedStyle(e).fontSize") == "0px"
    page.get_by_test_id("stFileChipDeleteBtn").get_by_role("button").click()
    chip.wait_for(state="detached")
    choose.set_input_files(sparse(tmp_path / "很大.csv", 250))  # sent, not read
    page.wait_for_selector("[data-testid=stAlert]:has-text('最多接受 200 MB')")
    assert page.locator("[data-testid=stException]").count() == 0


def test_the_uploaders_own_english_is_covered(address, page):
    open_import(address, page)
    zone = page.get_by_test_id("stFileUploaderDropzone")
    sizes = zone.evaluate(
        """e => [...e.querySelectorAll('*')]
            .filter(n => [...n.childNodes].some(c => c.nodeType === 3 && /[A-Za-z]{3}/.test(c.data)))
            .filter(n => !n.closest('[data-testid=stIconMaterial]') && n.tagName !== 'STYLE')
            .map(n => [n.textContent, getComputedStyle(n).fontSize])"""
    )
    assert sizes
    assert {size for _, size in sizes} == {"0px"}, sizes


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_no_english_and_no_violation_on_any_part(address, page, name, part):
    page.goto(f"{address}/?page={name}&part={part}&lang=zh")
    page.wait_for_selector("h1")
    page.wait_for_timeout(1500)
    said = page.evaluate(READ_ALOUD)
    assert ENGLISH.findall(NAMED.sub("", said)) == []
    found = Axe().run(page).response["violations"]
    assert [f["id"] for f in found if f["impact"] in ("serious", "critical")] == []


def test_the_steps_of_an_import_have_no_english_and_no_violation(address, page, tmp_path):
    heads = ["企业名称", "职工人数", "经度", "纬度"]
    rows = [heads, ["甲厂", 800, 116.335, 39.735], ["乙厂", "很多", 116.34, 39.74]]
    open_import(address, page).set_input_files(write_book(tmp_path / "企业.xlsx", rows))
    page.wait_for_url("**work=**")
    for step in ("坐标", "逐行检查", "保存"):
        button = page.get_by_role("button", name=f"下一步：{step}")
        expect(button).to_be_enabled()
        said = page.evaluate(READ_ALOUD)
        assert ENGLISH.findall(NAMED.sub("", said)) == [], step
        found = Axe().run(page).response["violations"]
        assert [f["id"] for f in found if f["impact"] in ("serious", "critical")] == [], step
        button.click()
        if step == "坐标":
            page.locator("[data-testid=stRadio] label").filter(has_text="WGS-84").click()
    page.get_by_role("button", name="保存为新的一版").wait_for()


def test_language_and_name_are_remembered_and_the_link_leaves_the_draft_out(
    address, chrome, watched
):
    context = chrome.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    watched.follow(page)
    page.goto(f"{address}/?page=ledger&part=bring&lang=en")
    page.get_by_label("Your name").fill("Wang")
    press(page, "Read")
    page.wait_for_selector("[data-testid=stAlert]")
    page.goto(f"{address}/?page=data")
    page.wait_for_selector("h1:has-text('Data')")  # English again, although the address is silent
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}/?page=ledger&part=bring&draft=nowhere-here")
    expect(page.get_by_label("Your name")).to_have_value("Wang")
    press(page, "Link to send")
    link = page.locator(".ws-link input").get_attribute("value")
    assert link == f"{address}/?page=ledger&lang=en"
    page.get_by_text("The present plan is not saved").wait_for()
    page.locator(".ws-copy").click()
    expect(page.locator(".ws-copy")).to_have_text("Copied")
    context.close()
