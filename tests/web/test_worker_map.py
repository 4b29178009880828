"""The workers' map as a courier uses it: a phone, a thumb, a real browser, nothing outside."""

from __future__ import annotations

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.siting.public.browser import PHONE, watch
from tests.siting.public.helpers import edition_of, grid_city, network_of
from tests.web.worker_pages import (
    ANCESTOR_PATH,
    NOON,
    at,
    facts_for,
    page_of,
    phone,
    served,
    stations_of,
    status,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def network():
    return network_of(grid_city(20))


@pytest.fixture(scope="module")
def browser(chrome):
    return chrome


@pytest.fixture
def site(network, tmp_path):
    """A served page of twelve stations open from eight to twenty."""
    stations = stations_of(network)
    edition = edition_of(stations, facts=facts_for(stations, "08:00-20:00"), contact="tel:12351")
    (tmp_path / "index.html").write_text(page_of(network, edition), encoding="utf-8")
    with served(tmp_path) as address:
        yield address


def inside(network):
    """Degrees of a place inside the streets."""
    from pyproj import Transformer  # noqa: PLC0415

    pipe = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    lon, lat = pipe.transform(np.mean(network.node_x), np.mean(network.node_y))
    return {"longitude": lon, "latitude": lat}


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
        page.wait_for_selector("#status.warn")
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
        page.wait_for_selector("#status.warn")
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


def test_directions_take_the_datum_of_each_map(browser, site):
    with phone(browser, site) as page:
        page.evaluate("window.warmStations.setPlace(5000, 5000, '')")
        page.tap("#answer [aria-expanded]")
        links = page.eval_on_selector_all("#answer div.go a", "(all) => all.map((a) => a.href)")
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
        *(".at(", "structuredClone", "Object.hasOwn", "findLast", "replaceAll(", "groupBy"),
        *("DecompressionStream", "Array.fromAsync", "toSorted", "toReversed", "with("),
        *("static {", "??=", "||=", "&&=", "(?<=", "(?<!", "hasIndices", "#private"),
        *("showModal", "inert", "popover", "requestIdleCallback", "BroadcastChannel"),
        *("OffscreenCanvas", "randomUUID", "AbortSignal.timeout", "Promise.withResolvers"),
        *("await ", "import(", "roundRect", "Intl.Segmenter", "scrollend"),
    )
    assert [word for word in later if word in script] == []
    newer = (
        *(":has(", "dvh", "svh", "lvh", "inset:", "aspect-ratio", "@layer", "@container", "&"),
        *("accent-color", "color-mix", "subgrid", "text-wrap", "scrollbar-gutter", ":where("),
        *("overflow: clip", "light-dark(", "oklch", "@property", "translate:", "rotate:"),
    )
    assert [word for word in newer if word in style] == []
    assert style.count(":focus-visible") == style.count(":focus:not(:focus-visible)")
    assert style.index(":focus {") < style.index(":focus:not(:focus-visible)")
