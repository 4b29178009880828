"""What the chooser says when no plan can meet the conditions, or the problem is not one."""

from __future__ import annotations

from geodata.errors import WarmStationsError

try:  # the shared class, so that one ``except`` catches every impossible plan
    from siting.errors import InfeasibleError
except ImportError:

    class InfeasibleError(WarmStationsError):  # type: ignore[no-redef]
        """No plan meets the conditions; names those that clash and the cheapest way out."""

        code = "infeasible"
        sentence = "No plan meets these conditions together: {conditions}. {remedy}"


class ProblemError(WarmStationsError):
    """The problem given to the chooser contradicts itself as data."""

    code = "problem"
    sentence = "The siting problem is not usable: {what}. {remedy}"


class CertificateError(WarmStationsError):
    """A certificate or coverage file does not say what it should."""

    code = "certificate"
    sentence = "The file '{path}' is not usable: {why}. Make the plan again."


__all__ = ["CertificateError", "InfeasibleError", "ProblemError"]
