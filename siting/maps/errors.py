"""What is said when a map cannot be drawn."""

from __future__ import annotations

from geodata.errors import WarmStationsError


class MapAssetError(WarmStationsError):
    """A script or style of the map is not installed."""

    code = "map_asset"
    sentence = (
        "The map cannot be drawn: '{asset}' is missing from this installation. "
        "Run 'make setup' (or install the package {package}) and open the page again."
    )


class MapWriteError(WarmStationsError):
    """A map file cannot be written."""

    code = "map_write"
    sentence = "The map cannot be written to '{path}' ({why}). Choose another folder."
