"""The data dictionary: every column of every layer, with what it means.

All layers have a string index ``feature_id`` and the columns of :class:`Feature`; points are in
the city's metric CRS.
"""

from __future__ import annotations

from enum import StrEnum


class LayerName(StrEnum):
    """The layers of a city."""

    ENTERPRISES = "enterprises"
    HOSTS = "hosts"
    SERVICES = "services"
    STOPS = "stops"
    OUTDOOR = "outdoor"
    LOTS = "lots"
    STREETS = "streets"
    EXISTING = "existing"
    GATES = "gates"
    GRID = "grid"


class Feature(StrEnum):
    """Columns of every layer."""

    NAME = "name"
    """Name as the planner knows it."""
    TOWN_CODE = "town_code"
    """Twelve-digit code of the town or sub-district; empty where nobody said."""
    SOURCE = "source"
    """Where the row comes from, as text."""
    SAMPLE = "sample"
    """True for invented rows (示例); they are marked wherever they are shown."""
    ACCURACY_M = "accuracy_m"
    """How far the point may be from the truth, metres."""
    GEOMETRY = "geometry"
    """Point in the city's metric CRS."""


class Enterprise(StrEnum):
    """Places where many people are employed."""

    HEADCOUNT = "headcount"
    """Employees, people."""
    PARK = "park"
    """Industrial park or area, empty where none."""


class Gate(StrEnum):
    """Gates of enterprises, where their workers leave the ground."""

    ENTERPRISE = "enterprise"
    """Id or name of the enterprise the gate belongs to."""


class Grid(StrEnum):
    """People of a group in the cells of a grid, counted by someone else."""

    GROUP = "group"
    """One of :class:`Group`."""
    PEOPLE = "people"
    """People of the group, people."""


class Host(StrEnum):
    """Venues that could lend their place to a station on a street."""

    HOST_TYPE = "host_type"
    """One of community, union_station, restaurant, school, shop, office, other."""
    STREET_NAME = "street_name"
    """Street that the host fronts; empty where it fronts none."""
    NAMED_IN_ARTICLE = "named_in_article"
    """True for the nine hosts that the Daxing article names."""


class Service(StrEnum):
    """Hospitals, malls, stations and service halls."""

    SERVICE_TYPE = "service_type"
    """One of hospital, mall, rail_station, service_hall, other."""
    VISITORS_PER_DAY = "visitors_per_day"
    """Visitors, people a day."""
    STAFF = "staff"
    """People employed there."""


class Stop(StrEnum):
    """Public transport stops."""

    STOP_TYPE = "stop_type"
    """bus or rail."""


class Outdoor(StrEnum):
    """People who work outdoors, gathered at a place."""

    GROUP = "group"
    """One of sanitation, guard, courier."""
    PEOPLE = "people"
    """Workers, people."""
    HOURS_PER_DAY = "hours_per_day"
    """Hours outdoors a day."""
    INTENSITY = "intensity"
    """Physical intensity, share 0-1."""


class Lot(StrEnum):
    """Open places where a container can stand."""

    LOT_TYPE = "lot_type"
    """Kind of place, such as roadside, park edge, parking."""


class Street(StrEnum):
    """Main streets."""

    STREET_NAME = "street_name"
    """Name, equal to the edges' name in the street network."""
    PEOPLE_PER_M = "people_per_m"
    """People on the street through the day, per metre of its length."""


class Existing(StrEnum):
    """Stations that are already there."""

    RULES = "rules"
    """Rules they serve, such as ``"R1,R2"``."""
    STATION_KIND = "station_kind"
    """fixed or mobile."""
    HOST_TYPE = "host_type"
    """As for hosts."""
    STREET_NAME = "street_name"
    """Street that the station fronts; empty where none."""
    ADMITS = "admits"
    """public, host or cluster."""


class Group(StrEnum):
    """Roles in which people use a station; one person may have several."""

    EMPLOYEE = "employee"
    VISITOR = "visitor"
    SERVICE_STAFF = "service_staff"
    STREET = "street"
    SANITATION = "sanitation"
    GUARD = "guard"
    COURIER = "courier"


class HostType(StrEnum):
    """Kinds of hosts on a street."""

    COMMUNITY = "community"
    UNION_STATION = "union_station"
    RESTAURANT = "restaurant"
    SCHOOL = "school"
    SHOP = "shop"
    OFFICE = "office"
    OTHER = "other"


class ServiceType(StrEnum):
    """Kinds of service places."""

    HOSPITAL = "hospital"
    MALL = "mall"
    RAIL_STATION = "rail_station"
    SERVICE_HALL = "service_hall"
    OTHER = "other"
