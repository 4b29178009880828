"""The plan: chosen stations, who goes where, what is proved, and what it was made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geodata.city import Note
from siting.candidates import propose_candidates
from siting.coverage import measure_coverage
from siting.coverage_hours import slice_coverage, slice_demand
from siting.demand import demand_points
from siting.figures import allocate, people_by, station_figures
from siting.goal import prices
from siting.hours import asked_hours, load_profiles, site_hours, time_slices
from siting.i18n import LANGUAGES, t
from siting.problem import build_problem
from siting.reasons import station_reason
from siting.rules import build_rules
from siting.scores import score_candidates
from siting.settings_question import DISTANCE_KINDS
from siting.solve import choose_sites
from siting.streets import main_streets
from siting.visits import expected_visits
from siting.zones import classify_zones

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd

    from geodata import City
    from siting.coverage import Coverage
    from siting.rules import Rule
    from siting.settings import HourSettings, Settings
    from siting.solve.model import Event, Problem, Solution
    from siting.zones import Zones

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """Everything before the choice: sites, people, who could serve whom, and the conditions.

    Attributes
    ----------
    zones
        Grid and enterprise clusters.
    sites
        All scored candidates, index site_id.
    people, reach
        People whenever stations are open, index demand_id, and who could serve them.
    demand, coverage
        What the plan is chosen by: the same, or person-hours by time slice and who is open then,
        where the settings ask for hours.
    problem
        The question in the solver's words.
    notes
        What must be said beside the result.
    """

    zones: Zones
    sites: gpd.GeoDataFrame
    people: gpd.GeoDataFrame
    reach: Coverage
    demand: gpd.GeoDataFrame
    coverage: Coverage
    problem: Problem
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A made plan.

    Attributes
    ----------
    city_id, city_name, city_version
        Of the city it was made for.
    settings
        What was asked.
    stations
        Chosen sites in rank order, index site_id: the candidates' columns, rank, town_name,
        in_range_milli, served_milli, served_walk_milli, served_street_milli, alone_milli
        (thousandths of a person), expected_visits_milli (a day), phase (0: no phases), build_yuan,
        run_yuan (a year), load_milli (served within its capacity; -1: none asked for), reason_zh,
        reason_en.
    allocation
        Index demand_id; site_id, walk_mm, reason: the nearest station of every covered row.
    by_group
        Index group; people_milli, reachable_milli, coverable_milli, walk_milli, covered_milli.
    solution
        Chosen ids with value, bound, gap and status.
    question
        What the plan was chosen from.
    schema_version
        Of the files written from it.
    """

    city_id: str
    city_name: str
    city_version: str
    settings: Settings
    stations: gpd.GeoDataFrame
    allocation: pd.DataFrame
    by_group: pd.DataFrame
    solution: Solution
    question: Question
    notes: tuple[Note, ...]
    schema_version: int = field(default=SCHEMA_VERSION)

    @property
    def settings_hash(self) -> str:
        """SHA-256 of the canonical settings."""
        return self.settings.hash


def ask(
    city: City,
    settings: Settings,
    rules: tuple[Rule, ...] | None = None,
    *,
    walked: Coverage | None = None,
) -> Question:
    """Prepare the choice: zones, candidates, scores, demand, coverage, conditions.

    Parameters
    ----------
    city
        The city.
    settings
        What is asked.
    rules
        Rules to follow; None takes those of the settings.
    walked
        A planner's own distances in the place of walking along the city's streets, see
        :func:`siting.coverage.measure_coverage`.

    Raises
    ------
    SitingError
        The settings do not fit the city; the sentence says how.
    """
    rules = build_rules(settings) if rules is None else rules
    zones = classify_zones(city, settings.zones)
    sites = propose_candidates(city, zones, rules, settings)
    sites = score_candidates(city, zones, rules, sites)
    people = demand_points(city, zones, settings)
    reach = measure_coverage(city, sites, people, settings.standard, walked=walked)
    demand, coverage = _while_open(sites, people, reach, settings.hours)
    counted = coverage
    if settings.question.kind in DISTANCE_KINDS and walked is None:
        counted = _within_far(city, sites, people, settings)
        counted = _while_open(sites, people, counted, settings.hours)[1]
    problem, notes = build_problem(city, sites, demand, counted, settings)
    if walked is not None:
        notes = (*notes, _own_distances())
    return Question(
        zones=zones,
        sites=sites,
        people=people,
        reach=reach,
        demand=demand,
        coverage=coverage,
        problem=problem,
        notes=notes,
    )


def _own_distances() -> Note:
    zh, en = (t(lang, "notes.own_distances") for lang in ("zh", "en"))
    return Note(code="own_distances", zh=zh, en=en)


def _within_far(
    city: City, sites: gpd.GeoDataFrame, people: gpd.GeoDataFrame, settings: Settings
) -> Coverage:
    """Measure ways as far as the distance questions look, the same for every group."""
    far_mm = round(settings.question.far_m) * 1000
    far = measure_coverage(city, sites, people.assign(cutoff_mm=far_mm), settings.standard)
    return far.take(far.walk_mm <= far_mm)


def _while_open(
    sites: gpd.GeoDataFrame, people: gpd.GeoDataFrame, reach: Coverage, asked: HourSettings
) -> tuple[gpd.GeoDataFrame, Coverage]:
    """Spread people over the asked hours and keep the entries of stations open then."""
    if not asked.when:
        return people, reach
    slices = time_slices(site_hours(sites, asked.season), asked_hours(asked.when))
    sliced = slice_demand(people, slices, load_profiles(), asked.season)
    return sliced, slice_coverage(reach, sliced, slices)


def make_plan(
    city: City,
    settings: Settings,
    *,
    walked: Coverage | None = None,
    on_event: Callable[[Event], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Plan:
    """Make the best plan the settings allow, with a proof of how good it is.

    Parameters
    ----------
    city
        The city.
    settings
        What is asked.
    walked
        A planner's own distances, see :func:`ask`.
    on_event
        Told of the incumbent, the bound and the gap as they change.
    should_stop
        Asked often; True returns the best plan and bound so far.

    Raises
    ------
    SitingError
        No plan can be made as asked; the sentence says why and what to do.
    """
    question = ask(city, settings, walked=walked)
    solution = choose_sites(question.problem, on_event=on_event, should_stop=should_stop)
    return plan_from(city, settings, question, solution)


def plan_from(city: City, settings: Settings, question: Question, solution: Solution) -> Plan:
    """Work a solution out into a plan."""
    allocation = allocate(question.coverage, solution.chosen)
    return Plan(
        city_id=city.city_id,
        city_name=city.name,
        city_version=city.version,
        settings=settings,
        stations=_stations(city, settings, question, solution, allocation),
        allocation=allocation,
        by_group=people_by(question.demand, question.coverage, solution.chosen, "group"),
        solution=solution,
        question=question,
        notes=(*city.notes, *question.notes),
    )


def _asked_figures(
    settings: Settings, question: Question, solution: Solution, chosen: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Add expected visits, prices, phase and load."""
    people = question.people["people_milli"].to_numpy()
    visits = expected_visits(people, question.reach, solution.chosen, settings.visits)
    phase = dict.fromkeys(solution.chosen, 0)
    for number in range(len(solution.phases), 0, -1):
        phase |= dict.fromkeys(solution.phases[number - 1], number)
    load = dict.fromkeys(solution.chosen, 0 if settings.capacity.limits else -1)
    for _, site_id, part in solution.flows:
        load[site_id] += part
    build = prices(chosen, settings, "build") * ~chosen["existing"].to_numpy(dtype=bool)
    return chosen.assign(
        expected_visits_milli=visits.reindex(chosen.index),
        phase=[phase[site_id] for site_id in chosen.index],
        build_yuan=build,
        run_yuan=prices(chosen, settings, "run"),
        load_milli=[load[site_id] for site_id in chosen.index],
    )


def _stations(
    city: City,
    settings: Settings,
    question: Question,
    solution: Solution,
    allocation: pd.DataFrame,
) -> gpd.GeoDataFrame:
    chosen = question.sites.loc[sorted(solution.chosen)].copy()
    figures = station_figures(question.demand, question.coverage, solution.chosen, allocation)
    chosen = chosen.join(figures)
    chosen = _asked_figures(settings, question, solution, chosen)
    names = city.towns["name"]
    chosen["town_name"] = [str(names.get(code, "")) for code in chosen["town_code"]]
    ordered = chosen.sort_index().sort_values(
        ["served_milli", "score"], ascending=[False, False], kind="stable"
    )
    ordered["rank"] = range(1, len(ordered) + 1)
    lengths = main_streets(city)["length_m"]
    cutoff_m = settings.standard.cutoff_mm // 1000
    rows = ordered.drop(columns=["geometry"]).to_dict("records")
    for lang in LANGUAGES:
        ordered[f"reason_{lang}"] = [
            station_reason(
                lang,
                row,
                cutoff_m=cutoff_m,
                street_m=float(lengths.get(row["street_id"], 0.0)),
                hours=bool(settings.hours.when),
            )
            for row in rows
        ]
    ordered.index.name = "site_id"
    return ordered
