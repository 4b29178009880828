"""A fresh clone served by ``make app`` and opened in a real browser."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from acceptance.command import bare_settings, fresh_clone
from acceptance.line import Missed
from siting.web.browser import Watched, browser, free_port, wait_for_map

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_S = 900
FIRST_PLAN_S = 180


def answers(address: str) -> bool:
    """Tell whether an address answers with 200."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # own server
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def served() -> Iterator[tuple[str, float]]:
    """Run ``make app`` in a fresh clone until the block ends; its address, seconds to serve.

    Raises
    ------
    Missed
        It ended or did not answer in time.
    """
    port = free_port()
    started = time.monotonic()
    process = subprocess.Popen(
        ["make", "app", f"PORT={port}"],
        cwd=fresh_clone("app"),
        env=bare_settings(),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while not answers(f"{address}/_stcore/health"):
            if process.poll() is not None:
                raise Missed(f"'make app' ended with {process.returncode}")
            if time.monotonic() - started > WAIT_S:
                raise Missed(f"'make app' did not answer within {WAIT_S} s")
            time.sleep(0.5)
        yield address, time.monotonic() - started
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def first_screen(address: str) -> tuple[float, Watched]:
    """Open the dashboard with outside hosts blocked, wait until the first plan is drawn.

    Returns
    -------
    tuple
        Seconds until it is drawn; what the page complained of and asked for outside.
    """
    watched = Watched()
    with browser() as running:
        page = running.new_page(viewport={"width": 1440, "height": 900})
        watched.follow(page)
        started = time.monotonic()
        page.goto(address)
        wait_for_map(page, timeout_ms=FIRST_PLAN_S * 1000)
        seconds = time.monotonic() - started
        watched.errors += page.locator("[data-testid=stException]").all_inner_texts()
    return seconds, watched
