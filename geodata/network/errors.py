"""What is said when a street network cannot be made of the given rows."""

from __future__ import annotations

from geodata.errors import DataError


class NetworkError(DataError):
    """A street network is not usable."""

    code = "network"


class GeographicCrsError(NetworkError):
    """Streets came in degrees, or in no CRS at all."""

    code = "geographic_crs"
    sentence = (
        "Street networks need a projected CRS in metres, not {crs}. Convert the streets first, "
        "for Daxing to EPSG:4548."
    )


class NoStreetsError(NetworkError):
    """There is no edge to walk on."""

    code = "no_streets"
    sentence = (
        "The street layer has no walkable edge. Check that the extract holds streets "
        "(ways with a highway tag) inside the city's area."
    )


class BadEdgesError(NetworkError):
    """Rows of the street layer are no usable lines."""

    code = "bad_edges"
    sentence = (
        "{count} street edges are not usable (rows {rows}): {why}. Mend or delete these rows and "
        "read the streets again."
    )


class BadPointsError(NetworkError):
    """Points to be snapped have no position."""

    code = "bad_points"
    sentence = (
        "{count} points have no finite position (rows {rows}). Give each point x and y in metres "
        "of the city's CRS."
    )


class InconsistentNetworkError(NetworkError):
    """The arrays of a network do not fit each other."""

    code = "inconsistent_network"
    sentence = (
        "The street network's arrays do not fit each other: {why}. Build it with build_network."
    )
