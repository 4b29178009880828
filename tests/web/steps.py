"""Steps of a planner in the browser that several tests take; each waits for what it asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from playwright.sync_api import TimeoutError as WaitedTooLong
from playwright.sync_api import expect

from siting.web.browser import wait_for_map

if TYPE_CHECKING:
    from geodata import City

_AT_REST = """(body, zoom) => new Promise((done, fail) => {
    const started = Date.now();
    const look = () => {
        const there = station_map_page.getZoom() === zoom && !station_map_page._animatingZoom;
        if (there) { done(); }
        else if (Date.now() - started > 60000) { fail(new Error("the view was lost")); }
        else { setTimeout(look, 20); }
    };
    look();
})"""


_AT_EASE = """(thing) => new Promise((done, fail) => {
    const folded = thing.closest("details"), started = Date.now();
    const place = () => {
        const own = thing.getBoundingClientRect();
        return [own.top, own.left, folded ? folded.getBoundingClientRect().height : 0].join();
    };
    let before = "", frames = 0;
    const look = () => {
        const now = place();
        frames = (!folded || folded.open) && now === before ? frames + 1 : 0;
        before = now;
        if (frames > 20) { done(); }
        else if (Date.now() - started > 60000) { fail(new Error("it does not come to rest")); }
        else { requestAnimationFrame(look); }
    };
    look();
})"""


def unfold(page: Any, title: str) -> None:
    """Open a folded part and wait until it stands still: a click at what still moves is lost."""
    place = page.get_by_text(title)
    place.click()
    place.evaluate(_AT_EASE)


def open_siting(address: str, page: Any) -> Any:
    """Open the siting page; give the frame of its map."""
    page.goto(f"{address}/?page=siting&lang=zh")
    return wait_for_map(page)


def wait_until_still(page: Any) -> None:
    """Wait until the page is not being made anew: a form or a file taken then would be lost."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def press(page: Any, name: str) -> None:
    """Click a button once the page stands still.

    While it is made anew it may hold an old copy; while a part above unfolds a click is lost.
    """
    button = page.get_by_role("button", name=name)
    expect(button).to_have_count(1)
    wait_until_still(page)
    button.evaluate(_AT_EASE)
    button.click()


def wait_for_draft(page: Any, before: str) -> None:
    """Wait until the address names another run than before; else say what the page says."""
    try:
        page.wait_for_url(lambda url: "draft=" in url and url != before)
    except WaitedTooLong as error:
        said = page.locator("body").inner_text()
        raise AssertionError(f"No run began at {page.url}; the page says:\n{said}") from error


def take_download(page: Any, name: str) -> Any:
    """Download by a button once the page stands still."""
    wait_until_still(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    return waiting.value


def wait_for_zoom(frame: Any, zoom: float) -> None:
    """Wait until a map stands still at a zoom."""
    frame.locator("body").evaluate(_AT_REST, zoom)


def set_view(frame: Any, lat: float, lon: float, zoom: float) -> None:
    """Move the map as a hand would, with animation, and wait until it stands still there."""
    frame.locator("body").evaluate(
        "(body, view) => { station_map_page.setView([view[0], view[1]], view[2]); }",
        [lat, lon, zoom],
    )
    wait_for_zoom(frame, zoom)


def view_of(frame: Any) -> list[float]:
    """Latitude, longitude and zoom of a map."""
    view: list[float] = frame.locator("body").evaluate(
        "() => { const c = station_map_page.getCenter();"
        " return [c.lat, c.lng, station_map_page.getZoom()]; }"
    )
    return view


def lat_lon(city: City, x: float, y: float) -> tuple[float, float]:
    """Latitude and longitude of a metric place of a city."""
    lon, lat = city.to_lonlat(np.array([[x, y]]))[0].tolist()
    return float(lat), float(lon)
