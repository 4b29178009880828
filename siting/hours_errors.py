"""What is said when hours cannot be understood."""

from __future__ import annotations

from siting.errors import SitingError


class BadProfileError(SitingError):
    """A line of the groups' weeks is not a day."""

    code = "bad_profile"
    sentence = (
        "Hours of group '{group}', line '{name}': '{found}' is not 24 numbers from 0 to 100. "
        "Write one share in per cent for each hour of the day."
    )


class UnknownProfileError(SitingError):
    """A group has no week."""

    code = "unknown_profile"
    sentence = "Groups {groups} have no hours; known are {known}. Add them to the file of hours."


class BadSeasonError(SitingError):
    """A season nobody knows."""

    code = "bad_season"
    sentence = "'{found}' is no season. Use one of: {known}."


class BadWhenError(SitingError):
    """A time that is neither an hour, a daypart nor the week."""

    code = "bad_when"
    sentence = (
        "'{found}' is no time. Use 'week', a full hour such as '05:00', a part of the day (dawn, "
        "morning, noon, afternoon, evening, night), or put a day before it, such as 'Mo 05:00'."
    )
