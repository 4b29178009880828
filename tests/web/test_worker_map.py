"""The workers' map as a courier uses it: a phone, a thumb, a real browser, nothing outside."""

from __future__ import annotations

import datetime as dt
import functools
import http.server
import threading
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

from siting.edition import empty_facts
from siting.publish import headers
from siting.worker_map import PageInput, build_page
from tests.siting.public.browser import PHONE, open_browser, watch
from tests.siting.public.helpers import (
    edition_of,
    grid_city,
    network_of,
    places_of,
    plan_stations,
    random_points,
    standard,
)

pytestmark = pytest.mark.browser
ANCESTOR_PATH = "/frame.html"
BEIJING = dt.timezone(dt.timedelta(hours=8))
NOON = dt.datetime(2026, 9, 16, 12, 0, tzinfo=BEIJING)  # a Wednesday


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.fixture(scope="module")
def network():
    return network_of(grid_city(20))


def stations_of(network, n=12, **columns):
    rows = plan_stations(random_points(network, n, seed=21), **columns)
    return rows.assign(**{"admits": "public", **columns})


def facts_for(stations, hours, **columns):
    facts = empty_facts().reindex(stations.index).fillna("").assign(hours=hours)
    return facts.assign(**columns)


def page_of(network, edition):
    return build_page(
        PageInput(
            edition=edition,
            network=network,
            barriers=None,
            places=places_of(network),
            standard=standard(),
            reconstructed=False,
        )
    )


class Handler(http.server.SimpleHTTPRequestHandler):
    ancestors = ("http://localhost",)

    def end_headers(self):
        if not self.path.startswith(ANCESTOR_PATH):
            for name, text in headers(self.ancestors).items():
                self.send_header(name, text)
        super().end_headers()

    def log_message(self, *_args):
        pass


@contextmanager
def served(folder, ancestors=()):
    kind = type("Sending", (Handler,), {"ancestors": ancestors})
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(kind, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser(chromium):
    with open_browser(chromium) as running:
        yield running


@pytest.fixture
def site(network, tmp_path):
    """A served page of twelve stations open from eight to twenty."""
    stations = stations_of(network)
    edition = edition_of(stations, facts=facts_for(stations, "08:00-20:00"), contact="tel:12351")
    (tmp_path / "index.html").write_text(page_of(network, edition), encoding="utf-8")
    with served(tmp_path) as address:
        yield address


@contextmanager
def phone(browser, address, moment=NOON, **options):
    context = browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2, **options
    )
    page = context.new_page()
    seen = watch(page)
    page.clock.set_fixed_time(moment)
    page.goto(address)
    page.wait_for_selector("html[data-ready=yes]")
    try:
        yield page
    finally:
        context.close()
    assert seen["errors"] == []
    assert {url.partition("#")[0].rstrip("/") for url in seen["requests"]} <= {
        address.partition("#")[0].rstrip("/")
    }


def inside(network):
    """Degrees of a place inside the streets."""
    from pyproj import Transformer  # noqa: PLC0415

    pipe = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    lon, lat = pipe.transform(np.mean(network.node_x), np.mean(network.node_y))
    return {"longitude": lon, "latitude": lat}


def status(page):
    return page.text_content("#status")


def test_geolocation_allowed(browser, site, network):
    options = {"permissions": ["geolocation"], "geolocation": inside(network)}
    with phone(browser, site, **options) as page:
        page.tap("#locate")
        page.wait_for_selector("#answer .card")
        assert "离您最近" in status(page)
        assert "步行约" in page.text_content("#answer .way")
        assert "正在开放，到 20:00" in page.text_content("#answer .card")
        ways = page.evaluate("window.warmStations.state.answers.map((a) => a.way)")
        assert ways == sorted(ways)


def test_geolocation_refused_then_a_tap_on_the_map(browser, site):
    with phone(browser, site, permissions=[]) as page:
        page.tap("#locate")
        page.wait_for_function("document.getElementById('status').className === 'warn'")
        assert "没有允许定位" in status(page)
        assert page.evaluate("document.activeElement.id") == "query"
        page.locator("#map").scroll_into_view_if_needed()
        box = page.locator("#map").bounding_box()
        page.touchscreen.tap(box["x"] + 60, box["y"] + 300)
        page.wait_for_selector("#answer .card .way")


def test_geolocation_outside_the_map(browser, site):
    options = {"permissions": ["geolocation"], "geolocation": {"longitude": 121, "latitude": 31}}
    with phone(browser, site, **options) as page:
        page.tap("#locate")
        page.wait_for_function("document.getElementById('status').className === 'warn'")
        assert "不在本图范围" in status(page)


def test_no_geolocation_on_plain_http_or_in_old_browsers(browser, site):
    context = browser.new_context(viewport=PHONE)
    context.add_init_script("Object.defineProperty(navigator, 'geolocation', {value: undefined})")
    page = context.new_page()
    page.goto(site)
    page.click("#locate")
    assert "https" in status(page)
    context.close()


def test_a_place_by_name(browser, site):
    with phone(browser, site) as page:
        page.fill("#query", "医院")
        page.tap("#found button")
        page.wait_for_selector("#answer .card .way")
        assert "大兴区医院" in status(page)
        page.fill("#query", "没有这里")
        assert "没有找到" in status(page)


def test_by_keyboard_alone(browser, site):
    with phone(browser, site) as page:
        seen = []
        for _ in range(40):
            page.keyboard.press("Tab")
            seen.append(
                page.evaluate("document.activeElement.id || document.activeElement.tagName")
            )
            if seen[-1] == "map":
                break
        assert {"language", "locate", "query", "map"} <= set(seen)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("+")
        page.keyboard.press("Enter")
        page.wait_for_selector("#answer .card")
        page.focus("#answer [aria-expanded]")
        page.keyboard.press("Enter")
        assert page.get_attribute("#answer [aria-expanded]", "aria-expanded") == "true"
        assert page.locator("#answer table tr").count() == 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser, site, scheme, network):
    options = {"permissions": ["geolocation"], "geolocation": inside(network)}
    context = browser.new_context(viewport=PHONE, color_scheme=scheme, bypass_csp=True, **options)
    page = context.new_page()
    page.clock.set_fixed_time(NOON)
    for address in (site, site + "?lang=en"):
        page.goto(address)
        page.click("#locate")
        page.click("#answer [aria-expanded]")
        page.fill("#query", "兴")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    context.close()


def test_targets_are_large(browser, site):
    with phone(browser, site) as page:
        small = page.evaluate(
            """() => [...document.querySelectorAll('button, .go a, input')]
            .filter((node) => node.offsetParent && node.getBoundingClientRect().height < 44)
            .map((node) => node.outerHTML)"""
        )
        assert small == []
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]


@pytest.fixture
def line_at(browser, network, tmp_path):
    return functools.partial(_line_at, browser, network, tmp_path)


def _line_at(browser, network, tmp_path, moment, hours, zone):
    stations = stations_of(network, 1)
    edition = edition_of(stations, facts=facts_for(stations, hours))
    path = tmp_path / "one.html"
    path.write_text(page_of(network, edition), encoding="utf-8")
    with phone(browser, path.as_uri(), moment, timezone_id=zone) as page:
        page.evaluate("window.warmStations.setPlace(1000, 1000, '')")
        return page.text_content("#answer .state")


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles"])
@pytest.mark.parametrize(
    ("moment", "hours", "says"),
    [
        ("2026-09-16T23:59", "08:00-24:00", "还有 1 分钟关门（24:00）"),
        ("2026-09-17T00:00", "08:00-24:00", "现在未开放 · 08:00 开门"),
        ("2026-09-16T23:59", "22:00-06:00", "正在开放，到 明天 06:00"),
        ("2026-09-17T00:00", "22:00-06:00", "正在开放，到 06:00"),
        ("2026-09-17T05:40", "22:00-06:00", "还有 20 分钟关门（06:00）"),
        ("2026-09-17T06:00", "22:00-06:00", "现在未开放 · 22:00 开门"),
        ("2026-09-16T12:00", "24/7", "全天开放"),
        ("2026-10-01T10:00", "Mo-Fr 08:00-18:00; PH off", "现在未开放 · 10月8日 周四 08:00 开门"),
        ("2026-09-20T10:00", "Mo-Fr 08:00-18:00; PH off", "正在开放，到 18:00"),
        ("2026-09-19T10:00", "Mo-Fr 08:00-18:00; PH off", "现在未开放 · 明天 08:00 开门"),
    ],
)
def test_hours_in_beijing_time(line_at, moment, hours, says, zone):
    assert line_at(at(moment), hours, zone) == says


def test_the_week_names_holidays_and_make_up_days(browser, site):
    with phone(browser, site, at("2026-09-30T10:00")) as page:
        page.evaluate("window.warmStations.setPlace(1000, 1000, '')")
        page.tap("#answer [aria-expanded]")
        text = page.text_content("#answer table")
        assert "国庆节" in text
    with phone(browser, site, at("2026-10-08T10:00")) as page:
        page.evaluate("window.warmStations.setPlace(1000, 1000, '')")
        page.tap("#answer [aria-expanded]")
        assert "调休上班" in page.text_content("#answer table")


def test_a_page_older_than_its_calendar_says_so(browser, site):
    with phone(browser, site, at("2027-02-01T10:00")) as page:
        assert "节假日安排" in status(page)
        assert "信息可能已变化" in status(page)


def test_filters(browser, network, tmp_path):
    stations = stations_of(network)
    offers = ["water", "water,aed", "", "bed"] * 3
    facts = facts_for(stations, "08:00-20:00", services=[offer or "-" for offer in offers])
    facts.loc[stations.index[1], "hours"] = "24/7"
    edition = edition_of(stations, facts=facts)
    path = tmp_path / "f.html"
    path.write_text(page_of(network, edition), encoding="utf-8")
    with phone(browser, path.as_uri()) as page:
        page.evaluate("window.warmStations.setPlace(5000, 5000, '')")
        page.tap("text=除颤仪")
        numbers = "window.warmStations.state.answers.map((a) => a.number)"
        assert sorted(page.evaluate(numbers)) == [1, 5, 9]
        page.tap("#chips >> text=24 小时")
        assert page.evaluate(numbers) == [1]
        page.tap("#chips >> text=床铺")
        assert page.evaluate(numbers) == []
        assert "没有站点符合" in status(page)
    with phone(browser, path.as_uri(), at("2026-09-16T03:00")) as page:
        page.evaluate("window.warmStations.setPlace(5000, 5000, '')")
        assert page.evaluate(numbers) == [1]
        page.tap("#chips >> text=床铺")
        assert "没有符合条件且开放的站点" in status(page)
        assert sorted(page.evaluate(numbers)) == [3, 7, 11]


def test_stations_for_own_employees_are_not_offered(browser, network, tmp_path):
    hosts = ["enterprise", "hospital", "community"] * 4
    stations = stations_of(network, host_type=hosts, admits=["host", "host", "public"] * 4)
    edition = edition_of(stations, facts=facts_for(stations, "24/7"))
    path = tmp_path / "own.html"
    path.write_text(page_of(network, edition), encoding="utf-8")
    with phone(browser, path.as_uri()) as page:
        page.evaluate("window.warmStations.setPlace(5000, 5000, '')")
        numbers = "window.warmStations.state.answers.map((a) => a.number % 3)"
        assert set(page.evaluate(numbers)) == {1, 2}
        page.tap("text=含仅限本单位职工的站点")
        assert 0 in page.evaluate(numbers)


def test_containers_this_week_and_next(browser, network, tmp_path):
    stations = stations_of(network, 2, station_kind="mobile", host_type="container_lot")
    ids = stations.index
    weeks = [dt.date(2026, 9, 14), dt.date(2026, 9, 21)]
    rota = pd.DataFrame({"container": ["甲箱", "甲箱"], "week_start": weeks, "site_id": ids})
    edition = edition_of(stations, facts=facts_for(stations, "24/7"), rota=rota)
    path = tmp_path / "rota.html"
    path.write_text(page_of(network, edition), encoding="utf-8")
    for moment, here in ((NOON, 0), (NOON + dt.timedelta(days=7), 1)):
        with phone(browser, path.as_uri(), moment) as page:
            page.evaluate("window.warmStations.setPlace(5000, 5000, '')")
            assert page.evaluate("window.warmStations.state.answers.map((a) => a.number)") == [here]
            page.tap("#answer [aria-expanded]")
            text = page.text_content("#answer .card")
            assert "甲箱 停放在此" in text
            if here == 0:
                assert "甲箱 移至第1号驿站" in text
            else:
                assert "安排未公布" in text


def test_directions_take_the_datum_of_each_map(browser, site):
    with phone(browser, site) as page:
        page.evaluate("window.warmStations.setPlace(5000, 5000, '')")
        page.tap("#answer [aria-expanded]")
        links = page.eval_on_selector_all("#answer .go a", "(all) => all.map((a) => a.href)")
        number = page.evaluate("window.warmStations.state.answers[0].number")
        station = page.evaluate(f"window.warmStations.world.stations[{number}]")
    amap, baidu, geo = links
    lon, lat = station["gcj02"]
    assert f"to={lon},{lat}," in amap
    assert "coordinate=gaode" in amap
    assert f"location={lat},{lon}&" in baidu
    assert "coord_type=gcj02" in baidu
    assert geo.startswith(f"geo:{station['lat']},{station['lon']}?")
    assert abs(lon - station["lon"]) > 0.002


def test_a_script_in_a_name_stays_text(browser, network, tmp_path):
    stations = stations_of(network, 2)
    edition = edition_of(stations, facts=facts_for(stations, "24/7"))
    bad = "</script><script>window.hit = 1</script><img src=x onerror='window.hit=1'>"
    object.__setattr__(edition, "stations", edition.stations.assign(name=bad, note=bad))
    text = page_of(network, edition)
    assert "<script>window.hit" not in text
    assert "<img" not in text
    path = tmp_path / "x.html"
    path.write_text(text, encoding="utf-8")
    with phone(browser, path.as_uri()) as page:
        page.evaluate("window.warmStations.setPlace(5000, 5000, '')")
        page.tap("#answer [aria-expanded]")
        assert page.evaluate("window.hit") is None
        assert "window.hit" in page.text_content("#answer h3")


def test_an_address_with_a_station_opens_its_card(browser, site):
    with phone(browser, site + "#s=s-00007") as page:
        assert page.get_attribute("#answer .card", "data-id") == "s-00007"
        assert page.locator("#answer table").count() == 1


def test_english(browser, site):
    with phone(browser, site) as page:
        page.tap("#language")
        assert page.text_content("h1") == "Warm Stations map"
        assert page.get_attribute("html", "lang") == "en"
        left = page.evaluate(
            "Object.keys(window.warmStations.world.text.en).join() === Object.keys(window.warmStations.world.text.zh).join()"
        )
        assert left


def test_in_a_frame_only_where_the_planner_said(browser, network, tmp_path):
    stations = stations_of(network, 3)
    (tmp_path / "index.html").write_text(page_of(network, edition_of(stations)), encoding="utf-8")
    frame = '<html><link rel=icon href=data:,><body><iframe src="{}" width="390" height="700"></iframe></body></html>'
    for allowed in (True, False):
        sites = ("'self'",) if allowed else ("https://www.example.gov.cn",)
        with served(tmp_path, sites) as address:
            (tmp_path / "frame.html").write_text(frame.format("/index.html"))
            context = browser.new_context()
            page = context.new_page()
            seen = watch(page)
            page.goto(f"{address}{ANCESTOR_PATH}")
            page.wait_for_timeout(500)
            shown = [f for f in page.frames if f.url.endswith("index.html")]
            ready = bool(shown) and shown[0].evaluate("document.documentElement.dataset.ready")
            assert (ready == "yes") == allowed
            assert bool(seen["errors"]) != allowed
            context.close()


def test_old_phones_know_every_word_of_the_script():
    """Chrome 90 and iOS 14.5: none of what came later."""
    from siting.worker_map.builder import _source, page_script  # noqa: PLC0415

    script, style = page_script(), _source("style.css")
    later = (
        ".at(",
        "structuredClone",
        "Object.hasOwn",
        "findLast",
        "replaceAll(",
        "DecompressionStream",
        "Array.fromAsync",
        "toSorted",
        "static {",
        "??=",
        "||=",
        "(?<=",
        "(?<!",
        "showModal",
        "inert",
    )
    assert [word for word in later if word in script] == []
    assert [
        w for w in (":has(", "dvh", "inset:", "aspect-ratio", "@layer", "@container") if w in style
    ] == []
