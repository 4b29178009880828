"""The workers' map on a slow phone, and how long publishing and the papers take.

Chromium at 390 x 844, CPU slowed four times, outside hosts blocked. Cities: Daxing with its default
plan, and the generated city of about 100,000 nodes (``../shared/benchmarks/generate.py``).
"""

from __future__ import annotations

import datetime as dt
import functools
import http.server
import importlib.util
import statistics
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from benchmarks.row import Row
from geodata import load_city
from siting.edition import PublicOptions
from siting.gaps import find_gaps
from siting.plan import make_plan
from siting.publish import preview
from siting.report import make_papers
from siting.settings_file import load_settings
from siting.worker_map import PageInput, build_page
from tests.siting.public.browser import ARGUMENTS, PHONE
from tests.siting.public.helpers import (
    edition_of,
    network_of,
    places_of,
    plan_stations,
    random_points,
    standard,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

GENERATOR = Path(__file__).resolve().parents[2] / "shared" / "benchmarks" / "generate.py"
CHROMIUM = "/usr/bin/chromium"
SLOWER = 4
NODES, STATIONS, MANY = 100_000, 109, 5_000
DAY = dt.date(2026, 11, 24)
NOON = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)  # 12:00 in Beijing
LIMITS_B = {"daxing": 500_000, "many": 2_000_000, "generated": 4_000_000}
USABLE_S, ANSWER_MS, REPORT_S = 2.0, 50.0, 20.0
ASK = """(n) => {
  const page = window.warmStations, grid = page.world.grid, found = [];
  for (let i = 0; i < n; i += 1) {
    const x = Math.floor(((i * 0.6180339887) % 1) * grid.maxX);
    const y = Math.floor(((i * 0.7548776662) % 1) * grid.maxY);
    const begin = performance.now();
    page.setPlace(x, y, "");
    found.push(performance.now() - begin);
  }
  return found;
}"""


def rows(quick: bool) -> Iterator[Row]:  # noqa: FBT001 - the harness calls it so
    city = load_city("daxing")
    plan = make_plan(city, load_settings(city_id="daxing"))
    begin = time.perf_counter()
    look = preview(plan, city, PublicOptions(published=DAY))
    yield Row(name="publish Daxing, 109 stations", value=time.perf_counter() - begin, unit="s")
    begin = time.perf_counter()
    make_papers(city, plan, find_gaps(city, plan), date=DAY)
    taken = time.perf_counter() - begin
    yield Row(name="papers for Daxing", value=taken, unit="s", good=taken <= REPORT_S)
    pages = {f"Daxing, {STATIONS} stations": (look.files["index.html"].decode(), "daxing")}
    if GENERATOR.is_file():
        pages[f"generated city, {STATIONS} stations"] = (generated(STATIONS), "generated")
        pages[f"generated city, {MANY} stations"] = (generated(MANY), "many")
    else:
        yield Row(name="generated city: left out, no ../shared", value=0)
    repeats = 20 if quick else 100
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, (page, limit) in pages.items():
            yield from measured(browser, name, page, LIMITS_B[limit], repeats)
        browser.close()


def generated(stations: int) -> str:
    """Page of the generated city with stations at random places, all open to everyone."""
    spec = importlib.util.spec_from_file_location("generate", GENERATOR)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(GENERATOR)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = network_of(module.city(NODES))
    edition = edition_of(plan_stations(random_points(network, stations)), day=DAY)
    given = PageInput(
        edition=edition,
        network=network,
        barriers=None,
        places=places_of(network),
        standard=standard(),
        reconstructed=False,
    )
    return build_page(given)


def measured(browser: Browser, name: str, text: str, limit_b: int, repeats: int) -> Iterator[Row]:
    size = len(text.encode())
    yield Row(name=f"page, {name}", value=size / 1000, unit="kB", good=size <= limit_b)
    with served(text) as address:
        usable, requests = [], set()
        for _ in range(5):
            page = opened(browser, requests)
            begin = time.perf_counter()
            page.goto(address)
            page.wait_for_selector("html[data-ready=yes]")
            usable.append(time.perf_counter() - begin)
            page.context.close()
        value = statistics.median(usable)
        note = f"CPU slowed {SLOWER} times, median of 5"
        yield Row(name=f"usable, {name}", value=value, unit="s", good=value <= USABLE_S, note=note)
        page = opened(browser, requests)
        page.goto(address)
        page.wait_for_selector("html[data-ready=yes]")
        page.wait_for_timeout(1500)
        told = page.evaluate(ASK, repeats)
        first, taken = told[0], sorted(told)
        page.context.close()
    value = statistics.median(taken)
    high = taken[int(0.95 * (len(taken) - 1))]
    note = f"search, card and list; the first {first:.0f} ms, 95 % {high:.0f} ms, {repeats} places"
    good = value <= ANSWER_MS
    yield Row(name=f"nearest open, {name}", value=value, unit="ms", good=good, note=note)
    own = {address, address + "/"}
    outside = len(requests - own)
    yield Row(name=f"requests beside the page, {name}", value=outside, good=outside == 0)


def opened(browser: Browser, requests: set[str]) -> Page:
    context = browser.new_context(
        viewport=PHONE, device_scale_factor=2, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.clock.set_fixed_time(NOON)
    page.on("request", lambda request: requests.add(request.url))
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def served(text: str) -> Iterator[str]:
    """Serve one page."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "index.html").write_text(text, encoding="utf-8")
        handler = functools.partial(_Quiet, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
