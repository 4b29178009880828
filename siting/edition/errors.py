"""What can be wrong with what a planner gives to be published."""

from __future__ import annotations

from siting.errors import SitingError


class PublicError(SitingError):
    """Something cannot be shown to the public as given."""

    code = "public"


class BadHoursError(PublicError):
    """Opening hours that nobody can read."""

    code = "public_hours"
    sentence = (
        "Opening hours of station '{station}': '{text}' is not understood at '{part}'. Write for "
        "example 'Mo-Fr 08:00-18:00; PH off' or '周一至周五 08:00-18:00; 节假日休息'."
    )


class UnreadableFactsError(PublicError):
    """The table of public facts cannot be read."""

    code = "public_facts_file"
    sentence = (
        "The table of public facts '{path}' cannot be read ({why}). "
        "Save it as CSV (UTF-8 or GBK) with a first row of column names."
    )


class FactsKeyError(PublicError):
    """The table of public facts does not name each station once."""

    code = "public_facts_key"
    sentence = (
        "The table of public facts '{path}' must have a column 'site_id' (站点编号) that "
        "names each station once. Add it, or take out the second row of a station."
    )


class UnknownColumnsError(PublicError):
    """The table of public facts has columns that nobody asked for."""

    code = "public_facts_columns"
    sentence = (
        "The table of public facts '{path}' has the columns {names}, which are not public ones. "
        "Take them out or rename them to one of {known}, so that nothing internal slips in."
    )


class UnknownStationsError(PublicError):
    """A table speaks of stations that the plan does not have."""

    code = "public_stations"
    sentence = (
        "The {count} stations {names} of your tables are not in the plan (its ids look like "
        "{known}). Take their rows out or give the plan they belong to."
    )


class BadServiceError(PublicError):
    """A service that nobody knows."""

    code = "public_service"
    sentence = (
        "The table of public facts, station '{station}': there is no service '{value}'. "
        "Write one of {known}."
    )


class BadPhoneError(PublicError):
    """A telephone number that is none."""

    code = "public_phone"
    sentence = (
        "The table of public facts, station '{station}': '{value}' is no telephone number. "
        "Write it like 010-69250000."
    )


class PublicTextError(PublicError):
    """A text to be shown holds what must not be public."""

    code = "public_text"
    sentence = (
        "{count} texts cannot be published ({examples}). Correct them in the plan's data or give "
        "other texts in the table of public facts."
    )


class EmptyEditionError(PublicError):
    """There is no station to publish."""

    code = "public_empty"
    sentence = "The plan has no station, so there is nothing to publish. Make a plan first."


class StaleCityError(PublicError):
    """The plan was made for another state of the city."""

    code = "public_city"
    sentence = (
        "The plan was made for city '{plan_city}' version {plan_version}, but '{city}' version "
        "{city_version} was given. Make the plan again or give the city it was made for."
    )
