"""Fields of the form: quotas, money, what stays, limits of the search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from siting.settings import TownQuota
from siting.settings_question import STATION_KINDS, KindQuota
from siting.web.state import say

if TYPE_CHECKING:
    from siting.settings import Settings

_MOST = 5_000
_SPARE_ROWS = 2
_TEN_THOUSAND = 10_000
_PRICES = (
    *("build_fixed", "run_fixed", "build_mobile"),
    *("run_mobile", "close", "move"),
)


def _pair(name: str, low: int, high: int, key: str) -> tuple[int, int]:
    """Show a least and a largest number beside a name."""
    text, least, most = st.columns([2, 1, 1], vertical_alignment="bottom")
    text.markdown(name)
    low = least.number_input(
        say("form_least", rule=name), min_value=0, max_value=_MOST, value=low, key=f"low_{key}"
    )
    high = most.number_input(
        say("form_most", rule=name), min_value=-1, max_value=_MOST, value=high, key=f"high_{key}"
    )
    return int(low), int(high)


def quotas(base: Settings, key: str) -> dict[str, Any]:
    """Show least and most stations by rule and by kind."""
    changes: dict[str, Any] = {}
    for rule in base.rules:
        left, low, high = st.columns([2, 1, 1], vertical_alignment="bottom")
        enabled = left.checkbox(
            say(f"rule_{rule.id}"), value=rule.enabled, key=f"enabled_{rule.id}_{key}"
        )
        least = low.number_input(
            say("form_least", rule=rule.id), min_value=0, max_value=_MOST,
            value=rule.quota_min, key=f"low_{rule.id}_{key}",
        )  # fmt: skip
        most = high.number_input(
            say("form_most", rule=rule.id), min_value=-1, max_value=_MOST,
            value=rule.quota_max, key=f"high_{rule.id}_{key}",
        )  # fmt: skip
        changes[f"rules__{rule.id}__enabled"] = bool(enabled)
        changes[f"rules__{rule.id}__quota_min"] = int(least)
        changes[f"rules__{rule.id}__quota_max"] = int(most)
    known = {quota.kind: quota for quota in base.plan.kinds}
    kinds = []
    for kind in STATION_KINDS:
        now = known.get(kind, KindQuota(kind=kind))
        low_n, high_n = _pair(say(f"station_{kind}"), now.quota_min, now.quota_max, f"{kind}_{key}")
        if (low_n, high_n) != (0, -1):
            kinds.append(KindQuota(kind=kind, quota_min=low_n, quota_max=high_n))
    return {**changes, "plan__kinds": tuple(kinds)}


def towns(base: Settings, key: str, names: dict[str, str]) -> dict[str, Any]:
    """Show least and most stations by town: one line for all, lines for single towns."""
    every, single = _common(base.plan.towns, set(names))
    low, high = _pair(say("form_every_town"), *every, f"every_{key}")
    found = dict.fromkeys(names, (low, high)) if (low, high) != (0, -1) else {}
    rows = [*single, *(("", 0, -1) for _ in range(_SPARE_ROWS))]
    options = ["", *names, *(town for town, _, _ in single if town not in names)]
    for number, row in enumerate(rows):
        chosen, pair = _town_row(number, row, options, names, key)
        if chosen:
            found[chosen] = pair
    quotas = [
        TownQuota(town=town, quota_min=low, quota_max=high)
        for town, (low, high) in sorted(found.items())
    ]
    return {"plan__towns": tuple(quotas)}


def _town_row(
    number: int, row: tuple[str, int, int], options: list[str], names: dict[str, str], key: str
) -> tuple[str, tuple[int, int]]:
    town, low, high = row
    name = say("form_town", number=number + 1)
    said = {**{code: code for code in options}, **names, "": say("form_no_town")}
    text, one, two = st.columns([2, 1, 1], vertical_alignment="bottom")
    chosen = text.selectbox(
        name, options, index=options.index(town),
        format_func=said.__getitem__,
        key=f"town_{number}_{key}",
    )  # fmt: skip
    least = one.number_input(
        say("form_least", rule=name), min_value=0, max_value=_MOST, value=low,
        key=f"town_low_{number}_{key}",
    )  # fmt: skip
    most = two.number_input(
        say("form_most", rule=name), min_value=-1, max_value=_MOST, value=high,
        key=f"town_high_{number}_{key}",
    )  # fmt: skip
    return chosen, (int(least), int(most))


def _common(
    quotas: tuple[TownQuota, ...], towns: set[str]
) -> tuple[tuple[int, int], list[tuple[str, int, int]]]:
    """Take quotas apart into what all towns have and what single ones have."""
    given = {quota.town: (quota.quota_min, quota.quota_max) for quota in quotas}
    pairs = [given[town] for town in given if town in towns]
    every = (0, -1)
    if towns and towns <= set(given):
        every = max(sorted(set(pairs)), key=pairs.count)
    return every, [(town, *pair) for town, pair in sorted(given.items()) if pair != every]


def money(base: Settings, key: str) -> dict[str, Any]:
    """Show the budget and what stations cost."""
    now = base.money
    one, two = st.columns(2)
    budget = one.number_input(
        say("form_budget"), min_value=0.0, max_value=100_000.0,
        value=None if now.budget < 0 else now.budget / _TEN_THOUSAND, step=10.0, format="%.1f",
        key=f"budget_{key}", placeholder=say("form_budget_none"),
    )  # fmt: skip
    years = two.number_input(
        say("form_years"), min_value=0.0, max_value=30.0, value=now.years, step=1.0,
        format="%.1f", key=f"years_{key}",
    )  # fmt: skip
    changes: dict[str, Any] = {
        "money__budget": -1.0 if budget is None else round(float(budget) * _TEN_THOUSAND, 2),
        "money__years": float(years),
    }
    columns = st.columns(3)
    for number, name in enumerate(_PRICES):
        price = columns[number % 3].number_input(
            say(f"form_{name}"), min_value=0, max_value=100_000_000,
            value=round(getattr(now, name)), step=1_000, key=f"{name}_{key}",
        )  # fmt: skip
        changes[f"money__{name}"] = float(price)
    return changes


def conditions(base: Settings, key: str) -> dict[str, Any]:
    """Show what stays, what may move, how much a station can take, and the opening order."""
    plan = base.plan
    changes: dict[str, Any] = {}
    columns = st.columns(3)
    for number, name in enumerate(("keep_existing", "movable", "only_agreed")):
        changes[f"plan__{name}"] = columns[number].checkbox(
            say(f"form_{name}"), value=getattr(plan, name), key=f"{name}_{key}"
        )
    one, two, three = st.columns(3)
    given_up = one.number_input(
        say("form_given_up"), min_value=-1, max_value=_MOST, value=plan.most_given_up,
        key=f"given_up_{key}",
    )  # fmt: skip
    changes["plan__most_given_up"] = int(given_up)
    for place, kind in ((two, "fixed"), (three, "mobile")):
        most = place.number_input(
            say(f"form_capacity_{kind}"), min_value=0, max_value=1_000_000,
            value=round(getattr(base.capacity, kind)), step=50, key=f"capacity_{kind}_{key}",
        )  # fmt: skip
        changes[f"capacity__{kind}"] = float(most)
    phases = st.text_input(
        say("form_phases"), value=", ".join(map(str, base.question.phases)), key=f"phases_{key}",
        placeholder=say("form_phases_example"),
    )  # fmt: skip
    words = phases.replace("，", ",").replace("、", ",").split(",")
    sizes = tuple(int(word) for word in map(str.strip, words) if word.isdecimal())
    kept = len(base.question.phase_months) == len(sizes)
    changes["question__phases"] = sizes
    changes["question__phase_months"] = base.question.phase_months if kept else ()
    return changes


def limits(base: Settings, key: str) -> dict[str, Any]:
    """Show the limits of the search."""
    now = base.solver
    one, two, three = st.columns(3)
    tolerance = one.number_input(
        say("form_tolerance"), min_value=0.0, max_value=50.0, value=100 * now.tolerance,
        step=0.1, format="%.2f", key=f"tolerance_{key}",
    )  # fmt: skip
    stage2 = two.number_input(
        say("form_stage2"), min_value=0.0, max_value=50.0, value=100 * now.stage2_share,
        step=0.1, format="%.2f", key=f"stage2_{key}",
    )  # fmt: skip
    seconds = three.number_input(
        say("form_seconds"), min_value=0, max_value=86_400, value=round(now.seconds), step=60,
        key=f"seconds_{key}",
    )  # fmt: skip
    return {
        "solver__tolerance": round(float(tolerance) / 100, 6),
        "solver__stage2_share": round(float(stage2) / 100, 6),
        "solver__seconds": float(seconds),
    }
