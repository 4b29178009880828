"""Hours and containers on the workers' map: Beijing time, midnight, holidays, weeks."""

from __future__ import annotations

import datetime as dt
import functools

import pandas as pd
import pytest

from tests.siting.public.helpers import edition_of, grid_city, network_of
from tests.web.worker_pages import NOON, at, facts_for, page_of, phone, served, stations_of, status

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
