"""The public edition of a plan: stations anyone may see, their hours, services and rota."""

from siting.edition.counts import MIN_PEOPLE, hide_small
from siting.edition.errors import (
    BadHoursError,
    BadPhoneError,
    BadServiceError,
    EmptyEditionError,
    FactsKeyError,
    PublicError,
    PublicTextError,
    StaleCityError,
    UnknownColumnsError,
    UnknownStationsError,
    UnreadableFactsError,
)
from siting.edition.facts import SERVICES, empty_facts, read_facts
from siting.edition.holidays import WorkCalendar, work_calendar
from siting.edition.hours import HoursTable, hours_table, parse_hours
from siting.edition.value import (
    PUBLIC_COLUMNS,
    ROTA_COLUMNS,
    Edition,
    PublicOptions,
    make_edition,
    public_stations,
)

__all__ = [
    "MIN_PEOPLE",
    "PUBLIC_COLUMNS",
    "ROTA_COLUMNS",
    "SERVICES",
    "BadHoursError",
    "BadPhoneError",
    "BadServiceError",
    "Edition",
    "EmptyEditionError",
    "FactsKeyError",
    "HoursTable",
    "PublicError",
    "PublicOptions",
    "PublicTextError",
    "StaleCityError",
    "UnknownColumnsError",
    "UnknownStationsError",
    "UnreadableFactsError",
    "WorkCalendar",
    "empty_facts",
    "hide_small",
    "hours_table",
    "make_edition",
    "parse_hours",
    "public_stations",
    "read_facts",
    "work_calendar",
]
