"""Sentences of the dashboard itself."""

from __future__ import annotations

from geodata.errors import WarmStationsError


class RunLostError(WarmStationsError):
    """A link names a run that is not there."""

    code = "run_lost"
    sentence = (
        "There is no run '{key}' here: it was removed, or the link is incomplete. "
        "Start a new run on the siting page."
    )


class OtherCityError(WarmStationsError):
    """A kept plan was made from other data than the city has now."""

    code = "other_city"
    sentence = (
        "Plan '{key}' was made from an earlier version of {city}'s data, so it cannot be shown on "
        "the present map. Choose another plan, or make it anew on the siting page."
    )


class WorkLostError(WarmStationsError):
    """The address names unsaved work that is not there."""

    code = "work_lost"
    sentence = (
        "There is no unsaved work '{key}' here: it was saved or given up, or the link is "
        "incomplete. Begin again with your file."
    )


class CityLostError(WarmStationsError):
    """The address names data of a city that this workspace does not have."""

    code = "city_lost"
    sentence = (
        "There are no city data '{key}' here: they belong to another workspace, or the link is "
        "incomplete. Go back to the bundled data."
    )


class PlanLostError(WarmStationsError):
    """A link names a plan that this workspace does not have."""

    code = "plan_lost"
    sentence = (
        "There is no plan '{key}' here: it belongs to another workspace, was deleted, or the link "
        "is incomplete. The library lists the plans that are here."
    )
