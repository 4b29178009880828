"""The workers' map in WeChat, as a copy in the files, with containers that move, left open long."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from tests.siting.public.browser import PHONE
from tests.siting.public.helpers import edition_of, grid_city, network_of
from tests.web.worker_pages import NOON, at, facts_for, page_of, phone, served, stations_of

pytestmark = pytest.mark.browser

ADDRESS = "https://map.example.gov.cn/stations/"
WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 14_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148 MicroMessenger/8.0.34"
)


@pytest.fixture(scope="module")
def network():
    return network_of(grid_city(20))


@pytest.fixture(scope="module")
def page_file(network, tmp_path_factory):
    stations = stations_of(network)
    facts = facts_for(stations, "08:00-20:00")
    edition = edition_of(stations, facts=facts, address=ADDRESS, contact="mailto:zgh@example.org")
    path = tmp_path_factory.mktemp("map") / "index.html"
    path.write_text(page_of(network, edition), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def rota_file(network, tmp_path_factory):
    """Two stations; container 甲箱 changes from the first to the second, 乙箱 leaves."""
    stations = stations_of(network, 2, station_kind="mobile", host_type="container_lot")
    one, two = stations.index
    rota = pd.DataFrame(
        [
            ("甲箱", dt.date(2026, 9, 14), one),
            ("乙箱", dt.date(2026, 9, 14), two),
            ("甲箱", dt.date(2026, 9, 21), two),
        ],
        columns=["container", "week_start", "site_id"],
    )
    edition = edition_of(stations, facts=facts_for(stations, "24/7"), rota=rota)
    path = tmp_path_factory.mktemp("rota") / "index.html"
    path.write_text(page_of(network, edition), encoding="utf-8")
    return path


def test_wechat_is_told_how_to_open_the_browser(chrome, page_file):
    with (
        served(page_file.parent) as address,
        phone(chrome, address, user_agent=WECHAT) as page,
    ):
        assert "在浏览器打开" in page.text_content("#hint")
    with served(page_file.parent) as address, phone(chrome, address) as page:
        assert page.is_hidden("#hint")
        assert ADDRESS in page.text_content("#about")


def test_a_copy_in_the_files_leads_to_the_address(chrome, page_file):
    with phone(chrome, page_file.as_uri()) as page:
        assert "2026-09" in page.text_content("#hint")
        assert page.get_attribute("#hint a", "href") == ADDRESS


def test_without_scripts_the_address_is_there(chrome, page_file):
    context = chrome.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.get_attribute("noscript a", "href") == ADDRESS
    context.close()


def test_containers_in_one_table(chrome, rota_file):
    with phone(chrome, rota_file.as_uri()) as page:
        page.tap("#rota summary")
        rows = page.locator("#rota tbody tr").all_inner_texts()
        assert [row.split("\t") for row in sorted(rows)] == [
            ["乙箱", "第1号驿站", "不设站"],
            ["甲箱", "第0号驿站", "第1号驿站"],
        ]
        page.tap("#rota tbody tr:has-text('甲箱') button >> nth=1")
        assert page.get_attribute("#answer .card", "data-number") == "1"


def test_a_week_that_the_rota_does_not_reach_is_not_called_closed(chrome, rota_file):
    later = NOON + dt.timedelta(days=14)
    with phone(chrome, rota_file.as_uri(), later) as page:
        page.evaluate("window.warmStations.setPlace(5000, 5000, '')")
        assert "本周停放安排未公布" in page.text_content("#answer .state")
        assert page.locator(".card.is-open").count() == 0


def test_the_nearest_stations_are_not_under_the_buttons(chrome, page_file):
    with phone(chrome, page_file.as_uri()) as page:
        page.evaluate("(() => { const g = window.warmStations.world.grid;"
                      " window.warmStations.setPlace(g.maxX / 2, g.maxY / 2, ''); })()")  # fmt: skip
        found = page.evaluate(
            "(() => { const { state, world, map } = window.warmStations; return state.answers.map("
            "({ number }) => map.toScreen(world.stations[number].x, world.stations[number].y)); })()"
        )
        box = page.locator("#map-buttons").bounding_box()
        around = page.locator("#map").bounding_box()
        left, bottom = box["x"] - around["x"], box["y"] + box["height"] - around["y"]
        assert len(found) >= 3
        hidden = [(x, y) for x, y in found[:3] if x > left and y < bottom]
        assert hidden == []


def test_the_map_opens_where_stations_are(chrome, page_file):
    with phone(chrome, page_file.as_uri()) as page:
        size = page.locator("#map").bounding_box()
        seen = page.evaluate(
            "(size) => { const { world, map } = window.warmStations;"
            " return world.stations.filter((s) => !s.internal).map((s) => map.toScreen(s.x, s.y))"
            " .filter(([x, y]) => x > 0 && y > 0 && x < size.width && y < size.height).length; }",
            size,
        )
        assert seen >= 2


def test_minutes_pass_without_closing_what_is_open(chrome, page_file):
    with phone(chrome, page_file.as_uri(), at("2026-09-16T19:30")) as page:
        page.evaluate("window.warmStations.setPlace(5000, 5000, '')")
        page.tap("#answer [aria-expanded]")
        assert "还有 30 分钟关门" in page.text_content("#answer .state")
        page.clock.set_fixed_time(at("2026-09-16T19:45"))
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        assert "还有 15 分钟关门" in page.text_content("#answer .state")
        assert page.get_attribute("#answer [aria-expanded]", "aria-expanded") == "true"


def test_reporting_a_problem_is_a_large_target(chrome, page_file):
    with phone(chrome, page_file.as_uri()) as page:
        page.evaluate("window.warmStations.setPlace(5000, 5000, '')")
        page.tap("#answer [aria-expanded]")
        link = page.locator("#answer a[href^='mailto:']")
        assert "s-0" in link.get_attribute("href")
        assert link.bounding_box()["height"] >= 44
        assert page.locator("#about a[href^='mailto:']").bounding_box()["height"] >= 44
