"""A real browser that can reach nothing but this machine, and a dashboard to look at."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.web.home import HOME_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = "/usr/bin/chromium"
CHECKOUT = Path(__file__).resolve().parents[2]
LOCAL_ONLY = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
_START_S = 60.0
_POLL_S = 0.2


@dataclass
class Watched:
    """What a page said and asked for: console errors, page errors, outside addresses."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def follow(self, page: Any) -> None:
        """Listen to a page."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _request(self, request: Any) -> None:
        local = ("data:", "blob:", "file:", "http://127.0.0.1", "http://localhost", "ws://127.")
        if not request.url.startswith(local):
            self.outside.append(request.url)


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def dashboard(home: Path, *, script: Path | None = None) -> Iterator[str]:
    """Run the dashboard on a free port while the block lasts; give its address.

    Parameters
    ----------
    home
        Folder of its workspace.
    script
        Another script than ``app.py``.

    Raises
    ------
    TimeoutError
        It does not answer.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script or CHECKOUT / "app.py")]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    command += ["--server.headless", "true"]
    log = home / "dashboard.log"
    home.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter
            command,
            cwd=CHECKOUT,
            env={**os.environ, HOME_VARIABLE: str(home)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=_START_S)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(_POLL_S)
    raise TimeoutError(f"The dashboard did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")


@contextmanager
def browser(executable: Path | str = CHROMIUM) -> Iterator[Any]:
    """Run headless Chromium that finds no outside host."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a tool of development

    with sync_playwright() as play:
        running = play.chromium.launch(
            executable_path=str(executable), args=["--no-sandbox", LOCAL_ONLY]
        )
        try:
            yield running
        finally:
            running.close()


def wait_for_map(page: Any, timeout_ms: int = 120_000) -> Any:
    """Wait until the embedded map has drawn its plan; give its frame."""
    page.wait_for_selector("iframe", timeout=timeout_ms)
    frame = page.frame_locator("iframe").first
    frame.locator("body[data-drawn]").wait_for(timeout=timeout_ms)
    return frame
