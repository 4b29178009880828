"""The dashboard in a real browser: first screen, answers to clicks, cancel, memory of sessions."""

from __future__ import annotations

import os
import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.row import Row
from siting.settings_file import load_settings
from siting.web.browser import browser, dashboard, wait_for_map
from siting.web.home import HOME_VARIABLE
from siting.web.jobs import cancel_run, read_progress, start_run
from siting.web.prepare import prepare
from siting.web.state import PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

SESSIONS = 8
WAIT_MS = 240_000
CLICKS = 9
FIRST_S, ANSWER_S, CANCEL_S, SESSION_MB = 6.0, 1.5, 2.0, 60.0


def rows(quick: bool) -> Iterator[Row]:  # noqa: FBT001 - the harness calls it so
    """Yield the dashboard's figures; quick leaves the eight sessions out."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ[HOME_VARIABLE] = str(home)
        prepare()
        with dashboard(home) as address, browser() as chromium:
            yield from _first_screen(chromium, address)
            yield from _answers(chromium, address)
            if not quick:
                yield from _sessions(chromium, address)
        yield from _cancel()


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


def _answers(chromium: Any, address: str) -> Iterator[Row]:
    page, _ = _open(chromium, f"{address}/?page=siting&lang=zh")
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
    yield _row(
        "click on a station to the answer", statistics.median(seconds), "s", ANSWER_S, "median of 9"
    )


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
    """Stop a run at its first sign of searching; the time until it has left its result."""
    key = start_run("daxing", load_settings(city_id="daxing"))
    while not any(event["stage"] == "choose" for event in read_progress(key).events):
        time.sleep(0.01)
    started = time.perf_counter()
    cancel_run(key)
    while read_progress(key).state == "running":
        time.sleep(0.01)
    taken = time.perf_counter() - started
    yield _row("cancel to the result, Daxing", taken, "s", CANCEL_S)
