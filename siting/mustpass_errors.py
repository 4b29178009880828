"""What is said when gates do not fit their enterprise."""

from __future__ import annotations

from siting.errors import SitingError


class GateError(SitingError):
    """A gate cannot belong to the enterprise it names."""

    code = "gate_far"
    sentence = (
        "Gates {gates} lie {distance_m} m and more from their enterprise ({hosts}), farther than "
        "the {limit_m} m allowed beyond its ground. Check the gates' coordinates and the "
        "enterprise they name."
    )


class UnknownGateHostError(SitingError):
    """A gate names an enterprise that is not there."""

    code = "gate_unknown_host"
    sentence = (
        "Gates {gates} name enterprises that do not exist or share their name: {hosts}. Write the "
        "name or the id as in the layer of enterprises."
    )
