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
