"""A line chart as a picture of lines: prints sharp, needs no script, has its numbers as a table."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _HEIGHT = 720, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 16, 34, 46
_TICKS = 5
_FONTS = "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC','WenQuanYi Micro Hei',sans-serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: its name, points, colour, and the dashes of its stroke (empty: solid)."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    color: str
    dash: str = ""


def show_lines(
    title: str,
    axes: tuple[str, str],
    lines: Sequence[Line],
    marks: Sequence[tuple[str, float, float]] = (),
) -> None:
    """Show lines over one axis.

    Parameters
    ----------
    title
        What the chart tells, for screen readers and as its caption.
    axes
        Names of the axes, with units.
    lines
        At least one line of two points.
    marks
        Named points.
    """
    xs = np.concatenate([np.asarray(line.xs, float) for line in lines])
    ys = np.concatenate([np.asarray(line.ys, float) for line in lines])
    x_ticks, y_ticks = _ticks(float(xs.max(initial=1))), _ticks(float(ys.max(initial=1)))
    place = _Place(x_ticks[-1], y_ticks[-1])
    parts = [_grid(place, x_ticks, y_ticks, axes)]
    parts += [_line(place, line) for line in lines]
    parts += [_mark(place, mark) for mark in marks]
    legend = " ".join(
        f'<span class="ws-key"><i style="border-top:3px {"dashed" if line.dash else "solid"} '
        f'{line.color}"></i>{escape(line.name)}</span>'
        for line in lines
    )
    st.html(
        f'<figure class="ws-chart"><figcaption>{escape(title)}</figcaption>'
        f'<img alt="{escape(title)}" src="data:image/svg+xml;base64,{_picture(parts)}">'
        f"<div>{legend}</div></figure>"
    )


def _picture(parts: list[str]) -> str:
    """Write the picture as base64: the page lets no drawing pass, but a picture."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" font-family="{_FONTS}">{"".join(parts)}</svg>'
    )
    return base64.b64encode(svg.encode()).decode()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands on the picture."""

    most_x: float
    most_y: float

    def x(self, value: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * value / self.most_x

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / self.most_y


def _ticks(most: float) -> list[float]:
    """Give round numbers from 0 to at least the most."""
    raw = max(most, 1e-9) / _TICKS
    power = 10 ** np.floor(np.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw)
    return [float(step * number) for number in range(int(np.ceil(most / step - 1e-9)) + 1)]


def _grid(place: _Place, xs: list[float], ys: list[float], axes: tuple[str, str]) -> str:
    text = 'font-size="12" fill="#333"'
    parts = [
        f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{place.y(y):.1f}" y2="{place.y(y):.1f}" '
        f'stroke="#ddd"/><text x="{_LEFT - 8}" y="{place.y(y) + 4:.1f}" text-anchor="end" {text}>'
        f"{y:,.0f}</text>"
        for y in ys
    ]
    parts += [
        f'<text x="{place.x(x):.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle" {text}>'
        f"{x:,.0f}</text>"
        for x in xs
    ]
    parts.append(
        f'<text x="{(_LEFT + _WIDTH) / 2}" y="{_HEIGHT - 8}" text-anchor="middle" {text}>'
        f"{escape(axes[0])}</text>"
        f'<text x="4" y="12" {text}>{escape(axes[1])}</text>'
    )
    return "".join(parts)


def _line(place: _Place, line: Line) -> str:
    points = " ".join(
        f"{place.x(x):.1f},{place.y(y):.1f}" for x, y in zip(line.xs, line.ys, strict=True)
    )
    dash = f' stroke-dasharray="{line.dash}"' if line.dash else ""
    return (
        f'<polyline points="{points}" fill="none" stroke="{line.color}" stroke-width="2.2"{dash}/>'
    )


def _mark(place: _Place, mark: tuple[str, float, float]) -> str:
    name, x, y = mark
    return (
        f'<circle cx="{place.x(x):.1f}" cy="{place.y(y):.1f}" r="5" fill="#fff" stroke="#111" '
        f'stroke-width="2"/><text x="{place.x(x) + 8:.1f}" y="{place.y(y) + 16:.1f}" '
        f'font-size="12" font-weight="700" fill="#111">{escape(name)}</text>'
    )
