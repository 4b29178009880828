"""Service areas and must-pass ways as GeoJSON (RFC 7946, WGS-84), internal edition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from siting.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata import City
    from siting.mustpass import MustPass
    from siting.service_area import ServiceArea

_DEGREES = 7


def area_geojson(city: City, area: ServiceArea, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outline and the reached pieces of street; ``facts`` go with both."""
    lines = shapely.multilinestrings(shapely.get_parts(area.segments.geometry.to_numpy()))
    features = [
        _feature(city, area.outline, {"kind": "outline", **facts}),
        _feature(city, lines, {"kind": "streets", "length_m": round(area.length_m, 1), **facts}),
    ]
    return _collection(city, features, "service_area")


def way_geojson(city: City, way: MustPass, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the places looked at, largest share first, and the flows."""
    features = [
        _feature(
            city,
            shapely.Point(place.x, place.y),
            {"kind": place.kind, "name": place.name, "share": round(place.share, 4), **facts},
        )
        for place in way.places
        if place.share > 0
    ]
    if way.flows is not None:
        rows = zip(way.flows.geometry, way.flows["people_milli"], way.flows["share"], strict=True)
        features += [
            _feature(city, line, {"kind": "flow", "people": milli / 1000, "share": round(share, 4)})
            for line, milli, share in rows
        ]
    return _collection(city, features, "must_pass")


def _feature(city: City, shape: shapely.Geometry, properties: dict[str, Any]) -> dict[str, Any]:
    degrees = shapely.transform(shape, lambda xy: np.round(city.to_lonlat(xy), _DEGREES))
    # RFC 7946 wants outer rings counterclockwise; orient_polygons leaves other shapes alone
    geometry = shapely.geometry.mapping(shapely.orient_polygons(degrees))
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _collection(city: City, features: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "schema_version": 1,
        "kind": kind,
        "edition": "internal",
        "edition_zh": t("zh", "notes.internal_edition"),
        "edition_en": t("en", "notes.internal_edition"),
        "city": city.city_id,
        "city_version": city.version,
        "features": features,
    }
