"""The map of one file, looked at in a real browser without network."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from siting.maps import MapWriteError, draw_map, plan_data
from siting.maps.coding import STEPS_PER_DEGREE, decode_points, encode_points, script_json
from tests.web.city import EVIL

LONLAT = st.tuples(st.floats(110, 120), st.floats(30, 45))


@given(st.lists(LONLAT, max_size=40))
def test_codes_are_exact_to_half_a_step(points):
    lonlat = np.array(points, dtype=float).reshape(-1, 2)
    again = decode_points(encode_points(lonlat, (116.0, 39.0)), (116.0, 39.0))
    assert again.shape == lonlat.shape
    assert np.abs(again - lonlat).max(initial=0) <= 0.5001 / STEPS_PER_DEGREE


@given(st.text())
def test_json_in_a_script_keeps_the_text_and_closes_nothing(text):
    written = script_json({"a": text})
    assert json.loads(written) == {"a": text}
    assert "</" not in written
    assert "<!--" not in written


def test_points_by_hand():
    # 116.00001, 39.00002 is one step east, two north; then back to the origin
    lonlat = np.array([[116.00001, 39.00002], [116.0, 39.0]])
    assert encode_points(lonlat, (116.0, 39.0)) == [1, 2, -1, -2]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_names_no_outside_address(city, plan, gaps, lang, tmp_path):
    path = tmp_path / "map.html"
    draw_map(city, plan, gaps=gaps, lang=lang).save(path)
    text = path.read_text(encoding="utf-8")
    loads = Loads()
    loads.feed(text)
    assert loads.found == ["data:,"]  # the empty icon; scripts and styles are inside
    assert not re.search(r"@import|url\((?!data:|#)", text)
    assert "© OpenStreetMap contributors, ODbL" in text
    assert "{{7*7}}" in text  # a name is data, never a template


class Loads(HTMLParser):
    """All addresses a page would load by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        names = ("src", "srcset", "data") if tag != "link" else ("href",)
        self.found += [value for name, value in attrs if name in names]


def test_the_same_plan_gives_the_same_page(city, plan, gaps):
    pages = [draw_map(city, plan, gaps=gaps).get_root().render() for _ in range(2)]
    assert pages[0] == pages[1]


def test_figures_of_the_map_are_the_plans(city, plan, gaps):
    data = plan_data(city, plan, gaps=gaps)
    places = data["places"]
    people = {
        status: sum(
            n for n, s in zip(places["people"], places["status"], strict=True) if s == str(status)
        )
        for status in (0, 1, 2)
    }
    total = plan.by_group.sum() / 1000
    assert people[1] == pytest.approx(total["walk_milli"], rel=0.01)
    assert people[1] + people[2] == pytest.approx(total["covered_milli"], rel=0.01)
    served = sum(status in "12" for status in places["status"])
    assert len(places["site"]) == len(places["walk"]) == served
    assert places["starts"].count("1") == len(places["names"]) == len(places["xy"]) // 2
    assert data["totals"]["walk"] == f"{round(total['walk_milli']):,}"
    assert [entry["id"] for entry in data["stations"]] == list(plan.stations.index)


def test_a_place_that_cannot_be_written_is_a_sentence(city, plan, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(MapWriteError, match="cannot be written"):
        draw_map(city, plan).save(tmp_path / "file" / "map.html")


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_map_from_a_file_is_drawn(city, plan, gaps, lang, page, tmp_path):
    path = tmp_path / "map.html"
    draw_map(city, plan, gaps=gaps, lang=lang).save(path)
    page.goto(path.as_uri())
    page.wait_for_selector("canvas.sm-sheet")
    assert page.locator(".sm-station").count() == len(plan.stations)
    assert page.locator(".sm-legend").inner_text().strip()
    assert page.locator(".leaflet-control-attribution").inner_text() == (
        "© OpenStreetMap contributors, ODbL"
    )
    assert painted(page) > 0.02


@pytest.mark.browser
def test_a_name_from_a_file_is_text(city, plan, gaps, page, tmp_path):
    path = tmp_path / "map.html"
    draw_map(city, plan, gaps=gaps).save(path)
    page.goto(path.as_uri())
    evil = page.locator(".sm-station").filter(has=page.locator("svg"))
    titles = [evil.nth(n).get_attribute("title") for n in range(evil.count())]
    number = next(n for n, title in enumerate(titles) if "<script>" in title)
    evil.nth(number).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".sm-card h3")
    assert EVIL in page.locator(".sm-card h3").inner_text()
    assert page.evaluate("window.evil") is None
    assert page.locator(".sm-card img").count() == 0


def painted(page) -> float:
    """Share of the canvases' pixels that carry ink, background and outline apart."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    pixels = np.asarray(picture.convert("RGB"), dtype=int)
    paper = np.abs(pixels - np.array([252, 251, 248])).sum(axis=2) < 12
    ground = np.abs(pixels - np.array([236, 234, 228])).sum(axis=2) < 12
    return float(1 - (paper | ground).mean())
