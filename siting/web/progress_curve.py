"""The best plan so far and the bound, closing in on each other, as a small picture."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from siting.web.state import say
from siting.web.why_pictures import picture

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _HEIGHT, _EDGE = 420, 110, 6
_LEAST = 2
_SECOND = "stage2"
_MOST = 300


def gap_curve(events: Sequence[dict[str, Any]]) -> str:
    """Draw the incumbent and the bound over time; empty until there are two values.

    The scale spans what the last two thirds of the events say, so that the end is seen.
    """
    told = [event for event in events if event["stage"] != _SECOND]
    best = [(event["seconds"], event["incumbent"]) for event in told if event.get("incumbent")]
    bound = [(event["seconds"], event["bound"]) for event in told if event.get("bound")]
    if len(best) < _LEAST or not bound:
        return ""
    late = [value for _, value in (*best[len(best) // 3 :], *bound[len(bound) // 3 :])]
    low, high = min(late), max(late)
    begin, end = best[0][0], max(best[-1][0], bound[-1][0])
    if high == low or end == begin:
        return ""

    def line(points: list[tuple[float, float]], colour: str, dash: str) -> str:
        step = max(1, len(points) // _MOST)
        kept = [*points[::step], (end, points[-1][1])]
        spots = " ".join(
            f"{_EDGE + (_WIDTH - 2 * _EDGE) * (at - begin) / (end - begin):.1f},"
            f"{_EDGE + (_HEIGHT - 2 * _EDGE) * (1 - _share(value, low, high)):.1f}"
            for at, value in kept
        )
        return (
            f'<polyline points="{spots}" fill="none" stroke="{colour}" stroke-width="2.2"{dash}/>'
        )

    label = say("curve_label")
    dashed = ' stroke-dasharray="6 4"'
    image = picture(
        f"{line(bound, '#B2182B', dashed)}{line(best, '#0072B2', '')}", _WIDTH, _HEIGHT, label
    )
    return f'<figure class="ws-curve">{image}<figcaption>{escape(label)}</figcaption></figure>'


def _share(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))
