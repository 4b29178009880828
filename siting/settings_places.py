"""A planner's own candidate places as a hashable value of the settings."""

from __future__ import annotations

from dataclasses import dataclass

from siting.settings_question import STATION_KINDS, require

MOST_PLACES = 200
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlace:
    """A candidate place that a planner put on the map.

    Attributes
    ----------
    name
        What it is called.
    lon, lat
        Degrees, WGS-84.
    kind
        ``fixed`` or ``mobile``.
    """

    name: str
    lon: float
    lat: float
    kind: str = "fixed"


def check_places(places: tuple[OwnPlace, ...]) -> None:
    """Refuse places that cannot be.

    Raises
    ------
    SettingsError
        A name is empty or too long, a coordinate is none, a kind is unknown, a place repeats, or
        there are too many.
    """
    require(len(places) <= MOST_PLACES, "plan.places", len(places), f"<= {MOST_PLACES} places")
    for place in places:
        fine = 0 < len(place.name.strip()) <= _LONGEST_NAME
        require(fine, "plan.places.name", place.name, f"1 .. {_LONGEST_NAME} characters")
        inside = -180 <= place.lon <= 180 and -90 < place.lat < 90  # noqa: PLR2004 - degrees
        require(inside, "plan.places.lon, lat", (place.lon, place.lat), "degrees, WGS-84")
        kinds = " | ".join(STATION_KINDS)
        require(place.kind in STATION_KINDS, "plan.places.kind", place.kind, kinds)
    require(len(set(places)) == len(places), "plan.places", "a place twice", "each place once")
