"""What the settings ask for, in the solver's words: worths, floors, capacities, phases, costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from siting.settings_question import DISTANCE_KINDS
from siting.solve.goal import Aim, Floor, Goal
from siting.solve.questions.targets import share_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geodata import City
    from siting.coverage import Coverage
    from siting.settings import Settings

UNIT = 1000
"""Worths of visits and burdens of distance are counted in this fraction of one."""

_BURDEN_UNIT = 10_000


def worth_of(settings: Settings, walk_mm: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Return what one person is worth at each distance; None where only reach counts.

    ``mean_distance``: metres saved against ``far_m``; ``equal_distance``: burden saved, burden
    ``exp(aversion * d / far)`` (Kolm-Pollak; Horton et al. 2024, doi:10.1016/j.orl.2023.107061);
    ``visits``: ``0.5 ** (d / half)``.
    """
    kind = settings.question.kind
    if kind not in ("mean_distance", "equal_distance", "visits"):
        return None
    away = np.asarray(distance_m(settings, walk_mm))
    far = round(settings.question.far_m)
    if kind == "mean_distance":
        return np.maximum(far - away, 0)
    if kind == "visits":
        worth = np.rint(UNIT * 0.5 ** (away / settings.visits.half_m)).astype(np.int64)
        return np.where(away <= far, worth, 0)
    spared = burden(settings, far) - burden(settings, np.minimum(away, far))
    return np.asarray(np.maximum(spared, 0))


def burden(settings: Settings, away_m: Any) -> Any:
    """Return the burden of a distance, in ten-thousandths: more than in proportion to it."""
    rate = settings.question.aversion / round(settings.question.far_m)
    return np.rint(_BURDEN_UNIT * np.exp(rate * np.asarray(away_m, float))).astype(np.int64)


def equal_distance_m(settings: Settings, mean_burden: float) -> float:
    """Turn a mean burden into the distance that, equal for all, would be as heavy."""
    rate = settings.question.aversion / round(settings.question.far_m)
    return float(np.log(max(mean_burden, _BURDEN_UNIT) / _BURDEN_UNIT) / rate)


def distance_m(settings: Settings, walk_mm: NDArray[np.int64]) -> NDArray[np.int64]:
    """Round distances up to multiples of the step, metres."""
    step = round(settings.question.step_m) * 1000
    return np.asarray(-(-walk_mm.astype(np.int64) // step) * step // 1000)


def goal_of(
    city: City,
    demand: gpd.GeoDataFrame,
    coverage: Coverage,
    weight: NDArray[np.int64],
    settings: Settings,
) -> Goal:
    """Return the goal of a plan's settings.

    Parameters
    ----------
    demand, coverage, weight
        Who is counted, who could serve whom, and the rows' weights.
    """
    asked = settings.question
    base = _base(asked.of, coverage, weight, asked.need)
    if asked.kind in DISTANCE_KINDS:
        return _distance_goal(coverage, weight, settings)
    floors = _floors(city, demand, base, settings)
    if asked.kind in ("fewest", "cheapest"):
        least = share_of(int(base.sum()), asked.share)
        everybody = Floor(name="", rows=np.arange(len(weight)), least=least)
        aim: Aim = "count" if asked.kind == "fewest" else "cost"
        return Goal(question=asked.kind, aim=aim, sense=-1, floors=(everybody, *floors))
    if asked.kind == "worst_part":
        parts = _parts(city, demand, base, asked.part)
        return Goal(question=asked.kind, aim="worst_part", parts=parts)
    months = asked.phase_months or (1.0,) * len(asked.phases)
    lengths = [max(1, round(month * 10)) for month in months]
    return Goal(floors=floors, phases=tuple(zip(asked.phases, lengths, strict=True)))


def _distance_goal(coverage: Coverage, weight: NDArray[np.int64], settings: Settings) -> Goal:
    asked, total = settings.question, int(weight.sum())
    if asked.kind == "worst_distance":
        away = distance_m(settings, coverage.walk_mm)
        near = _base("coverable", coverage, weight, 1)
        target = share_of(int(near.sum()), asked.share)
        return Goal(question=asked.kind, aim="radius", sense=-1, away=away, target=target)
    if asked.kind == "mean_distance":
        return Goal(question=asked.kind, sense=-1, offset=round(asked.far_m) * total)
    if asked.kind == "equal_distance":
        offset = int(burden(settings, round(asked.far_m))) * total
        return Goal(question=asked.kind, sense=-1, offset=offset)
    return Goal(question=asked.kind)


def _base(of: str, coverage: Coverage, weight: NDArray[np.int64], need: int) -> NDArray[np.int64]:
    """Weights that shares are of: everybody's, or of those that enough candidates could serve."""
    if of == "all":
        return weight
    return weight * (np.diff(coverage.indptr) >= need)


def _labels(city: City, demand: gpd.GeoDataFrame, part: str) -> dict[str, str]:
    """Return the parts' labels in the demand and what a planner calls them."""
    column = demand["town_code" if part == "town" else "group"].astype(str)
    names = city.towns["name"].to_dict() if part == "town" else {}
    return {label: str(names.get(label, label)) for label in sorted(set(column)) if label}


def _rows(demand: gpd.GeoDataFrame, part: str, label: str) -> NDArray[np.int64]:
    column = demand["town_code" if part == "town" else "group"].astype(str)
    return np.flatnonzero((column == label).to_numpy())


def _parts(
    city: City, demand: gpd.GeoDataFrame, base: NDArray[np.int64], part: str
) -> tuple[Floor, ...]:
    """Return every part with people, and the weight its share is of."""
    found = []
    for label, name in _labels(city, demand, part).items():
        rows = _rows(demand, part, label)
        whole = int(base[rows].sum())
        if whole > 0:
            found.append(Floor(name=name, rows=rows, least=whole))
    return tuple(found)


def _floors(
    city: City, demand: gpd.GeoDataFrame, base: NDArray[np.int64], settings: Settings
) -> tuple[Floor, ...]:
    asked = settings.question
    shares: dict[tuple[str, str], float] = {}
    for part, share in (("town", asked.floor_town), ("group", asked.floor_group)):
        if share > 0:
            shares |= {(part, label): share for label in _labels(city, demand, part)}
    shares |= {(floor.part, floor.name): floor.share for floor in asked.floors}
    found = []
    for (part, label), share in sorted(shares.items()):
        rows = _rows(demand, part, label)
        least = share_of(int(base[rows].sum()), share)
        if least > 0:
            name = _labels(city, demand, part).get(label, label)
            found.append(Floor(name=name, rows=rows, least=least))
    return tuple(found)


def costs_of(sites: gpd.GeoDataFrame, settings: Settings) -> tuple[NDArray[np.int64], int]:
    """Return each site's cost if chosen, yuan, and what is spent whatever is chosen.

    A new station costs its building and so many years of running, an existing one its running.
    Giving one up costs ``close``; where stations may move it costs ``move`` and spares
    the building of one of its kind elsewhere. It is counted in full at first and taken back from
    the existing stations that are kept, so their cost may be negative.
    """
    money = settings.money
    build = prices(sites, settings, "build")
    run = np.rint(prices(sites, settings, "run") * money.years).astype(np.int64)
    existing = sites["existing"].to_numpy(dtype=bool)
    leaving = np.full(len(sites), round(money.close), np.int64)
    if settings.plan.movable:
        leaving = round(money.move) - np.rint(build).astype(np.int64)
    leaving = np.where(existing, leaving, 0)
    cost = np.where(existing, 0, np.rint(build).astype(np.int64)) + run - leaving
    return cost.astype(np.int64), int(leaving.sum())


def prices(sites: gpd.GeoDataFrame, settings: Settings, what: str) -> NDArray[np.float64]:
    """Return the price of ``build`` or a year's ``run`` of each site, yuan."""
    money = settings.money
    mobile = sites["station_kind"].eq("mobile").to_numpy()
    by_kind = np.where(
        mobile, getattr(money, f"{what}_mobile"), getattr(money, f"{what}_fixed")
    ).astype(float)
    own = dict(getattr(money, f"{what}_sites"))
    return np.array(
        [own.get(site, price) for site, price in zip(sites.index, by_kind, strict=True)], float
    )


def capacity_of(
    sites: gpd.GeoDataFrame, settings: Settings, total: int
) -> NDArray[np.int64] | None:
    """Return how much weight each site serves at most, thousandths; None without limits."""
    asked = settings.capacity
    if not asked.limits:
        return None
    mobile = sites["station_kind"].eq("mobile").to_numpy()
    by_kind = np.where(mobile, asked.mobile, asked.fixed)
    own = dict(asked.sites)
    people = [own.get(site, most) for site, most in zip(sites.index, by_kind, strict=True)]
    return np.array([round(most * 1000) if most > 0 else total for most in people], np.int64)
