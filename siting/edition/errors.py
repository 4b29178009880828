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


class UnknownFactsError(PublicError):
    """The table of public facts has columns or stations nobody knows."""

    code = "public_facts"
    sentence = (
        "The table of public facts '{path}': {what} {names} unknown. Known are {known}. "
        "Take out or rename them, so that nothing internal slips in."
    )


class BadFactError(PublicError):
    """A cell of the table of public facts is not what its column holds."""

    code = "public_fact"
    sentence = (
        "The table of public facts, station '{station}', column '{column}': '{value}' is not "
        "{expected}. Mend the cell."
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
