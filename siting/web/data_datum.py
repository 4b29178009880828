"""Second step of an import: what the coordinates are, proposed with evidence and pictures."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import WarmStationsError
from siting.web.data_sources import datum_name
from siting.web.datum_picture import show_pictures
from siting.web.engine import open_city
from siting.web.reading import places_of, read_rows
from siting.web.state import say, show_error
from siting.web.widgets import show_table
from siting.web.work import keep_work

if TYPE_CHECKING:
    from geodata.datum_alarm import DatumFit
    from siting.web.reading import Places
    from siting.web.work import Work

ASKED = ("wgs84", "gcj02", "bd09", "cgcs2000")
OTHER = "other"


def datum_step(work: Work) -> bool:
    """Ask what the coordinates are where only a person can say; tell whether one can go on."""
    with st.spinner(say("weighing")):
        places = places_of(work)
    if places.kind == "none":
        st.info(say("datum_none"))
    elif places.kind == "ask":
        _show_evidence(places, work)
        work = _ask(places, work)
        if not work.datum:
            return False
    else:
        st.info(say(f"datum_{places.kind}", n=places.rows, said=datum_name(places.said)))
        work = _other(work)
    return _accepted(work)


def _show_evidence(places: Places, work: Work) -> None:
    fits, readings = places.fits or {}, places.readings or {}
    proposed = places.proposed
    st.text(
        say("datum_proposed", datum=datum_name(proposed), n=places.rows)
        if proposed
        else say("datum_unsure", n=places.rows)
    )
    captions = {datum: _caption(fit, proposed) for datum, fit in fits.items()}
    show_pictures(open_city(work.city), readings, captions)
    rows = [_row(fit, proposed) for fit in fits.values()]
    headers = ("datum", "road", "inside", "names", "verdict")
    show_table(
        say("datum_caption", n=places.rows),
        [say(f"column_datum_{name}") for name in headers],
        rows,
    )


def _caption(fit: DatumFit, proposed: str) -> str:
    text = say("datum_picture", datum=datum_name(str(fit.datum)), road=f"{fit.road_median_m:.0f}")
    return f"{text}{say('datum_best')}" if str(fit.datum) == proposed else text


def _row(fit: DatumFit, proposed: str) -> tuple[str, ...]:
    names = "-"
    if fit.names_matched:
        names = say("datum_names", n=fit.names_matched, metres=f"{fit.name_median_m:.0f}")
    verdict = say("datum_fits") if str(fit.datum) == proposed else "-"
    road, inside = f"{fit.road_median_m:.0f}", f"{fit.inside_share:.0%}"
    return (datum_name(str(fit.datum)), road, inside, names, verdict)


def _ask(places: Places, work: Work) -> Work:
    now = work.datum or places.proposed
    options = [*ASKED, OTHER]
    index = options.index(now) if now in options else options.index(OTHER) if now else None
    said = st.radio(
        say("data_datum"),
        options,
        index=index,
        format_func=datum_name,
        key=f"datum_{work.key}",
        horizontal=True,
    )
    if said == OTHER:
        return _other(work, open_at_once=True)
    return _keep(work, said or "")


def _other(work: Work, *, open_at_once: bool = False) -> Work:
    own = work.datum if work.datum not in ASKED else ""
    with st.expander(say("datum_other"), expanded=open_at_once):
        said = st.text_input(
            say("datum_other_ask"), value=own, max_chars=40, key=f"other_{work.key}",
            help=say("datum_other_help"),
        )  # fmt: skip
    return _keep(work, said.strip()) if said.strip() != own else work


def _keep(work: Work, datum: str) -> Work:
    if datum == work.datum:
        return work
    return keep_work(dataclasses.replace(work, datum=datum, confirm=False))


def _accepted(work: Work) -> bool:
    """Read with what was said; where the city contradicts, let the planner insist."""
    try:
        with st.spinner(say("reading")):
            read_rows(work)
    except WarmStationsError as error:
        if error.code != "wrong_datum":
            show_error(error)
            return False
        proposed = datum_name(str(error.facts["proposed"]))
        declared = datum_name(str(error.facts["declared"]))
        st.error(say("datum_alarm", declared=declared, proposed=proposed))
        if st.button(say("datum_insist", datum=declared), key="datum_insist"):
            keep_work(dataclasses.replace(work, confirm=True))
            st.rerun()
        return False
    if work.confirm:
        st.warning(say("datum_insisted", datum=datum_name(work.datum)))
    return True
