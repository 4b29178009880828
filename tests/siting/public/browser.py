"""One real Chromium for the tests, with every outside host blocked."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from pathlib import Path

PHONE = {"width": 390, "height": 844}
ARGUMENTS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--no-sandbox",
    "--disable-gpu",
]


@contextmanager
def open_browser(executable: Path | str):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(executable), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def watch(page):
    """Collect console errors and requests of a page."""
    seen = {"errors": [], "requests": []}
    page.on("console", lambda m: seen["errors"].append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: seen["errors"].append(str(e)))
    page.on("request", lambda r: seen["requests"].append(r.url))
    return seen
