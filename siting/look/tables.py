"""Tables about a plan: who is left out at an hour and why, depth of cover, services, streets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siting.coverage import PREMISES, STREET, WALK
from siting.coverage_depth import NEAREST, cover_depth, service_cover
from siting.coverage_streets import main_street_table
from siting.edition.facts import SERVICES, defaults
from siting.figures import covered_rows
from siting.look.errors import UnknownMainStreetError
from siting.mustpass_streets import passing_to_stops

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata import City
    from siting.plan import Plan
    from siting.settings import Standard

_NEAR = WALK | PREMISES
_ANY = WALK | PREMISES | STREET
ALL = "all"
"""Row of all groups together."""


def gap_reasons(at: Plan) -> pd.DataFrame:
    """Say who is left out in some hours, and why.

    Parameters
    ----------
    at
        From :func:`siting.moment.plan_at`.

    Returns
    -------
    pandas.DataFrame
        Index group, ``ALL`` last; mean people in the asked hours: present, walk, served, gap and
        of these closed (their stations are shut then), far (no station serves them at any hour)
        and unreachable (no way leads to them).
    """
    question, chosen = at.question, at.solution.chosen
    demand = question.demand
    served = covered_rows(question.coverage, chosen, _ANY)
    ever = covered_rows(question.reach, chosen, _ANY)[demand["base_row"].to_numpy()]
    away = demand.index.isin(question.coverage.unreachable.index) & ~ever
    kinds = {
        "present": np.ones(len(demand), dtype=bool),
        "walk": covered_rows(question.coverage, chosen, _NEAR),
        "served": served,
        "gap": ~served,
        "closed": ever & ~served,
        "far": ~ever & ~away,
        "unreachable": away,
    }
    people = demand["people_milli"].to_numpy() / 1000.0
    table = pd.DataFrame({name: people * kept for name, kept in kinds.items()})
    return _with_all(table.groupby(demand["group"].to_numpy()).sum())


def _with_all(table: pd.DataFrame) -> pd.DataFrame:
    table.loc[ALL] = table.sum()
    return table


def group_speeds(groups: pd.Series, standard: Standard) -> np.ndarray:
    """Return each row's speed, m/s: its group's own where it has one, else the walking speed."""
    own = dict(standard.group_speed_m_s)
    return np.array([own.get(group, standard.speed_m_s) for group in groups], dtype=float)


def depth_by_group(plan: Plan) -> pd.DataFrame:
    """Say how far the first, second and third station are, and who has a second one.

    Returns
    -------
    pandas.DataFrame
        Index group, ``ALL`` last; people (person-uses), one, two and three (share 0-1 of them with
        so many stations or more), and for k = 1, 2, 3 median_k and most_k: minutes to station k
        within which half and nine tenths of those who have it find it (NaN where nobody has).
    """
    question = plan.question
    speeds = group_speeds(question.people["group"], plan.settings.standard)
    depth = cover_depth(question.reach, plan.solution.chosen, speeds)
    people = question.people["people_milli"].to_numpy() / 1000.0
    groups = question.people["group"].to_numpy(dtype=object)
    rows = {name: groups == name for name in sorted(set(groups))}
    rows[ALL] = np.ones(len(groups), dtype=bool)
    table = {name: _depth_row(depth[mine], people[mine]) for name, mine in rows.items()}
    return pd.DataFrame.from_dict(table, orient="index")


def _depth_row(depth: pd.DataFrame, people: np.ndarray) -> dict[str, float]:
    total = people.sum()
    row = {"people": float(total)}
    stations = depth["stations"].to_numpy()
    for number, name in enumerate(("one", "two", "three"), start=1):
        row[name] = float(people[stations >= number].sum() / total) if total else 0.0
    for number in range(1, NEAREST + 1):
        minutes = depth[f"minutes_{number}"].to_numpy()
        for name, share in (("median", 0.5), ("most", 0.9)):
            row[f"{name}_{number}"] = _quantile(minutes, people, share)
    return row


def _quantile(minutes: np.ndarray, people: np.ndarray, share: float) -> float:
    """Return the least value that the share of people do not exceed."""
    known = np.isfinite(minutes) & (people > 0)
    if not known.any():
        return float("nan")
    order = np.argsort(minutes[known])
    heaped = np.cumsum(people[known][order])
    return float(minutes[known][order][np.searchsorted(heaped, share * heaped[-1])])


def people_by_service(plan: Plan) -> pd.Series:
    """Count the people served by stations that offer each service, by the usual ones of a host.

    Returns
    -------
    pandas.Series
        Index service in the order of :data:`siting.edition.facts.SERVICES`, person-uses.
    """
    usual = defaults()["services"]
    kinds = plan.stations["host_type"].where(plan.stations["host_type"].isin(list(usual)), "other")
    kinds = kinds.mask(plan.stations["station_kind"] == "mobile", "container_lot")
    offers = {str(site_id): usual[kind] for site_id, kind in kinds.items()}
    covered = service_cover(plan.question.reach, plan.solution.chosen, offers)
    return covered.reindex(list(SERVICES)).fillna(0) / 1000.0


def street_rows(city: City, plan: Plan, names: Sequence[str], hosts: int = 3) -> pd.DataFrame:
    """Say what main streets get from one, two, three hosts (see ``main_street_table``).

    Raises
    ------
    UnknownMainStreetError
        A name is no main street of the city.
    """
    known = sorted(set(city.layers["streets"]["street_name"]))
    for name in names:
        if name not in known:
            raise UnknownMainStreetError(found=name, city=city.name, known=", ".join(known))
    question = plan.question
    return main_street_table(
        city, question.sites, question.people, question.reach, names, hosts=hosts
    )


def people_passing(city: City, plan: Plan) -> pd.DataFrame:
    """Count who passes each station on the way from where they are to the nearest stop.

    Returns
    -------
    pandas.DataFrame
        Index site_id, most passed first; columns name, a column per group and ``ALL``:
        person-uses a day.
    """
    stations = plan.stations
    found = passing_to_stops(city.network, plan.question.people, city.layers["stops"], stations)
    table = found / 1000.0
    table[ALL] = table.sum(axis=1)
    table.insert(0, "name", stations["name"])
    order = np.lexsort((table.index.to_numpy(dtype=str), -table[ALL].to_numpy()))
    return table.iloc[order]
