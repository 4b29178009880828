"""The dashboard in a real browser: first screen, clicks, 100,000 points, cancel, memory."""

from __future__ import annotations

import os
import re
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.row import Row
from benchmarks.web_case import GENERATOR, generated_city
from geodata.workspace import put_city
from siting.plan import ask, plan_from
from siting.settings import replace_settings
from siting.settings_file import load_settings
from siting.solve import choose_sites
from siting.solve.model import Limits
from siting.web.browser import browser, dashboard, wait_for_map
from siting.web.home import HOME_VARIABLE
from siting.web.jobs import cancel_run, read_progress, start_run
from siting.web.prepare import prepare
from siting.web.state import PAGES
from siting.web.store import find_city, office_workspace, read_solution, write_solution
from siting.web.studies import Study, start_study

if TYPE_CHECKING:
    from collections.abc import Iterator

SESSIONS = 8
WAIT_MS = 240_000
CLICKS = 9
FIRST_S, ANSWER_S, CANCEL_S, SESSION_MB = 6.0, 1.5, 2.0, 60.0
PAYLOAD_MB, DRAWN_S = 3.0, 4.0


def rows(quick: bool) -> Iterator[Row]:  # noqa: FBT001 - the harness calls it so
    """Yield the dashboard's figures; quick leaves the eight sessions out."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ[HOME_VARIABLE] = str(home)
        prepare()
        with dashboard(home) as address, browser() as chromium:
            yield from _first_screen(chromium, address)
            yield from _answers(chromium, f"{address}/?page=siting&lang=zh")
            if not quick:
                yield from _sessions(chromium, address)
        yield from _cancel()
        yield from _studies()
        if not GENERATOR.is_file():
            yield Row(name="100,000 points: left out, no ../shared", value=0)
            return
        version = _keep_large()
        with dashboard(home) as address, browser() as chromium:
            yield from _large(chromium, f"{address}/?city={version}&lang=zh")


def _row(name: str, value: float, unit: str, limit: float, note: str = "") -> Row:
    said = f"promised <= {limit:g} {unit}" + (f"; {note}" if note else "")
    return Row(name=name, value=value, unit=unit, good=value <= limit, note=said)


def _open(chromium: Any, address: str) -> tuple[Any, float]:
    page = chromium.new_context(viewport={"width": 1366, "height": 900}).new_page()
    started = time.perf_counter()
    page.goto(address)
    wait_for_map(page, WAIT_MS)
    return page, time.perf_counter() - started


def _first_screen(chromium: Any, address: str) -> Iterator[Row]:
    page, first = _open(chromium, address)
    page.context.close()
    yield _row("first screen, first visitor of a new server", first, "s", FIRST_S)
    seconds = []
    for _ in range(3):
        page, taken = _open(chromium, address)
        seconds.append(taken)
        page.context.close()
    middle = statistics.median(seconds)
    yield _row("first screen, next visitors", middle, "s", FIRST_S, "median of 3")


def _answers(chromium: Any, address: str, what: str = "") -> Iterator[Row]:
    page, _ = _open(chromium, address)
    frame = page.frame_locator("iframe").first
    stations = frame.locator(".sm-station")
    seconds = []
    for number in range(CLICKS):
        station = stations.nth(number * 7)
        name = station.get_attribute("title")
        started = time.perf_counter()
        station.dispatch_event("click")
        page.get_by_role("heading", name=f"为什么设在这里：{name}").wait_for()
        seconds.append(time.perf_counter() - started)
    page.context.close()
    middle = statistics.median(seconds)
    yield _row(f"{what}click on a station to the answer", middle, "s", ANSWER_S, "median of 9")


def _keep_large() -> str:
    """Put the generated city and a plan of it into the workspace; the city's version."""
    city = generated_city()
    settings = load_settings(city_id=city.city_id)
    problem = ask(city, settings).problem
    write_solution(city, settings, choose_sites(replace(problem, limits=Limits(nodes=0))))
    return put_city(office_workspace(), city, who="bench")


def _large(chromium: Any, address: str) -> Iterator[Row]:
    """Open the overview of 100,000 demand points, then its siting page with 10,000 candidates."""
    page, first = _open(chromium, address)
    yield Row(name="100,000 points, first visitor of a new server", value=first, unit="s")
    payload = (
        wait_for_map(page, WAIT_MS)
        .locator("body")
        .evaluate(
            "() => performance.getEntriesByType('resource').filter(e => e.name.includes('/data/'))"
            ".map(e => [e.transferSize, e.decodedBodySize])"
        )
    )
    sent, whole = (sum(sizes) / 1e6 for sizes in zip(*payload, strict=True))
    yield _row("100,000 points, map data as read", whole, "MB", PAYLOAD_MB, f"{sent:.2f} MB sent")
    seconds = []
    for _ in range(3):
        page.get_by_role("button", name="台账", exact=True).click()
        page.wait_for_selector("h1:has-text('台账')", timeout=WAIT_MS)
        page.wait_for_function("() => !document.querySelector('iframe')", timeout=WAIT_MS)
        started = time.perf_counter()
        page.get_by_role("button", name="总览", exact=True).click()
        wait_for_map(page, WAIT_MS)
        seconds.append(time.perf_counter() - started)
    middle = statistics.median(seconds)
    yield _row("100,000 points, from another page to drawn", middle, "s", DRAWN_S, "median of 3")
    yield from _frames(page)
    page.context.close()
    yield from _answers(chromium, f"{address}&page=siting", "10,000 candidates, ")


def _frames(page: Any) -> Iterator[Row]:
    """Zoom and pan the map: the longest time between two frames of the picture."""
    worst = (
        wait_for_map(page, WAIT_MS)
        .locator("body")
        .evaluate(
            """async () => {
                let last = performance.now(), worst = 0, going = true;
                const tick = now => { worst = Math.max(worst, now - last); last = now;
                                      if (going) requestAnimationFrame(tick); };
                requestAnimationFrame(tick);
                const wait = ms => new Promise(done => setTimeout(done, ms));
                for (const zoom of [12, 13, 14, 12]) {
                    station_map_page.setZoom(zoom); await wait(600);
                    station_map_page.panBy([300, 120]); await wait(600);
                }
                going = false;
                return worst;
            }"""
        )
    )
    yield Row(name="100,000 points, longest pause while zooming", value=worst / 1000, unit="s")


def _studies() -> Iterator[Row]:
    """Stop a study at its first sign of searching; the time until it has left what it has."""
    settings = load_settings(city_id="daxing")
    city = find_city("daxing")
    solution = read_solution(city, settings)
    if solution is None:
        raise FileNotFoundError(settings.hash)
    plan = plan_from(city, settings, ask(city, settings), solution)
    for kind, facts in (
        ("curve", {"sizes": list(range(0, 201, 10))}),
        ("others", {"count": 10, "within": 0.01}),
        ("stability", {"runs": 20, "spread": 0.2}),
    ):
        study = Study(kind=kind, city_id="daxing", plan=plan, facts=facts)
        start_study(study)
        taken = _stopped(study.key, "whole", "", later_s=0.5)
        yield _row(f"cancel to what there is, {kind}", taken, "s", CANCEL_S)


def _sessions(chromium: Any, address: str) -> Iterator[Row]:
    pid = _server(address)
    contexts = []
    alone_mb = 0.0
    for number in range(SESSIONS):
        page, _ = _open(chromium, f"{address}/?lang=zh")
        contexts.append(page.context)
        for name in PAGES:
            page.goto(f"{address}/?page={name}&lang=zh")
            page.wait_for_selector("h1", timeout=WAIT_MS)
            page.wait_for_timeout(1_000)
        if number == 0:
            alone_mb = _resident_mb(pid)
    each = (_resident_mb(pid) - alone_mb) / (SESSIONS - 1)
    for context in contexts:
        context.close()
    yield _row("memory of a further session, 8 at once", each, "MB", SESSION_MB)


def _server(address: str) -> int:
    port = address.rpartition(":")[2]
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        words = entry.read_bytes().decode(errors="replace").split("\0")
        if port in words and "streamlit" in words:
            return int(entry.parent.name)
    raise LookupError(address)


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _cancel() -> Iterator[Row]:
    """Stop runs of new questions as their search begins, and later; the time to their results."""
    settings, seconds = load_settings(city_id="daxing"), []
    for number, later_s in enumerate((0.0, 0.2, 0.5)):
        asked = replace_settings(settings, plan__stations=70 + number)
        key = start_run("daxing", asked)
        seconds.append(_stopped(key, "stage", "choose", later_s))
    yield _row("cancel to the result, Daxing", max(seconds), "s", CANCEL_S, "slowest of 3")


def _stopped(key: str, field: str, value: str, later_s: float = 0.0) -> float:
    """Stop a run once an event tells a value (any, if empty); seconds until it has ended."""
    while (progress := read_progress(key)).state == "running":
        if any(
            event.get(field) == value or (not value and field in event) for event in progress.events
        ):
            break
        time.sleep(0.01)
    time.sleep(later_s)
    started = time.perf_counter()
    cancel_run(key)
    while read_progress(key).state == "running":
        time.sleep(0.01)
    return time.perf_counter() - started
