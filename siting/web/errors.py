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


class PlanLostError(WarmStationsError):
    """A link names a plan that is not there."""

    code = "plan_lost"
    sentence = (
        "There is no plan '{key}' in this workspace: it was deleted, or the link is from another "
        "workspace. Choose one on the plans page."
    )
