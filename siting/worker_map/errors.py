"""Why a page cannot be made."""

from __future__ import annotations

from siting.errors import SitingError


class PageProjectionError(SitingError):
    """The phone could not turn longitude and latitude into the map's metres."""

    code = "page_projection"
    sentence = (
        "The workers' map needs a city in a transverse Mercator system (such as EPSG:4548), but "
        "this one is in {crs}. Build the city again in such a system."
    )
