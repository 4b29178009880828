"""The dashboard in a real headless browser, outside hosts blocked, as a new user would use it."""

from __future__ import annotations

import json

import pytest

from siting.web.browser import wait_for_map

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
    assert frame.locator(".sm-station").count() == 109
    assert page.locator(".ws-card").count() == 6
    assert page.get_by_text("Deploy").count() == 0
    assert "大兴" in page.title() or "暖心驿站" in page.title()


def test_the_geojson_can_be_downloaded(address, page):
    page.goto(f"{address}/?lang=zh")
    wait_for_map(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载站点").click()
    found = json.loads(waiting.value.path().read_text(encoding="utf-8"))
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
    page.get_by_text("调整条件").click()
    page.get_by_role("spinbutton", name="站点数（个）").fill("50")
    page.get_by_role("button", name="重新选址").click()
    page.wait_for_url("**draft=**")
    page.reload()
    page.wait_for_selector(".ws-card:has-text('50 个')", timeout=120_000)
    frame = wait_for_map(page)
    frame.locator(".sm-station").nth(49).wait_for(timeout=30_000)
    assert frame.locator(".sm-station").count() == 50


def test_impossible_quotas_are_explained(address, page):
    page.goto(f"{address}/?lang=zh")
    wait_for_map(page)
    page.get_by_text("调整条件").click()
    page.get_by_role("spinbutton", name="站点数（个）").fill("3")
    page.get_by_role("button", name="重新选址").click()
    page.wait_for_selector("[data-testid=stAlert]:has-text('没有方案能同时满足')", timeout=120_000)
    assert page.locator(".ws-card").count() == 6  # the last plan is still there


def test_phone_width_has_no_sideways_scroll(address, chrome, watched):
    page = chrome.new_page(viewport={"width": 390, "height": 844})
    watched.follow(page)
    page.goto(f"{address}/?lang=zh")
    wait_for_map(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
