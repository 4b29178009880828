"""A fresh clone served by ``make app`` and opened in a real browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from acceptance.command import bare_settings, fresh_clone
from acceptance.line import Missed

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_S = 900
_ONLY_HERE = "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


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


def first_screen(address: str, wait_for: str, timeout_s: float = 120) -> tuple[float, list[str]]:
    """Open the dashboard with outside hosts blocked.

    Parameters
    ----------
    address
        Where it is served.
    wait_for
        Selector that shows that the first plan is on the screen.
    timeout_s
        How long to wait for it.

    Returns
    -------
    tuple
        Seconds until it is there; what went wrong on the page (console errors, exceptions).
    """
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", f"--host-resolver-rules={_ONLY_HERE}"],
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        started = time.monotonic()
        page.goto(address)
        page.wait_for_selector(wait_for, timeout=timeout_s * 1000)
        seconds = time.monotonic() - started
        wrong += page.locator("[data-testid=stException]").all_inner_texts()
        browser.close()
    return seconds, wrong
