"""The public edition of a plan: only what anyone may see, and nothing else.

Built from a list of allowed columns; whatever else a plan carries stays behind.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geodata.errors import first_few
from siting.edition.counts import MIN_PEOPLE, hide_small
from siting.edition.errors import (
    EmptyEditionError,
    PublicTextError,
    StaleCityError,
    UnknownStationsError,
)
from siting.edition.facts import defaults, empty_facts
from siting.edition.holidays import WorkCalendar, work_calendar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geodata.city import City
    from siting.plan import Plan

PUBLIC_COLUMNS = (
    "name",
    "kind",
    "host_type",
    "town_name",
    "street",
    "address",
    "admits",
    "hours",
    "hours_confirmed",
    "services",
    "services_confirmed",
    "phone",
    "note",
    "sample",
    "accuracy_m",
)
"""Every column that may become public, beside the index ``site_id`` and the point."""

ROTA_COLUMNS = ("container", "week_start", "site_id")
"""Columns of the containers' rota: a name, a Monday, and where it stands that week."""

NO_TOWN = "-"
"""Mark of people on streets, which belong to no town."""

_TEXTS = ("name", "street", "address", "phone", "note")
_FORBIDDEN = (
    ("markup", re.compile(r"[<>]|javascript:|&#", re.IGNORECASE)),
    ("control character", re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")),
    ("mobile phone", re.compile(r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")),
    ("identity number", re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")),
    ("e-mail address", re.compile(r"[\w.+-]+@[\w-]+\.\w+")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicOptions:
    """What the planner says about a publication.

    Attributes
    ----------
    published
        Day of publication.
    address
        Web address under which the folder will be served, "" where there is none yet.
    contact
        ``mailto:``, ``tel:`` or ``https:`` address to which problems are reported, "" if none.
    review_number
        Map review number (审图号), "" where the map was not reviewed.
    frame_ancestors
        Sites that may show the map in a frame, such as ``https://www.example.gov.cn``.
    min_people
        Smallest count of people that may be shown.
    """

    published: dt.date
    address: str = ""
    contact: str = ""
    review_number: str = ""
    frame_ancestors: tuple[str, ...] = ()
    min_people: int = MIN_PEOPLE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edition:
    """What the public gets to see.

    Attributes
    ----------
    city_name, city_name_en
        Of the city.
    stations
        Index site_id, ``PUBLIC_COLUMNS`` and a point in the city's metric CRS, by site_id.
    rota
        Columns ``ROTA_COLUMNS``, by week and container.
    overview
        Person-uses served, rows towns and columns groups, with totals; small counts ``<NA>``.
    calendar
        Holidays and make-up workdays around the day of publication.
    options
        What the planner said.
    sample_share
        Share of the stations that are sample data, 0-1.
    version
        Day and fingerprint of the content.
    """

    city_name: str
    city_name_en: str
    stations: gpd.GeoDataFrame
    rota: pd.DataFrame
    overview: pd.DataFrame
    calendar: WorkCalendar
    options: PublicOptions
    sample_share: float
    version: str = field(default="")

    def __post_init__(self) -> None:
        if not self.version:
            object.__setattr__(self, "version", _version(self))


def make_edition(
    plan: Plan,
    city: City,
    options: PublicOptions,
    *,
    facts: pd.DataFrame | None = None,
    rota: pd.DataFrame | None = None,
) -> Edition:
    """Take from a plan what the public may see.

    Parameters
    ----------
    plan
        The plan.
    city
        The city it was made for.
    options
        What the planner says about this publication.
    facts
        Public facts, see :func:`siting.edition.read_facts`.
    rota
        Where mobile containers stand, columns ``ROTA_COLUMNS``.

    Raises
    ------
    StaleCityError
        The plan was made for another city or another version of it.
    EmptyEditionError
        The plan has no station.
    UnknownStationsError
        Facts or rota speak of a station that the plan does not have.
    PublicTextError
        A text to be shown holds markup or personal data.
    """
    if plan.city_version != city.version:
        raise StaleCityError(
            plan_city=plan.city_name,
            plan_version=plan.city_version[:12],
            city=city.name,
            city_version=city.version[:12],
        )
    if plan.stations.empty:
        raise EmptyEditionError
    facts = empty_facts() if facts is None else facts
    known = set(plan.stations.index)
    _require_known(facts.index, known)
    rota = _rota(rota)
    _require_known(rota["site_id"], known)
    stations = public_stations(plan.stations, facts)
    return Edition(
        city_name=city.name,
        city_name_en=city.name_en,
        stations=stations,
        rota=rota,
        overview=_overview(plan, city, options.min_people),
        calendar=work_calendar(options.published),
        options=options,
        sample_share=float(stations["sample"].mean()),
    )


def public_stations(stations: gpd.GeoDataFrame, facts: pd.DataFrame) -> gpd.GeoDataFrame:
    """Make the public rows of a plan's stations.

    Raises
    ------
    PublicTextError
        A text holds what must not be public.
    """
    given = facts.reindex(stations.index).fillna("")
    known = stations["host_type"].isin(list(defaults()["hours"]))
    place = stations["host_type"].where(known, "other")
    place = place.mask(stations["station_kind"] == "mobile", "container_lot")
    usual_hours = place.map(defaults()["hours"])
    usual_services = place.map(lambda kind: ",".join(defaults()["services"][kind]))
    frame = gpd.GeoDataFrame(
        {
            "name": given["name"].where(given["name"] != "", stations["name"]),
            "kind": stations["station_kind"],
            "host_type": place,
            "town_name": stations["town_name"],
            "street": stations["street_name"].fillna(""),
            "address": given["address"],
            "admits": stations["admits"],
            "hours": given["hours"].where(given["hours"] != "", usual_hours),
            "hours_confirmed": given["hours"] != "",
            "services": given["services"]
            .where(given["services"] != "", usual_services)
            .str.replace("-", ""),
            "services_confirmed": given["services"] != "",
            "phone": given["phone"],
            "note": given["note"],
            "sample": stations["sample"].astype(bool),
            "accuracy_m": stations["accuracy_m"].astype(float),
        },
        geometry=stations.geometry,
        crs=stations.crs,
    )[[*PUBLIC_COLUMNS, "geometry"]].sort_index()
    frame.index.name = "site_id"
    _refuse_texts(frame)
    return frame


def forbidden_kind(text: str, column: str = "") -> str:
    """Say what a text holds that must not be public, "" where it is clean.

    A declared public telephone may be a mobile one.
    """
    for kind, pattern in _FORBIDDEN:
        if pattern.search(text) and not (column == "phone" and kind == "mobile phone"):
            return kind
    return ""


def _refuse_texts(frame: gpd.GeoDataFrame) -> None:
    found = [
        f"{site_id} {column}: {kind}"
        for column in _TEXTS
        for site_id, text in frame[column].items()
        if (kind := forbidden_kind(str(text), column))
    ]
    if found:
        raise PublicTextError(count=len(found), examples=first_few(found))


def _require_known(ids: Iterable[str], known: set[str]) -> None:
    strange = sorted(set(ids) - known)
    if strange:
        raise UnknownStationsError(count=len(strange), names=first_few(strange), known=min(known))


def _rota(rota: pd.DataFrame | None) -> pd.DataFrame:
    if rota is None:
        return pd.DataFrame({column: pd.Series(dtype=str) for column in ROTA_COLUMNS})
    rows = rota.loc[:, list(ROTA_COLUMNS)].copy()
    rows["week_start"] = pd.to_datetime(rows["week_start"]).dt.date
    rows["week_start"] = [day - dt.timedelta(days=day.weekday()) for day in rows["week_start"]]
    found = [str(name) for name in rows["container"] if forbidden_kind(str(name))]
    if found:
        raise PublicTextError(count=len(found), examples=first_few(found))
    return rows.sort_values(["week_start", "container"], ignore_index=True)


def _overview(plan: Plan, city: City, threshold: int) -> pd.DataFrame:
    people = plan.question.people
    served = people.loc[people.index.isin(plan.allocation.index)]
    keys = [served["town_code"], served["group"]]
    milli = served.groupby(keys)["people_milli"].sum().unstack(fill_value=0)  # noqa: PD010
    places = served.groupby(keys)["place_id"].nunique().unstack(fill_value=0)  # noqa: PD010
    names = city.towns["name"]
    counts = (milli / 1000).round().astype("int64")
    counts.index = pd.Index([str(names.get(code, NO_TOWN)) for code in counts.index], name="town")
    return hide_small(counts, threshold, sources=places)


def _version(edition: Edition) -> str:
    digest = hashlib.sha256()
    rows = pd.DataFrame(edition.stations.drop(columns="geometry"))
    digest.update(rows.to_csv(lineterminator="\n").encode())
    digest.update(edition.stations.geometry.to_wkb(hex=True).str.cat(sep=",").encode())
    digest.update(edition.rota.to_csv(index=False, lineterminator="\n").encode())
    digest.update(edition.overview.to_csv(lineterminator="\n").encode())
    options = edition.options
    said = [options.address, options.contact, options.review_number, *options.frame_ancestors]
    digest.update(json.dumps(said).encode())
    return f"{options.published.isoformat()}-{digest.hexdigest()[:8]}"
