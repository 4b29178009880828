"""Pictures of every page and map, for people to look at: ``python -m siting.web.shots``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.i18n import LANGUAGES
from siting.web.browser import CHECKOUT, Watched, browser, dashboard, wait_for_map
from siting.web.home import HOME_VARIABLE, home
from siting.web.state import PAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

WITH_MAP = ("overview", "siting", "gaps")
SIZES = {"wide": (1366, 900), "phone": (390, 844)}
OUT = CHECKOUT / "shots"
_PLAN_MS = 90_000
_SETTLE_MS = 800


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures; exit status 1 if a page reported an error or asked for the outside."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of the names to take")
    parser.add_argument("--out", type=Path, default=OUT)
    only = parser.parse_args(arguments)
    only.out.mkdir(parents=True, exist_ok=True)
    watched = Watched()
    with dashboard(home()) as address, browser() as chromium:
        for page in PAGES:
            for lang in LANGUAGES:
                for size in SIZES:
                    name = f"{page}-{lang}-{size}"
                    if only.only in name:
                        _take(
                            chromium,
                            watched,
                            f"{address}/?page={page}&lang={lang}",
                            only.out / name,
                        )
        _maps(chromium, watched, only.only, only.out)
    for line in (*watched.errors, *watched.outside):
        sys.stderr.write(f"{line}\n")
    return 1 if watched.errors or watched.outside else 0


def _take(chromium: Any, watched: Watched, address: str, path: Path) -> None:
    width, height = SIZES[path.name.rpartition("-")[2]]
    page = chromium.new_page(viewport={"width": width, "height": height})
    watched.follow(page)
    page.goto(address)
    page.wait_for_selector("h1", timeout=_PLAN_MS)
    if path.name.startswith(WITH_MAP):
        wait_for_map(page, _PLAN_MS)
    page.wait_for_timeout(_SETTLE_MS)
    page.screenshot(path=path.with_suffix(".png"))
    inner = page.locator("[data-testid=stMainBlockContainer]").bounding_box()
    page.set_viewport_size({"width": width, "height": int(inner["height"]) + 100})
    page.wait_for_timeout(_SETTLE_MS)
    page.screenshot(path=path.with_name(f"{path.name}-whole.png"))
    page.close()


def _maps(chromium: Any, watched: Watched, only: str, out: Path) -> None:
    from siting.maps import draw_map  # noqa: PLC0415 - only where maps are asked for
    from siting.web.engine import default_settings, gaps_of, open_city, ready_plan  # noqa: PLC0415

    wanted = [(lang, size) for lang in LANGUAGES for size in SIZES if only in f"map-{lang}-{size}"]
    if not wanted:
        return
    city = open_city("daxing")
    plan = ready_plan("daxing", default_settings("daxing"))
    if plan is None:
        return
    for lang, size in wanted:
        file = out / f"map-{lang}.html"
        draw_map(city, plan, gaps=gaps_of(plan), lang=lang).save(file)
        width, height = SIZES[size]
        page = chromium.new_page(viewport={"width": width, "height": height})
        watched.follow(page)
        page.goto(file.as_uri())
        page.wait_for_timeout(_SETTLE_MS)
        page.screenshot(path=out / f"map-{lang}-{size}.png")
        page.close()


if __name__ == "__main__":
    os.environ.setdefault(HOME_VARIABLE, str(CHECKOUT / ".siting"))
    sys.exit(main())
