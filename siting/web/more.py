"""Propose the next stations: which, what each brings, and take them over as a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from siting.settings import replace_settings
from siting.web.desk import run_with
from siting.web.engine import city_of
from siting.web.gaps_view import town_names
from siting.web.state import say
from siting.web.studies import Study
from siting.web.study_view import show_study
from siting.web.widgets import people, show_table

if TYPE_CHECKING:
    from siting.plan import Plan
    from siting.web.desk import Desk

_USUAL = 5


def more_stations(desk: Desk, plan: Plan, when: str) -> None:
    """Ask how many more, show what they bring, offer to take them over.

    Parameters
    ----------
    desk
        The desk.
    plan
        Its plan, as it is seen in the chosen hours.
    when
        Name of these hours, empty where all count alike.
    """
    largest = len(plan.question.sites) - len(plan.stations) - len(plan.settings.plan.ban)
    if largest < 1:
        return
    st.subheader(say("more_title"), anchor=False)
    if when:
        st.caption(say("more_when", when=when))
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    count = left.number_input(
        say("more_count"), min_value=1, max_value=largest, value=min(_USUAL, largest)
    )
    keep = bool(when) or right.checkbox(say("more_keep"), value=True)
    facts = {"count": int(count), "keep": bool(keep)}
    study = Study(kind="more", city_id=desk.city_id, plan=plan, facts=facts)
    answer = show_study(study, button=say("more_run"))
    if answer is None:
        return
    _show_steps(plan, answer)
    if st.button(say("more_take"), type="primary", disabled=desk.busy, key=f"take_{study.key}"):
        _take(desk, plan, answer, keep=bool(keep))


def _show_steps(plan: Plan, answer: dict[str, Any]) -> None:
    sites, towns = plan.question.sites, town_names(city_of(plan))
    rows, total = [], answer["before"]
    for number, step in enumerate(answer["steps"], start=1):
        site = sites.loc[step["site_id"]]
        total += step["gain"]
        rows.append(
            (
                number,
                site["name"],
                "、".join(say(f"rule_{rule}") for rule in site["rules"]),
                towns.get(str(site["town_code"]), say("no_town")),
                f"+{people(step['gain'])}",
                people(total),
            )
        )
    headers = ("number", "station", "rule", "town", "brings", "with_it")
    bound = people(answer["bound"])
    st.caption(
        say(
            "more_said",
            n=len(rows),
            gain=people(answer["after"] - answer["before"]),
            after=people(answer["after"]),
            bound=bound,
            status=say(f"status_{answer['status']}"),
        )
    )
    show_table(say("more_caption"), [say(f"column_{name}") for name in headers], rows, texts=4)
    if answer["gone"]:
        names = "、".join(sites.loc[answer["gone"], "name"])
        st.text(say("more_gone", n=len(answer["gone"]), names=names))


def _take(desk: Desk, plan: Plan, answer: dict[str, Any], *, keep: bool) -> None:
    new = [step["site_id"] for step in answer["steps"]]
    kept = set(plan.stations.index) if keep else set(desk.asked.plan.force)
    settings = replace_settings(
        desk.asked,
        plan__stations=len(plan.stations) + len(new) - len(answer["gone"]),
        plan__force=tuple(sorted(kept | (set(new) if keep else set()))),
    )
    run_with(desk, settings)
    st.rerun()
