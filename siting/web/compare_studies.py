"""What else could be: more or fewer stations, other plans as good, how stable each station is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from siting.settings import replace_settings
from siting.web.chart import Line, show_lines
from siting.web.desk import run_with
from siting.web.state import say
from siting.web.studies import Study
from siting.web.study_view import show_study
from siting.web.widgets import people, share, show_bars, show_table

if TYPE_CHECKING:
    from siting.plan import Plan
    from siting.web.desk import Desk

_MOST, _STEP = 200, 20
_OTHERS, _WITHIN = 10, 0.01
_RUNS, _SPREAD = 20, 0.2
_OFTEN = 0.25


def show_curve(desk: Desk, plans: dict[str, Plan], name: str) -> None:
    """Show the best cover for each number of stations, with its gap, and where the plans stand."""
    st.subheader(say("curve_title"), anchor=False)
    st.caption(say("curve_hint"))
    plan = plans[name]
    largest = len(plan.question.sites)
    left, right = st.columns(2)
    most = left.number_input(
        say("curve_most"), min_value=1, max_value=largest, value=min(_MOST, largest), step=10
    )
    step = right.number_input(
        say("curve_step"), min_value=1, max_value=largest, value=min(_STEP, largest)
    )
    sizes = sorted({*range(0, int(most) + 1, int(step)), len(plan.stations)})
    study = Study(kind="curve", city_id=desk.city_id, plan=plan, facts={"sizes": sizes})
    answer = show_study(study, button=say("curve_run", n=len(sizes)))
    if answer is not None:
        _draw_curve(plans, answer)


def _draw_curve(plans: dict[str, Plan], answer: dict[str, Any]) -> None:
    points = [point for point in answer["points"] if point["value"] is not None]
    xs = [point["stations"] for point in points]
    if len(points) > 1:
        bound = Line(
            name=say("curve_bound"),
            xs=xs,
            ys=[point["bound"] / 1000 for point in points],
            color="#D55E00",
            dash="6 4",
        )
        best = Line(
            name=say("curve_value"),
            xs=xs,
            ys=[point["value"] / 1000 for point in points],
            color="#0072B2",
        )
        marks = [
            (letter, float(len(plan.stations)), plan.solution.value / 1000)
            for letter, plan in zip("ABCD", plans.values(), strict=False)
            if len(plan.stations) <= max(xs)
        ]
        axes = (say("curve_stations"), say("curve_people"))
        show_lines(say("curve_caption"), axes, [bound, best], marks)
    rows, before = [], None
    for point in answer["points"]:
        rows.append(_curve_row(point, before, answer["total"]))
        before = point if point["value"] is not None else before
    names = ("stations", "value", "bound", "gap", "per_station", "share_weighted")
    show_table(say("curve_table"), [say(f"column_{name}") for name in names], rows, texts=0)


def _curve_row(point: dict[str, Any], before: dict[str, Any] | None, total: int) -> tuple[str, ...]:
    stations = f"{point['stations']:,}"
    if point["value"] is None:
        return (stations, say("curve_impossible"), "-", "-", "-", "-")
    each = "-"
    if before is not None and point["stations"] > before["stations"]:
        more = (point["value"] - before["value"]) / (point["stations"] - before["stations"])
        each = people(more)
    return (
        stations,
        people(point["value"]),
        people(point["bound"]),
        f"{point['gap']:.2%}",
        each,
        share(point["value"], total),
    )


def show_others(desk: Desk, plan: Plan) -> None:
    """Show plans within 1 % of the best that differ from it as much as possible."""
    st.subheader(say("others_title"), anchor=False)
    st.caption(say("others_hint"))
    facts = {"count": _OTHERS, "within": _WITHIN}
    study = Study(kind="others", city_id=desk.city_id, plan=plan, facts=facts)
    answer = show_study(study, button=say("others_run"))
    if answer is None:
        return
    best, sites = answer["plans"][0], plan.question.sites
    base = set(best["chosen"])
    rows = [
        (
            number,
            people(other["value"]),
            share(other["value"], best["value"]),
            len(set(other["chosen"]) & base),
            other["shared"],
        )
        for number, other in enumerate(answer["plans"])
        if number
    ]
    if not rows:
        st.info(say("others_none"))
        return
    names = ("number", "value", "share_best", "shared_best", "shared_most")
    show_table(say("others_caption"), [say(f"column_{name}") for name in names], rows)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox(say("others_choose"), range(1, len(answer["plans"])))
        taken = st.button(say("others_take"), disabled=desk.busy, key=f"take_{study.key}")
    chosen = set(answer["plans"][number]["chosen"])
    swaps = [
        (sites.loc[site_id, "name"], say("others_new" if site_id in chosen else "others_gone"))
        for site_id in sorted(chosen ^ base, key=lambda item: (item in base, item))
    ]
    with st.expander(say("others_differ", n=number, m=len(swaps))):
        headers = [say("column_station"), say("column_change")]
        show_table(say("others_differ", n=number, m=len(swaps)), headers, swaps, texts=2)
    if taken:
        settings = replace_settings(
            plan.settings, plan__stations=len(chosen), plan__force=tuple(sorted(chosen))
        )
        run_with(desk, settings)
        st.rerun()


def show_stability(desk: Desk, plan: Plan) -> None:
    """Show how often each station stays when priorities and demand move by 20 %."""
    st.subheader(say("stability_title"), anchor=False)
    st.caption(say("stability_hint", runs=_RUNS))
    facts = {"runs": _RUNS, "spread": _SPREAD}
    study = Study(kind="stability", city_id=desk.city_id, plan=plan, facts=facts)
    answer = show_study(study, button=say("stability_run"))
    if answer is None or not answer["runs"]:
        return
    swap = len(set(answer["robust"]) - set(plan.stations.index))
    st.text(
        say(
            "stability_said",
            runs=answer["runs"],
            worst=f"{answer['worst']:.1%}",
            robust=f"{answer['robust_worst']:.1%}",
            n=swap,
        )
    )
    stays, stations = answer["stays"], plan.stations
    shares = sorted((stays.get(site_id, 0.0), str(site_id)) for site_id in stations.index)
    always = sum(value >= 1.0 for value, _ in shares)
    runs = answer["runs"]
    bars = [_bar(plan, site_id, value, runs) for value, site_id in shares if value < 1.0]
    show_bars(say("stability_bars", n=len(bars), always=always), bars)
    rivals = sorted(
        ((value, site_id) for site_id, value in stays.items() if site_id not in stations.index),
        key=lambda item: (-item[0], item[1]),
    )
    often = [_bar(plan, site_id, value, runs) for value, site_id in rivals if value >= _OFTEN]
    if often:
        show_bars(say("stability_rivals", share=f"{_OFTEN:.0%}"), often)


def _bar(plan: Plan, site_id: str, value: float, runs: int) -> tuple[str, float, str]:
    site = plan.question.sites.loc[site_id]
    times = say("stability_times", n=round(value * runs), of=runs)
    return f"{site['name']} · {'、'.join(site['rules'])}", value, times
