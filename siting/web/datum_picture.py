"""Pictures of a file's points on the city's streets, one for each reading of its coordinates.

Each shows the same handful of points where that reading puts them, so that a person sees at once
under which one they line the streets.
"""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import shapely
import streamlit as st

from siting.web.state import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geodata import City
    from geodata.datum import Datum

_HALF_M = 900.0  # half a picture's width
_CELL_M = 1500.0
_MOST = 60
_SIDE = 300
_MAIN = ("trunk", "primary", "secondary", "tertiary")
_SCALE_M = 200.0
_LOOKS = {
    True: 'stroke="#8f866e" stroke-width="3.4"',
    False: 'stroke="#b9b2a0" stroke-width="1.6"',
}
"""Main streets and others."""


def show_pictures(
    city: City, readings: Mapping[Datum, NDArray[np.float64]], captions: Mapping[Datum, str]
) -> None:
    """Show a picture for each reading beside the others.

    Parameters
    ----------
    city
        Whose streets.
    readings
        Points of the rows under each reading, shape (n, 2), metres; rows in the same order.
    captions
        What stands below each picture, and is its text for who cannot see it.
    """
    shown = _cluster(city, readings)
    parts = []
    for datum, xy in readings.items():
        picture = base64.b64encode(_picture(city, xy, xy[shown]).encode()).decode()
        text = escape(captions[datum])
        parts.append(
            f'<figure class="ws-figure"><img src="data:image/svg+xml;base64,{picture}" '
            f'alt="{text}"><figcaption>{text}</figcaption></figure>'
        )
    st.html(f'<div class="ws-figures">{"".join(parts)}</div>')


def _cluster(city: City, readings: Mapping[Datum, NDArray[np.float64]]) -> NDArray[np.int64]:
    """Return the rows to show: those of the fullest cell among the points inside the city."""
    xy = next(iter(readings.values()))
    inside = np.zeros(len(xy), dtype=bool)
    shapely.prepare(city.boundary)
    for points in readings.values():
        inside |= np.asarray(shapely.contains_xy(city.boundary, points[:, 0], points[:, 1]))
    rows = np.flatnonzero(inside) if inside.any() else np.arange(len(xy))
    cells = np.floor(xy[rows] / _CELL_M).astype(np.int64)
    _, cell, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    fullest: NDArray[np.int64] = rows[cell.ravel() == int(np.argmax(counts))][:_MOST]
    return fullest


def _picture(city: City, xy: NDArray[np.float64], shown: NDArray[np.float64]) -> str:
    centre = np.median(shown, axis=0)
    window = shapely.box(*(centre - _HALF_M), *(centre + _HALF_M))
    lines = _streets(city, window, centre)
    near = xy[(np.abs(xy - centre) < _HALF_M).all(axis=1)][:_MOST]
    at = _pixels(near, centre)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in at)
    bar = _SIDE * _SCALE_M / (2 * _HALF_M)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE} {_SIDE}" '
        f'width="{_SIDE}" height="{_SIDE}"><rect width="100%" height="100%" fill="#fcfbf8"/>'
        f'<g fill="none" stroke-linecap="round">{lines}</g>'
        f'<g fill="#D55E00" stroke="#fff" stroke-width="1.2">{dots}</g>'
        f'<path d="M10 {_SIDE - 10}h{bar:.0f}" stroke="#222" stroke-width="3"/>'
        f'<text x="10" y="{_SIDE - 16}" font-size="12" font-family="sans-serif" '
        f'fill="#222">{escape(say("metres_short", n=f"{_SCALE_M:.0f}"))}</text></svg>'
    )


def _streets(city: City, window: shapely.Geometry, centre: NDArray[np.float64]) -> str:
    network = city.network
    edges = np.asarray(network.edge_geometry, dtype=object)
    near = np.flatnonzero(shapely.intersects(edges, window))
    if not len(near):
        return ""
    main = np.isin(
        np.char.replace(np.asarray(network.edge_class)[near].astype(str), "_link", ""), _MAIN
    )
    parts = []
    for edge, wide in zip(edges[near], main, strict=True):
        at = _pixels(shapely.get_coordinates(edge), centre)
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
        look = _LOOKS[bool(wide)]
        parts.append(f'<polyline {look} points="{points}"/>')
    return "".join(parts)


def _pixels(xy: NDArray[np.float64], centre: NDArray[np.float64]) -> NDArray[np.float64]:
    scale = _SIDE / (2 * _HALF_M)
    moved = (xy - centre) * scale
    return np.column_stack([_SIDE / 2 + moved[:, 0], _SIDE / 2 - moved[:, 1]])
