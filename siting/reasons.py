"""Why a station stands where it stands, in plain Chinese and English, naming the clause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping


_MAIN_CRITERION = {
    "R1": "headcount",
    "R2": "street_people",
    "R3": "visitors",
    "R4": "outdoor_need",
}
"""What a rule's sentence is about; where it is nothing the sentence names the rule alone."""


def people_text(milli: int) -> str:
    """Write thousandths of a person as whole people with thousands separators."""
    return f"{round(milli / 1000):,}"


def station_reason(
    lang: str, station: Mapping[str, Any], *, cutoff_m: int, street_m: float, hours: bool = False
) -> str:
    """Write one station's reason.

    Parameters
    ----------
    lang
        ``zh`` or ``en``.
    station
        A row of the plan's stations with its figures.
    cutoff_m
        Accepted walking distance, metres.
    street_m
        Length of the connected street that it serves, metres; 0 where none.
    hours
        True where the figures are person-hours and not person-uses.
    """
    parts = [_existing(lang) if station["existing"] else ""]
    parts += [_clause(lang, rule, station, street_m) for rule in station["rules"]]
    parts.append(
        t(
            lang,
            f"reason.{_figures(station, hours=hours)}",
            unit=t(lang, "counted.hours" if hours else "counted.uses"),
            cutoff=f"{cutoff_m:,}",
            served=people_text(station["served_milli"]),
            walk=people_text(station["served_walk_milli"]),
            street=people_text(station["served_street_milli"]),
            alone=people_text(station["alone_milli"]),
        )
    )
    if station["sample"]:
        parts.append(t(lang, "reason.sample"))
    separator = "" if lang == "zh" else " "
    return separator.join(part for part in parts if part)


def _figures(station: Mapping[str, Any], *, hours: bool) -> str:
    """Choose the sentence of a station's figures."""
    if station["served_milli"] == 0 and station["in_range_milli"]:
        return "figures_none"
    if station["served_milli"] == 0:
        return "figures_closed" if hours else "figures_nobody"
    return "figures_street" if station["served_street_milli"] > 0 else "figures"


def _existing(lang: str) -> str:
    return t(lang, "reason.existing")


def _clause(lang: str, rule: str, station: Mapping[str, Any], street_m: float) -> str:
    raw = {item["criterion"]: item["raw"] for item in station["criteria"] if item["rule"] == rule}
    facts = {name: f"{value:,.0f}" for name, value in raw.items()}
    admits = t(lang, f"admits.{station['admits']}.{rule}")
    if not raw or raw.get(_MAIN_CRITERION.get(rule, ""), 1.0) == 0:
        return t(lang, f"reason.{rule}_plain", host=station["host_name"], admits=admits)
    if raw.get("must_pass", 0) > 0:
        rule = f"{rule}_must_pass"
    return t(
        lang,
        f"reason.{rule}",
        host=station["host_name"],
        street=station["street_name"],
        street_m=f"{street_m:,.0f}",
        admits=admits,
        **facts,
    )
