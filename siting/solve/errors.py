"""What the chooser says when the problem or a proof's file is not usable."""

from __future__ import annotations

from siting.errors import InfeasibleError, SitingError


class ProblemError(SitingError):
    """The problem given to the chooser contradicts itself as data."""

    code = "problem"
    sentence = "The siting problem is not usable: {what}. {remedy}"


class ProofFileError(SitingError):
    """A plan's proof files cannot be read."""

    code = "proof_file"
    sentence = "The file '{path}' is not usable: {why}. Make the plan again."


class PlanRefusedError(SitingError):
    """The checker does not accept a plan."""

    code = "plan_refused"
    sentence = "The plan '{path}' does not hold: {why} Make it again, or ask who changed it."


class NoStationsError(SitingError):
    """There is no existing station to judge."""

    code = "no_stations"
    sentence = (
        "City '{city}' has no existing station to judge. Give a table of them with '--existing'."
    )


__all__ = [
    "InfeasibleError",
    "NoStationsError",
    "PlanRefusedError",
    "ProblemError",
    "ProofFileError",
]
