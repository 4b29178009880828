"""All that a planner may set, as hashable values.

``default.toml`` beside this file is the one home of the defaults and of their sources;
:mod:`siting.settings_file` reads it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from siting.errors import UnknownSettingError
from siting.settings_checks import ADMISSIONS, ZONE_KINDS, check_settings
from siting.settings_places import OwnPlace  # noqa: TC001 - its type is read when a file is
from siting.settings_question import (
    AlternativeSites,
    CapacitySettings,
    HostAnswer,
    KindQuota,
    MoneySettings,
    Pairs,
    QuestionSettings,
    VisitSettings,
    record_of,
)

__all__ = [
    "ADMISSIONS",
    "ZONE_KINDS",
    "Pairs",
    "Settings",
    "canonical_text",
    "check_settings",
    "replace_settings",
]

_LATER = {"later": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """What counts as served.

    Attributes
    ----------
    minutes, dense_minutes
        Accepted walking time, elsewhere and where people are dense.
    speed_m_s
        Walking speed.
    dense_people_per_km2
        People per square kilometre from which a grid cell is dense.
    detour_factor, detour_limit_m
        On reconstructed streets walking may be straight line x factor, up to the limit (metres).
    snap_limit_m
        A point farther from every street is unreachable.
    island_m
        A piece of network shorter than this is an island; its points are unreachable.
    street_reach_m
        Metres along its street that a street-front station serves; 0 means the whole street.
    group_minutes, group_speed_m_s
        Accepted time and speed of groups that do not walk, such as couriers on e-bikes.
    """

    minutes: float
    dense_minutes: float
    speed_m_s: float
    dense_people_per_km2: float
    detour_factor: float
    detour_limit_m: float
    snap_limit_m: float
    island_m: float
    street_reach_m: float
    group_minutes: Pairs = ()
    group_speed_m_s: Pairs = ()

    @property
    def cutoff_mm(self) -> int:
        """Largest accepted walking distance, rounded to the metre; millimetres, inclusive."""
        return round(self.minutes * 60 * self.speed_m_s) * 1000

    @property
    def dense_cutoff_mm(self) -> int:
        """The same where people are dense."""
        return round(self.dense_minutes * 60 * self.speed_m_s) * 1000

    def group_cutoffs_mm(self, group: str) -> tuple[int, int]:
        """Return a group's cutoffs, elsewhere and where people are dense, millimetres."""
        minutes = dict(self.group_minutes).get(group, self.minutes)
        speed = dict(self.group_speed_m_s).get(group, self.speed_m_s)
        dense = minutes * self.dense_minutes / self.minutes
        return round(minutes * 60 * speed) * 1000, round(dense * 60 * speed) * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrule:
    """A planner's word on the kind of a town's zones, with what it demands of the plan.

    Attributes
    ----------
    town
        Twelve-digit code.
    radius_m
        Cells within this distance of the town's settlement point belong to it.
    kind
        One of ``ZONE_KINDS``.
    min_mobile
        At least so many mobile stations in the town.
    source
        Who said so.
    """

    town: str
    radius_m: float
    kind: str
    min_mobile: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneSettings:
    """How the grid's cells get their kinds."""

    grid_m: float
    cluster_distance_m: float
    cluster_people: int
    street_width_m: float
    service_radius_m: float
    overrule: tuple[Overrule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """One siting rule.

    Attributes
    ----------
    id
        ``"R1"`` and so on.
    enabled
        False takes the rule out of the plan.
    weight
        Weight of the rule's score in a candidate's total.
    quota_min, quota_max
        Least and largest number of stations that serve the rule; -1 means no upper limit.
    admits
        Who may use its stations: ``public``, ``host`` or ``cluster``.
    options
        The rule's own numbers.
    """

    id: str
    enabled: bool
    weight: float
    quota_min: int
    quota_max: int
    admits: str
    options: Pairs = ()

    def option(self, name: str) -> float:
        """Return one of the rule's own numbers.

        Raises
        ------
        UnknownSettingError
            The settings do not hold it.
        """
        for key, value in self.options:
            if key == name:
                return value
        known = ", ".join(key for key, _ in self.options) or "-"
        raise UnknownSettingError(key=f"rules.{self.id}.options.{name}", known=known)


@dataclass(frozen=True, slots=True, kw_only=True)
class TownQuota:
    """Least and largest number of stations in a town (-1: no upper limit)."""

    town: str
    quota_min: int
    quota_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettings:
    """What is asked of the plan.

    Attributes
    ----------
    stations
        Number of stations, those already there included where they are kept.
    spacing_m
        Two stations open to everyone stand at least so far apart, straight line.
    merge_m
        Candidates of one host, or nearer than this, become one.
    keep_existing
        True keeps every station that is already there.
    priorities
        Weight of one person of each group.
    force, ban
        Site ids that must or must not be chosen.
    kinds
        Quotas of fixed and mobile stations.
    alternatives
        Sites of which at most one is chosen.
    hosts
        What hosts said: refused sites are out, agreed ones are in.
    only_agreed
        True leaves only sites whose host agreed, and existing stations.
    movable
        With ``keep_existing = false``: a station given up goes on at a new place.
    most_given_up
        At most so many existing stations are given up; -1: no limit.
    base, most_changes
        A plan's sites, of which at most so many (beside refused ones) are given up; -1: no limit.
    places
        Candidate places that a planner put on the map.
    """

    stations: int
    spacing_m: float
    merge_m: float
    keep_existing: bool
    priorities: Pairs
    towns: tuple[TownQuota, ...] = ()
    force: tuple[str, ...] = ()
    ban: tuple[str, ...] = ()
    kinds: tuple[KindQuota, ...] = field(default=(), metadata=_LATER)
    alternatives: tuple[AlternativeSites, ...] = field(default=(), metadata=_LATER)
    hosts: tuple[HostAnswer, ...] = field(default=(), metadata=_LATER)
    only_agreed: bool = field(default=False, metadata=_LATER)
    movable: bool = field(default=False, metadata=_LATER)
    most_given_up: int = field(default=-1, metadata=_LATER)
    base: tuple[str, ...] = field(default=(), metadata=_LATER)
    most_changes: int = field(default=-1, metadata=_LATER)
    places: tuple[OwnPlace, ...] = field(default=(), metadata=_LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandSettings:
    """How people are counted where a layer does not say it.

    Attributes
    ----------
    visitor_share
        Share of a service place's visitors of a day who have use for a station.
    frontage_step_m
        Distance between two frontage points of a main street.
    frontage_kerb_m
        From a main street's centreline to its kerbs, where the frontage points stand.
    gap_cluster_m
        Unserved people nearer than this form one gap.
    """

    visitor_share: float
    frontage_step_m: float
    frontage_kerb_m: float
    gap_cluster_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HourSettings:
    """Which hours are asked for.

    Attributes
    ----------
    when
        Empty: people are counted once, whenever stations are open. Else person-hours count, only
        while a station is open: ``"week"``, an hour such as ``"05:00"``, a daypart such as
        ``"noon"``, each with a day before it where wanted (``"Sa 22:00"``).
    season
        ``winter`` or ``summer``.
    """

    when: str
    season: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SolverSettings:
    """Limits that repeat: nodes, never seconds.

    Attributes
    ----------
    nodes
        Largest number of branch-and-bound nodes; 0 means none.
    tolerance
        Relative gap at which a solution counts as within the gap asked for; 0 asks for a proof.
    stage2_share
        Share of the best value that the second stage may give up for better scores.
    seed
        Seed of everything drawn by chance.
    iterations
        Simplex iterations of the questions that are harder than "most people within reach of one
        station": they stop there with the best plan, its bound and its gap.
    seconds
        Wall clock, 0: none. With a limit the status may be ``stopped``, and no run repeats surely.
    """

    nodes: int
    tolerance: float
    stage2_share: float
    seed: int
    iterations: int = field(default=40_000, metadata=_LATER)
    seconds: float = field(default=0.0, metadata=_LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a plan depends on besides the city; hashable, the key of every cache."""

    plan: PlanSettings
    standard: Standard
    zones: ZoneSettings
    demand: DemandSettings
    hours: HourSettings
    solver: SolverSettings
    rules: tuple[RuleSettings, ...]
    question: QuestionSettings = field(default=QuestionSettings(), metadata=_LATER)
    money: MoneySettings = field(default=MoneySettings(), metadata=_LATER)
    capacity: CapacitySettings = field(default=CapacitySettings(), metadata=_LATER)
    visits: VisitSettings = field(default=VisitSettings(), metadata=_LATER)

    def rule(self, rule_id: str) -> RuleSettings:
        """Return one rule's settings."""
        return next(rule for rule in self.rules if rule.id == rule_id)

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical text of the settings."""
        return hashlib.sha256(canonical_text(self).encode()).hexdigest()


def canonical_text(settings: Settings) -> str:
    """Write the settings as JSON with sorted keys; equal settings give equal text."""
    return json.dumps(record_of(settings), sort_keys=True, ensure_ascii=False)


def replace_settings(settings: Settings, **changes: object) -> Settings:
    """Return settings with dotted names changed, such as ``plan__stations=50``.

    Parameters
    ----------
    settings
        What to start from.
    **changes
        ``section__name=value``; ``rules__R1__quota_min=2`` reaches into a rule.
    """
    result = settings
    for name, value in changes.items():
        result = _change(result, name.split("__"), value)
    check_settings(result)
    return result


def _change(owner: Any, path: list[str], value: object) -> Any:
    head, *rest = path
    if head == "rules" and rest:
        rule_id, *inner = rest
        rules = tuple(
            _change(rule, inner, value) if rule.id == rule_id else rule for rule in owner.rules
        )
        return dataclasses.replace(owner, rules=rules)
    if head not in {f.name for f in dataclasses.fields(owner)}:
        known = ", ".join(f.name for f in dataclasses.fields(owner))
        raise UnknownSettingError(key=head, known=known)
    new = _change(getattr(owner, head), rest, value) if rest else value
    return dataclasses.replace(owner, **{head: new})
