"""What a planner may ask besides "most people with so many stations", as hashable values.

Every field has the default that leaves a plan as it was before the field existed; such a default is
not written into a plan's record, so that older records and hashes stay what they are.
"""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geodata.columns import Group
from siting.errors import SettingsError

if TYPE_CHECKING:
    from siting.settings import Settings

Pairs = tuple[tuple[str, float], ...]

KINDS = (
    "most_people",
    "fewest",
    "cheapest",
    "mean_distance",
    "worst_distance",
    "equal_distance",
    "visits",
    "worst_part",
)
"""The questions; `QuestionSettings.kind` says what each asks for."""

DISTANCE_KINDS = ("mean_distance", "worst_distance", "equal_distance", "visits")
PARTS = ("town", "group")
ANSWERS = ("asked", "agreed", "refused")
STATION_KINDS = ("fixed", "mobile")
BASES = ("all", "coverable")
MOST_NEED = 5
LARGEST_PRICE = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorSettings:
    """A least covered share of one town (twelve-digit code) or group."""

    part: str
    name: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSettings:
    """What the plan is best at.

    Attributes
    ----------
    kind
        ``most_people`` within reach; ``fewest`` or ``cheapest`` stations for a share;
        ``mean_distance`` and ``worst_distance`` smallest; ``equal_distance`` (Kolm-Pollak: long
        walks count more) smallest; most ``visits`` with distance decay; ``worst_part``: the worst
        town or group as good as possible.
    share
        ``fewest``, ``cheapest``: share of all people that must be covered; ``worst_distance``:
        share of the people within ``far_m`` of a candidate whose distance counts.
    need
        Stations a person needs within reach to count; 2 and more is backup cover.
    of
        ``all`` people or ``coverable`` ones (some candidate serves them): what shares are of.
    part
        ``worst_part``: ``town`` or ``group``.
    floor_town, floor_group
        No town, no group below this covered share (parts nobody can serve are left out).
    floors
        Floors of single towns or groups.
    far_m
        Distance questions: farther than this counts as this far, metres.
    step_m
        Distance questions: distances are rounded up to multiples of this, metres.
    aversion
        ``equal_distance``: how much inequality counts.
    phases, phase_months
        Stations standing after each phase, rising, the last is the plan; months each lasts.
    """

    kind: str = "most_people"
    share: float = 0.8
    need: int = 1
    of: str = "all"
    part: str = "town"
    floor_town: float = 0.0
    floor_group: float = 0.0
    floors: tuple[FloorSettings, ...] = ()
    far_m: float = 3000.0
    step_m: float = 50.0
    aversion: float = 1.0
    phases: tuple[int, ...] = ()
    phase_months: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneySettings:
    """What stations cost, in yuan, and how much there is.

    Attributes
    ----------
    budget
        Money for building and ``years`` of running; -1: money does not limit.
    years
        Years of running that the budget pays.
    build_fixed, build_mobile, run_fixed, run_mobile
        Building one station, and running it for a year. Existing stations cost their running.
    close, move
        Giving up an existing station; moving one to another place (then ``plan.movable``).
    build_sites, run_sites
        Prices of single sites, site id to yuan.
    """

    budget: float = -1.0
    years: float = 1.0
    build_fixed: float = 30_000.0
    build_mobile: float = 80_000.0
    run_fixed: float = 12_000.0
    run_mobile: float = 18_000.0
    close: float = 5_000.0
    move: float = 15_000.0
    build_sites: Pairs = ()
    run_sites: Pairs = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacitySettings:
    """How many people (person-hours where hours are asked for) one station serves; 0: no limit."""

    fixed: float = 0.0
    mobile: float = 0.0
    sites: Pairs = ()

    @property
    def limits(self) -> bool:
        """Whether any station has a limit."""
        return self.fixed > 0 or self.mobile > 0 or any(most > 0 for _, most in self.sites)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSettings:
    """Expected visits: at the door ``rate`` a day per person, half of it every ``half_m``."""

    rate: float = 0.05
    half_m: float = 400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KindQuota:
    """Least and largest number of ``fixed`` or ``mobile`` stations (-1: no upper limit)."""

    kind: str
    quota_min: int = 0
    quota_max: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeSites:
    """Sites of which at most ``most`` are chosen."""

    name: str
    sites: tuple[str, ...]
    most: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class HostAnswer:
    """What the host of a site said: ``asked`` (waits), ``agreed`` (kept), ``refused`` (out)."""

    site: str
    answer: str


def record_of(value: Any) -> Any:
    """Write a value for a plan's record: what an older program did not know is left out if unset.

    Such fields carry the metadata ``later``; a record without them reads as their defaults.
    """
    if dataclasses.is_dataclass(value):
        return {
            item.name: record_of(getattr(value, item.name))
            for item in dataclasses.fields(value)
            if not (item.metadata.get("later") and getattr(value, item.name) == _default(item))
        }
    return [record_of(item) for item in value] if isinstance(value, tuple) else value


def _default(item: dataclasses.Field[Any]) -> Any:
    made = item.default_factory
    return item.default if made is dataclasses.MISSING else made()


def require(right: bool, key: str, found: object, expected: str) -> None:  # noqa: FBT001
    """Refuse a value out of its range.

    Raises
    ------
    SettingsError
        ``right`` is False.
    """
    if not right:
        raise SettingsError(key=key, found=repr(found), expected=expected)


def check_question(settings: Settings) -> None:
    """Refuse questions that cannot be meant, and conditions that do not go together.

    Raises
    ------
    SettingsError
        A value is out of its range.
    """
    asked = settings.question
    _one_of("question.kind", asked.kind, KINDS)
    _one_of("question.of", asked.of, BASES)
    _one_of("question.part", asked.part, PARTS)
    for name in ("share", "floor_town", "floor_group"):
        _share(f"question.{name}", getattr(asked, name))
    for floor in asked.floors:
        _one_of("question.floors.part", floor.part, PARTS)
        if floor.part == "group":
            _one_of("question.floors.name", floor.name, tuple(Group))
        _share("question.floors.share", floor.share)
    require(1 <= asked.need <= MOST_NEED, "question.need", asked.need, f"1 .. {MOST_NEED}")
    require(0 < asked.far_m <= 50_000, "question.far_m", asked.far_m, "0 .. 50000, not 0")  # noqa: PLR2004
    require(asked.step_m >= 1, "question.step_m", asked.step_m, ">= 1")
    require(0 < asked.aversion <= 10, "question.aversion", asked.aversion, "0 .. 10, not 0")  # noqa: PLR2004
    _check_phases(settings)
    _check_together(settings)
    _check_capacity(settings)
    _check_money(settings)
    _check_conditions(settings)


def _one_of(key: str, found: str, known: tuple[str, ...]) -> None:
    require(found in known, key, found, " | ".join(known))


def _share(key: str, share: float) -> None:
    require(0 <= share <= 1, key, share, "0 .. 1")


def _check_phases(settings: Settings) -> None:
    sizes, months = settings.question.phases, settings.question.phase_months
    rising = all(a < b for a, b in itertools.pairwise(sizes)) and min(sizes, default=0) >= 0
    require(rising, "question.phases", list(sizes), "rising numbers of stations")
    fits = not sizes or sizes[-1] == settings.plan.stations
    require(
        fits,
        "question.phases",
        list(sizes),
        f"the last is plan.stations ({settings.plan.stations})",
    )
    fits = len(months) in (0, len(sizes)) and min(months, default=1) > 0
    require(fits, "question.phase_months", list(months), "none, or one > 0 for each phase")


def _check_together(settings: Settings) -> None:
    """Name the fields that a kind of question does not go with."""
    asked, kind = settings.question, settings.question.kind
    floors = bool(asked.floors or asked.floor_town or asked.floor_group)
    unset = {
        "question.need": (asked.need > 1, "1"),
        "question.floors": (floors, "none"),
        "capacity": (settings.capacity.limits, "no limit"),
        "question.phases": (bool(asked.phases), "none"),
    }
    refused = {
        "most_people": (),
        "fewest": ("capacity", "question.phases"),
        "cheapest": ("capacity", "question.phases"),
        "worst_part": ("question.floors", "capacity", "question.phases"),
    }.get(kind, tuple(unset))
    if settings.capacity.limits or asked.phases:
        refused = tuple({*refused, "question.need", "question.floors"})
    if settings.capacity.limits and asked.phases:
        refused = (*refused, "question.phases")
    for key in sorted(refused):
        present, expected = unset[key]
        also = f"{expected} where question.kind is '{kind}'"
        if settings.capacity.limits and key != "capacity":
            also = f"{expected} where stations have a capacity"
        elif asked.phases and key != "question.phases":
            also = f"{expected} where there are phases"
        require(not present, key, getattr(asked, key.partition(".")[2], settings.capacity), also)


def _check_capacity(settings: Settings) -> None:
    """Capacities count people; a person that counts as two would fill two places."""
    unequal = sorted({priority for _, priority in settings.plan.priorities} - {1.0})
    fine = not settings.capacity.limits or not unequal
    require(fine, "plan.priorities", unequal, "1 for each group where stations have a capacity")
    for name in STATION_KINDS:
        most = getattr(settings.capacity, name)
        require(most >= 0, f"capacity.{name}", most, ">= 0")
    for site, most in settings.capacity.sites:
        require(most >= 0, f"capacity.sites.{site}", most, ">= 0")


def _check_money(settings: Settings) -> None:
    money = settings.money
    for item in dataclasses.fields(money):
        value = getattr(money, item.name)
        if isinstance(value, tuple):
            for site, price in value:
                require(price >= 0, f"money.{item.name}.{site}", price, ">= 0")
        elif item.name == "budget":
            require(value >= 0 or value == -1, "money.budget", value, ">= 0, or -1 for no limit")
        else:
            require(
                0 <= value <= LARGEST_PRICE,
                f"money.{item.name}",
                value,
                f"0 .. {LARGEST_PRICE:.0e}",
            )
    require(settings.visits.rate >= 0, "visits.rate", settings.visits.rate, ">= 0")
    require(settings.visits.half_m > 0, "visits.half_m", settings.visits.half_m, "> 0")


def _check_conditions(settings: Settings) -> None:
    plan = settings.plan
    for quota in plan.kinds:
        _one_of("plan.kinds.kind", quota.kind, STATION_KINDS)
        require(quota.quota_min >= 0, "plan.kinds.quota_min", quota.quota_min, ">= 0")
    for host in plan.hosts:
        _one_of("plan.hosts.answer", host.answer, ANSWERS)
    require(plan.most_given_up >= -1, "plan.most_given_up", plan.most_given_up, ">= -1")
    require(plan.most_changes >= -1, "plan.most_changes", plan.most_changes, ">= -1")
    require(settings.solver.iterations > 0, "solver.iterations", settings.solver.iterations, "> 0")
    require(settings.solver.seconds >= 0, "solver.seconds", settings.solver.seconds, ">= 0")
