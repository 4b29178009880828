"""Pictures of every page, map and paper, for people to look at: ``python -m siting.web.shots``.

Every page is taken in both languages, on a desk and on a phone, as it comes and at its whole
length; then pages after a few steps, the single-file maps, the workers' map and the papers. At the
end it says what it wrote.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.i18n import LANGUAGES, t
from siting.web.browser import CHECKOUT, Watched, browser, dashboard, wait_for_map
from siting.web.home import HOME_VARIABLE, home
from siting.web.state import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WITH_MAP = ("overview", "siting", "gaps")
SIZES = {"wide": (1366, 900), "phone": (390, 844)}
OUT = CHECKOUT / "shots"
CITY = "daxing"
_PATIENCE_MS = 180_000
_SETTLE_MS = 800
_DAY = dt.date(2026, 11, 24)


@dataclass(kw_only=True)
class Camera:
    """What takes the pictures: browser, what pages said, where to, which, what was taken."""

    chromium: Any
    watched: Watched
    out: Path
    only: str
    taken: list[str] = field(default_factory=list)

    def wants(self, name: str) -> bool:
        """Tell whether a name was asked for."""
        return self.only in name

    def page(self, size: str) -> Any:
        """Open an empty page of a size."""
        width, height = SIZES[size]
        page = self.chromium.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(_PATIENCE_MS)
        self.watched.follow(page)
        return page

    def take(self, page: Any, name: str) -> None:
        """Take one picture of what is in sight."""
        page.screenshot(path=self.out / f"{name}.png")
        self.taken.append(f"{name}.png")


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures; exit status 1 if a page reported an error or asked for the outside."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of the names to take")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    watched = Watched()
    with dashboard(home()) as address, browser() as chromium:
        camera = Camera(chromium=chromium, watched=watched, out=given.out, only=given.only)
        _pages(camera, address)
        _steps(camera, address)
        _files(camera)
    for line in (*watched.errors, *watched.outside):
        sys.stderr.write(f"{line}\n")
    wrong = len(watched.errors) + len(watched.outside)
    sys.stdout.write(
        f"{len(camera.taken)} pictures in {given.out}: {', '.join(sorted(camera.taken))}\n"
        f"{wrong} errors or outside requests.\n"
    )
    return 1 if wrong else 0


def _pages(camera: Camera, address: str) -> None:
    """Take every page as it comes."""
    for name in PAGES:
        for lang in LANGUAGES:
            for size in SIZES:
                shot = f"{name}-{lang}-{size}"
                if camera.wants(shot):
                    page = camera.page(size)
                    _open(page, address, name, lang)
                    _both(camera, page, shot)
                    page.close()


def _open(page: Any, address: str, name: str, lang: str) -> None:
    page.goto(f"{address}/?page={name}&lang={lang}")
    page.wait_for_selector("h1")
    if name in WITH_MAP:
        wait_for_map(page, _PATIENCE_MS)
    page.wait_for_timeout(_SETTLE_MS)


def _both(camera: Camera, page: Any, shot: str) -> None:
    """Take what is in sight, then the whole length of the page."""
    camera.take(page, shot)
    inner = page.locator("[data-testid=stMainBlockContainer]").bounding_box()
    width = page.viewport_size["width"]
    page.set_viewport_size({"width": width, "height": int(inner["height"]) + 100})
    page.wait_for_timeout(_SETTLE_MS)
    camera.take(page, f"{shot}-whole")


def _night(page: Any, lang: str) -> None:
    """Look at the gaps at 22:00."""
    box = page.get_by_role("combobox", name=t(lang, "web.moment_hour"), exact=True)
    box.click()
    box.fill("22:00")
    box.press("Enter")
    page.get_by_text(t(lang, "web.moment_present"), exact=True).wait_for()


def _rota(page: Any, lang: str) -> None:
    """Work the containers' rota out."""
    ask = page.get_by_role("button", name=t(lang, "web.rota_run"))
    caption = page.locator("caption", has_text=t(lang, "web.rota_calendar"))
    ask.or_(caption).first.wait_for()
    if ask.count():
        ask.click()
    caption.wait_for()


def _curve(page: Any, lang: str) -> None:
    """Work the budget curve out."""
    ask = page.get_by_role("button", name=t(lang, "web.curve_run", n=0).split("0")[0].strip("（( "))
    caption = page.locator("caption", has_text=t(lang, "web.curve_table"))
    ask.or_(caption).first.wait_for()
    if ask.count():
        ask.click()
    caption.wait_for()


STEPS: dict[str, tuple[str, Callable[[Any, str], None]]] = {
    "gaps-at-22": ("gaps", _night),
    "containers-rota": ("containers", _rota),
    "compare-curve": ("compare", _curve),
}


def _steps(camera: Camera, address: str) -> None:
    """Take pages after a few steps."""
    for name, (opened, step) in STEPS.items():
        for lang in LANGUAGES:
            for size in SIZES:
                shot = f"{name}-{lang}-{size}"
                if camera.wants(shot):
                    page = camera.page(size)
                    _open(page, address, opened, lang)
                    step(page, lang)
                    page.wait_for_timeout(_SETTLE_MS)
                    _both(camera, page, shot)
                    page.close()


def _files(camera: Camera) -> None:
    """Take the maps and papers that are files, made from the plan of the first screen."""
    names = [
        f"{kind}-{lang}-{size}"
        for kind in ("map", "report", "towns")
        for lang in LANGUAGES
        for size in SIZES
    ]
    names += [f"public-{size}" for size in SIZES]
    wanted = [name for name in names if camera.wants(name)]
    if not wanted:
        return
    made = _made(wanted)
    for name in wanted:
        kind, _, size = name.rpartition("-")
        file = camera.out / f"{kind}.html"
        file.write_bytes(made[kind])
        page = camera.page(size)
        page.goto(file.as_uri())
        page.wait_for_timeout(_SETTLE_MS)
        camera.take(page, name)
        page.close()


def _made(wanted: list[str]) -> dict[str, bytes]:
    """Make the files that are wanted, by kind and language."""
    from siting.edition import PublicOptions  # noqa: PLC0415 - only where files are asked for
    from siting.maps import draw_map  # noqa: PLC0415
    from siting.publish import preview  # noqa: PLC0415
    from siting.report import make_papers  # noqa: PLC0415
    from siting.web.engine import default_settings, gaps_of, open_city, ready_plan  # noqa: PLC0415

    city, plan = open_city(CITY), ready_plan(CITY, default_settings(CITY))
    if plan is None:
        raise FileNotFoundError(f"The first screen's plan of {CITY} is not there.")
    gaps, made = gaps_of(plan), {}
    for lang in LANGUAGES:
        if any(f"-{lang}-" in name for name in wanted):
            drawn = draw_map(city, plan, gaps=gaps, lang=lang)
            papers = make_papers(city, plan, gaps, date=_DAY, lang=lang)
            made[f"map-{lang}"] = drawn.get_root().render().encode()
            made[f"report-{lang}"] = papers["report.html"]
            made[f"towns-{lang}"] = papers["towns.html"]
    if any(name.startswith("public-") for name in wanted):
        made["public"] = preview(plan, city, PublicOptions(published=_DAY)).files["index.html"]
    return made


if __name__ == "__main__":
    os.environ.setdefault(HOME_VARIABLE, str(CHECKOUT / ".siting"))
    sys.exit(main())
