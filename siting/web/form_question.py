"""Fields of the form that belong to the question asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from siting.settings_question import BASES, DISTANCE_KINDS, MOST_NEED, PARTS
from siting.web.labels import labels
from siting.web.state import say

if TYPE_CHECKING:
    from siting.settings import Settings

MOST_STATIONS = 5_000
_MOST_MINUTES = 120.0
_SHARE_KINDS = ("fewest", "cheapest", "worst_distance")
FREE_NUMBER = ("fewest", "cheapest")
"""Questions whose answer is the number of stations."""
_FLOOR_KINDS = ("most_people", "fewest", "cheapest")


def main_fields(base: Settings, kind: str, key: str) -> dict[str, Any]:
    """Show what nearly every plan sets: stations, minutes, spacing, and the question's own."""
    changes: dict[str, Any] = {}
    left, middle, right = st.columns(3)
    if kind not in FREE_NUMBER:
        changes |= _stations(base, key, left)
    changes["standard__minutes"] = float(
        middle.number_input(
            say("form_minutes"), min_value=1.0, max_value=_MOST_MINUTES,
            value=base.standard.minutes, step=0.5, format="%.1f", key=f"minutes_{key}",
        )
    )  # fmt: skip
    middle.caption(say("form_minutes_help", metres=f"{base.standard.cutoff_mm / 1000:,.0f}"))
    changes["plan__spacing_m"] = float(
        right.number_input(
            say("form_spacing"), min_value=0, max_value=5000,
            value=round(base.plan.spacing_m), step=50, key=f"spacing_{key}",
        )
    )  # fmt: skip
    right.caption(say("form_spacing_help"))
    return changes | _own_fields(base, kind, key)


def _stations(base: Settings, key: str, place: Any) -> dict[str, Any]:
    free = base.plan.stations < 0
    count = place.number_input(
        say("form_stations"), min_value=0, max_value=MOST_STATIONS,
        value=None if free else base.plan.stations, key=f"stations_{key}",
        placeholder=say("form_stations_free"),
    )  # fmt: skip
    place.caption(say("form_stations_help"))
    return {"plan__stations": -1 if count is None else int(count)}


def _own_fields(base: Settings, kind: str, key: str) -> dict[str, Any]:
    asked = base.question
    changes: dict[str, Any] = {}
    one, two, three = st.columns(3)
    if kind in _SHARE_KINDS:
        share = one.number_input(
            say("form_share"), min_value=0.0, max_value=100.0, value=100 * asked.share,
            step=5.0, format="%.1f", key=f"share_{key}",
        )  # fmt: skip
        changes["question__share"] = round(float(share) / 100, 6)
    if kind in (*_SHARE_KINDS, "worst_part"):
        changes["question__of"] = two.selectbox(
            say("form_of"), BASES, index=BASES.index(asked.of),
            format_func=labels("of", BASES), key=f"of_{key}",
        )  # fmt: skip
    if kind == "worst_part":
        changes["question__part"] = one.selectbox(
            say("form_part"), PARTS, index=PARTS.index(asked.part),
            format_func=labels("part", PARTS), key=f"part_{key}",
        )  # fmt: skip
    if kind in DISTANCE_KINDS:
        far = three.number_input(
            say("form_far"), min_value=100, max_value=50_000, value=round(asked.far_m),
            step=100, key=f"far_{key}",
        )  # fmt: skip
        changes["question__far_m"] = float(far)
    if kind == "equal_distance":
        changes["question__aversion"] = one.number_input(
            say("form_aversion"), min_value=0.1, max_value=10.0, value=asked.aversion,
            step=0.1, format="%.1f", key=f"aversion_{key}",
        )  # fmt: skip
    return changes | (_visits(base, key, one, two) if kind == "visits" else {})


def _visits(base: Settings, key: str, one: Any, two: Any) -> dict[str, Any]:
    rate = one.number_input(
        say("form_rate"), min_value=0.0, max_value=100.0, value=100 * base.visits.rate,
        step=1.0, format="%.1f", key=f"rate_{key}",
    )  # fmt: skip
    half = two.number_input(
        say("form_half"), min_value=10, max_value=5_000, value=round(base.visits.half_m),
        step=50, key=f"half_{key}",
    )  # fmt: skip
    return {"visits__rate": round(float(rate) / 100, 6), "visits__half_m": float(half)}


def fairness(base: Settings, kind: str, key: str) -> dict[str, Any]:
    """Show backup cover, floors and phases where the question goes with them."""
    asked = base.question
    if kind not in (*_FLOOR_KINDS, "worst_part"):
        st.caption(say("form_fairness_none"))
        return {"question__need": 1, "question__floor_town": 0.0, "question__floor_group": 0.0}
    one, two, three = st.columns(3)
    need = one.number_input(
        say("form_need"), min_value=1, max_value=MOST_NEED, value=asked.need, key=f"need_{key}"
    )
    changes: dict[str, Any] = {"question__need": int(need)}
    for place, part in ((two, "town"), (three, "group")):
        name = f"floor_{part}"
        changes[f"question__{name}"] = 0.0
        if kind in _FLOOR_KINDS:
            floor = place.number_input(
                say(f"form_{name}"), min_value=0.0, max_value=100.0,
                value=100 * getattr(asked, name), step=5.0, format="%.1f", key=f"{name}_{key}",
            )  # fmt: skip
            changes[f"question__{name}"] = round(float(floor) / 100, 6)
    return changes
