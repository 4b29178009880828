"""What the map does not say and a plan needs: people. Every figure here is an assumption.

A row whose number of people comes from here has ``sample`` true and says so in its source, because
nobody counted it. A planner's own table always takes the place of the assumed rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from geodata.columns import ServiceType

if TYPE_CHECKING:
    from collections.abc import Mapping


def _frozen(values: dict[str, float]) -> Mapping[str, float]:
    return MappingProxyType(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class OsmAssumptions:
    """Numbers put in the place of facts that OpenStreetMap does not hold.

    None of them is measured; each is a round figure of the right order, to be replaced.

    Attributes
    ----------
    people_per_industrial_ha
        Employees per hectare of industrial area.
    m2_per_office_worker
        Floor area per employee of an office or commercial building.
    storeys
        Storeys of such a building where ``building:levels`` is absent.
    smallest_headcount
        Areas with fewer assumed employees are left out.
    visitors_per_day, staff
        People at a service place, by service type.
    people_per_m
        People on a main street through the day per metre, by its highest class.
    sanitation_spacing_m, sanitation_people
        One section of a main street, and the workers who sweep it.
    guard_people, courier_people
        Guards at a gate; couriers who wait at a post office or a mall.
    frontage_m
        A host fronts the nearest named street within this distance of its outline.
    community_m, kerb_m
        A community of which only the label is mapped is put at the kerb of the nearest named street
        within this distance of the label; the kerb is so far from the street's line.
    roadside_spacing_m
        Distance between assumed container places along roads that are no main streets.
    open_ground_m
        Open ground is a container place where a street runs within this distance.
    """

    people_per_industrial_ha: float = 50.0
    m2_per_office_worker: float = 25.0
    storeys: int = 4
    smallest_headcount: int = 10
    visitors_per_day: Mapping[str, float] = field(
        default_factory=lambda: _frozen(
            {
                ServiceType.HOSPITAL: 1500,
                ServiceType.MALL: 8000,
                ServiceType.RAIL_STATION: 5000,
                ServiceType.SERVICE_HALL: 300,
                ServiceType.OTHER: 150,
            }
        )
    )
    staff: Mapping[str, float] = field(
        default_factory=lambda: _frozen(
            {
                ServiceType.HOSPITAL: 400,
                ServiceType.MALL: 500,
                ServiceType.RAIL_STATION: 60,
                ServiceType.SERVICE_HALL: 50,
                ServiceType.OTHER: 20,
            }
        )
    )
    people_per_m: Mapping[str, float] = field(
        default_factory=lambda: _frozen({"primary": 0.6, "secondary": 0.4, "tertiary": 0.25})
    )
    sanitation_spacing_m: float = 1000.0
    sanitation_people: int = 3
    guard_people: int = 2
    courier_people: int = 6
    frontage_m: float = 60.0
    community_m: float = 300.0
    kerb_m: float = 15.0
    roadside_spacing_m: float = 500.0
    open_ground_m: float = 100.0


SANITATION_HOURS, SANITATION_INTENSITY = 8.0, 0.8
GUARD_HOURS, GUARD_INTENSITY = 12.0, 0.4
COURIER_HOURS, COURIER_INTENSITY = 9.0, 0.7
