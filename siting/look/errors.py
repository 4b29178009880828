"""What is said when there is nothing to look at."""

from __future__ import annotations

from siting.errors import SitingError


class UnknownStationError(SitingError):
    """No site of the plan has this id or name."""

    code = "look_station"
    sentence = (
        "The plan has no site '{found}' among its {count} candidates. Give an id or a full name as "
        "in stations.geojson."
    )


class UnknownEnterpriseError(SitingError):
    """No enterprise, or several, are called so."""

    code = "look_enterprise"
    sentence = (
        "{count} enterprises of '{city}' are called '{found}'. Give the full name or the id of one."
    )


class NoWayError(SitingError):
    """Nobody walks anywhere from this enterprise."""

    code = "look_no_way"
    sentence = (
        "No stop lies within {limit_m} m on foot of '{found}', so nothing is known of its workers' "
        "ways. Add its stops or gates."
    )


class UnknownMainStreetError(SitingError):
    """No main street is called so."""

    code = "look_street"
    sentence = "'{found}' is no main street of '{city}'. Main streets are {known}."


class PictureTypeError(SitingError):
    """A file of this kind is not drawn."""

    code = "look_file"
    sentence = "'{path}' is neither .png nor .geojson. Name the file so that it ends in one."
