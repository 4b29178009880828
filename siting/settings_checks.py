"""Refuse settings that cannot be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.columns import Group
from siting.settings_places import check_places
from siting.settings_question import check_question
from siting.settings_question import require as _require

if TYPE_CHECKING:
    from siting.settings import RuleSettings, Settings

ADMISSIONS = ("public", "host", "cluster")
ZONE_KINDS = ("enterprise", "street", "service", "sparse")


def check_settings(settings: Settings) -> None:
    """Refuse values that cannot be meant.

    Raises
    ------
    SettingsError
        A value is out of its range.
    """
    standard = settings.standard
    for name in ("minutes", "dense_minutes", "speed_m_s", "detour_factor", "snap_limit_m"):
        _require(getattr(standard, name) > 0, f"standard.{name}", getattr(standard, name), "> 0")
    _require(
        settings.demand.frontage_kerb_m >= 0,
        "demand.frontage_kerb_m",
        settings.demand.frontage_kerb_m,
        ">= 0",
    )
    _require(standard.minutes <= 24 * 60, "standard.minutes", standard.minutes, "<= 1440")
    _require(standard.detour_factor >= 1, "standard.detour_factor", standard.detour_factor, ">= 1")
    for table in ("group_minutes", "group_speed_m_s"):
        for name, value in getattr(standard, table):
            known = " | ".join(Group)
            _require(name in tuple(Group), f"standard.{table}", name, known)
            _require(value > 0, f"standard.{table}.{name}", value, "> 0")
    _require(settings.zones.grid_m >= 10, "zones.grid_m", settings.zones.grid_m, ">= 10")  # noqa: PLR2004
    _require(
        settings.demand.frontage_step_m >= 1,
        "demand.frontage_step_m",
        settings.demand.frontage_step_m,
        ">= 1",
    )
    share = settings.demand.visitor_share
    _require(0 <= share <= 1, "demand.visitor_share", share, "0 .. 1")
    for overrule in settings.zones.overrule:
        kinds = " | ".join(ZONE_KINDS)
        _require(overrule.kind in ZONE_KINDS, "zones.overrule.kind", overrule.kind, kinds)
    for name, priority in settings.plan.priorities:
        _require(0 <= priority <= 1000, f"plan.priorities.{name}", priority, "0 .. 1000")  # noqa: PLR2004
    for rule in settings.rules:
        _check_rule(rule)
    share = settings.solver.stage2_share
    _require(0 <= share < 1, "solver.stage2_share", share, "0 .. 1")
    check_question(settings)
    check_places(settings.plan.places)


def _check_rule(rule: RuleSettings) -> None:
    key = f"rules.{rule.id}"
    _require(rule.admits in ADMISSIONS, f"{key}.admits", rule.admits, " | ".join(ADMISSIONS))
    _require(rule.weight >= 0, f"{key}.weight", rule.weight, ">= 0")
    _require(rule.quota_min >= 0, f"{key}.quota_min", rule.quota_min, ">= 0")
