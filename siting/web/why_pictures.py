"""Small pictures beside the map: SVG in an image, with a text for who does not see it."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import shapely
import streamlit as st

from siting.web.state import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata import City
    from siting.mustpass import MustPass
    from siting.web.why_hours import Day

_BAR, _GAP, _HEIGHT, _FOOT = 15, 2, 56, 16
_EVERY = 3
_SIDE = 440
_EDGE_M = 120.0
_LEAST_SHARE = 0.02
_SHOWN_SPOTS = 3
_SCALE_M = 200.0


def picture(svg: str, width: int, height: int, label: str) -> str:
    """Put SVG into an image element; its texts are escaped by who wrote it."""
    whole = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif">{svg}</svg>'
    )
    coded = base64.b64encode(whole.encode()).decode()
    return f'<img class="ws-picture" alt="{escape(label)}" src="data:image/svg+xml;base64,{coded}">'


def show_hours(days: tuple[Day, ...]) -> None:
    """Show hour by hour who is in range; hours in which the station is closed are hollow."""
    most = max((float(day.people.max(initial=0.0)) for day in days), default=0.0)
    if most <= 0:
        st.caption(say("hours_nobody"))
        return
    figures = "".join(_day(day, most) for day in days)
    st.html(f'<div class="ws-hours"><b>{escape(say("hours_caption"))}</b>{figures}</div>')


def _day(day: Day, most: float) -> str:
    bars = []
    for hour, (people, opened) in enumerate(zip(day.people, day.open_share, strict=True)):
        high = _HEIGHT * float(people) / most
        x = hour * (_BAR + _GAP) + 1
        look = 'fill="#0072B2"' if opened else 'fill="#fff" stroke-dasharray="2 2"'
        bars.append(
            f'<rect x="{x}" y="{_HEIGHT - high:.1f}" width="{_BAR}" height="{max(high, 1):.1f}" '
            f'{look} stroke="#0072B2"/>'
        )
        if hour % _EVERY == 0:
            bars.append(
                f'<text x="{x + _BAR / 2}" y="{_HEIGHT + _FOOT - 3}" font-size="11" '
                f'text-anchor="middle" fill="#333">{hour}</text>'
            )
    label = say(
        f"hours_{day.kind}", share=f"{day.served_share:.0%}", most=f"{day.people.max():,.0f}"
    )
    width = 24 * (_BAR + _GAP) + 2
    image = picture("".join(bars), width, _HEIGHT + _FOOT, label)
    return f"<figure><figcaption>{escape(label)}</figcaption>{image}</figure>"


def show_ways(city: City, ways: MustPass) -> None:
    """Show the ways of an enterprise's workers over the streets around it."""
    if ways.flows is None or ways.flows.empty:
        return
    flows = ways.flows[ways.flows["share"] >= _LEAST_SHARE]
    box = np.array(flows.total_bounds)
    middle, half = (box[:2] + box[2:]) / 2, float((box[2:] - box[:2]).max()) / 2 + _EDGE_M
    scale = _SIDE / (2 * half)
    corner = np.array([middle[0] - half, middle[1] + half])

    def path(line: shapely.Geometry) -> str:
        xy = (shapely.get_coordinates(line) - corner) * [scale, -scale]
        return "M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in xy)

    window = shapely.box(*(middle - half), *(middle + half))
    lines = np.asarray(city.network.edge_geometry, dtype=object)
    near = lines[shapely.STRtree(lines).query(window)]
    parts = [_stroke((path(line) for line in near), "#cbc4b4", 1.4)]
    for line, share in zip(flows.geometry, flows["share"], strict=True):
        parts.append(_stroke([path(line)], "#D55E00", 1.5 + 10 * float(share)))
    for place in ways.places[:_SHOWN_SPOTS]:
        x, y = (np.array([place.x, place.y]) - corner) * [scale, -scale]
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#fff" stroke="#5c2700" '
            f'stroke-width="2"/>'
        )
        if place.share == ways.best.share:
            parts.append(_text(x + 9, y + 4, f"{place.share:.0%}"))
    parts.append(_scale_bar(scale))
    label = say("ways_picture", share=f"{ways.best.share:.0%}", stops=len(ways.stop_ids))
    image = picture("".join(parts), _SIDE, _SIDE, label)
    st.html(f'<figure class="ws-ways">{image}<figcaption>{escape(label)}</figcaption></figure>')


def _stroke(paths: Iterable[str], colour: str, width: float) -> str:
    return (
        f'<path d="{" ".join(paths)}" fill="none" stroke="{colour}" stroke-width="{width:.1f}" '
        'stroke-linecap="round" stroke-linejoin="round" stroke-opacity="0.85"/>'
    )


def _text(x: float, y: float, text: str) -> str:
    common = f'x="{x:.1f}" y="{y:.1f}" font-size="14" font-weight="700"'
    halo = f'<text {common} fill="none" stroke="#fff" stroke-width="4">{escape(text)}</text>'
    return f'{halo}<text {common} fill="#5c2700">{escape(text)}</text>'


def _scale_bar(scale: float) -> str:
    length = _SCALE_M * scale
    y = _SIDE - 12
    text = say("scale_metres", n=f"{_SCALE_M:.0f}")
    return (
        f'<path d="M12,{y - 5} V{y} H{12 + length:.1f} V{y - 5}" fill="none" stroke="#333" '
        f'stroke-width="1.5"/><text x="16" y="{y - 6}" font-size="12" fill="#333">'
        f"{escape(text)}</text>"
    )
