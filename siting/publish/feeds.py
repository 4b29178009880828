"""The public edition as data: GeoJSON with its schema, CSV for Amap and Baidu, the overview."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from geodata.datum import wgs84_to_bd09, wgs84_to_gcj02
from siting.edition.facts import SERVICES
from siting.edition.value import NO_TOWN
from siting.edition.words import hours_in_words
from siting.i18n import t

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from siting.edition import Edition

SCHEMA_VERSION = 1
_DECIMALS = 6
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CSV_COLUMNS = (
    "site_id",
    "name",
    "longitude",
    "latitude",
    "address",
    "town",
    "hours",
    "services",
    "phone",
    "note",
    "sample",
)


def feeds(edition: Edition) -> dict[str, bytes]:
    """Return the data files, name to content."""
    return {
        "stations.geojson": _json(public_geojson(edition)),
        "stations.schema.json": _json(geojson_schema()),
        "stations_amap_gcj02.csv": _csv(edition, wgs84_to_gcj02),
        "stations_baidu_bd09.csv": _csv(edition, wgs84_to_bd09),
        "overview.csv": _overview(edition),
    }


def lonlat(edition: Edition) -> NDArray[np.float64]:
    """Return the stations' WGS-84 degrees, shape (n, 2), rounded to the metre's tenth."""
    rows = edition.stations
    xy = shapely.get_coordinates(rows.geometry.to_numpy())
    pipe = Transformer.from_crs(rows.crs, "EPSG:4326", always_xy=True)
    return np.round(np.column_stack(pipe.transform(xy[:, 0], xy[:, 1])), _DECIMALS)


def public_geojson(edition: Edition) -> dict[str, Any]:
    """Return the public edition as a GeoJSON object (RFC 7946, WGS-84)."""
    points = lonlat(edition)
    features = [
        {
            "type": "Feature",
            "id": site_id,
            "geometry": {"type": "Point", "coordinates": points[at].tolist()},
            "properties": _properties(row),
        }
        for at, (site_id, row) in enumerate(_rows(edition))
    ]
    return {
        "type": "FeatureCollection",
        "edition": "public",
        "schema_version": SCHEMA_VERSION,
        "version": edition.version,
        "published": edition.options.published.isoformat(),
        "map_review_number": edition.options.review_number,
        "city": edition.city_name,
        "attribution": "Streets (c) OpenStreetMap contributors, ODbL 1.0",
        "features": features,
    }


def _rows(edition: Edition) -> list[tuple[str, dict[str, Any]]]:
    rows = pd.DataFrame(edition.stations.drop(columns="geometry"))
    return list(zip(rows.index.tolist(), rows.to_dict("records"), strict=True))


def _properties(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "kind": row["kind"],
        "host_type": row["host_type"],
        "town": row["town_name"],
        "street": row["street"],
        "address": row["address"],
        "admits": row["admits"],
        "opening_hours": row["hours"],
        "hours_confirmed": bool(row["hours_confirmed"]),
        "services": [code for code in SERVICES if code in row["services"].split(",")],
        "services_confirmed": bool(row["services_confirmed"]),
        "phone": row["phone"],
        "note": row["note"],
        "sample": bool(row["sample"]),
        "accuracy_m": float(row["accuracy_m"]),
    }


def geojson_schema() -> dict[str, Any]:
    """Return the JSON schema of ``stations.geojson``."""
    text, flag = {"type": "string"}, {"type": "boolean"}
    properties = {
        "name": {"type": "string", "minLength": 1},
        "kind": {"enum": ["fixed", "mobile"]},
        "host_type": text,
        "town": text,
        "street": text,
        "address": text,
        "admits": {"enum": ["public", "host", "cluster"]},
        "opening_hours": text,
        "hours_confirmed": flag,
        "services": {"type": "array", "items": {"enum": list(SERVICES)}, "uniqueItems": True},
        "services_confirmed": flag,
        "phone": text,
        "note": text,
        "sample": flag,
        "accuracy_m": {"type": "number", "minimum": 0},
    }
    point = _object(
        {
            "type": {"const": "Point"},
            "coordinates": {
                "type": "array",
                "items": {"type": "number"},
                "minItems": 2,
                "maxItems": 2,
            },
        }
    )
    feature = _object(
        {
            "type": {"const": "Feature"},
            "id": text,
            "geometry": point,
            "properties": _object(properties),
        }
    )
    collection = _object(
        {
            "type": {"const": "FeatureCollection"},
            "edition": {"const": "public"},
            "schema_version": {"const": SCHEMA_VERSION},
            "version": text,
            "published": {"type": "string", "format": "date"},
            "map_review_number": text,
            "city": text,
            "attribution": text,
            "features": {"type": "array", "items": feature},
        }
    )
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **collection}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    return (text.replace("<", "\\u003c") + "\n").encode()


def _csv(edition: Edition, shift: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> bytes:
    """Write the upload table of a web map in its own datum, with Chinese headers."""
    points = np.round(shift(lonlat(edition)), _DECIMALS)
    lines = [[t("zh", f"public.columns.{column}") for column in _CSV_COLUMNS]]
    for at, (site_id, row) in enumerate(_rows(edition)):
        services = "、".join(
            t("zh", f"public.page.service_{code}") for code in row["services"].split(",") if code
        )
        lines.append(
            [
                site_id,
                row["name"],
                f"{points[at, 0]:.{_DECIMALS}f}",
                f"{points[at, 1]:.{_DECIMALS}f}",
                row["address"] or row["street"],
                row["town_name"],
                hours_in_words(row["hours"], "zh"),
                services,
                row["phone"],
                row["note"],
                t("zh", "public.columns.sample_yes") if row["sample"] else "",
            ]
        )
    return _table(lines)


def _overview(edition: Edition) -> bytes:
    """People served by town and group; small counts say that they are not shown."""
    hidden, total = (t("zh", f"public.columns.{key}") for key in ("hidden", "total"))
    table = edition.overview
    heads = [total if str(name) == "total" else t("zh", f"groups.{name}") for name in table.columns]
    lines = [[t("zh", "public.columns.town"), *heads]]
    for town, row in zip(table.index, table.to_numpy(dtype=object), strict=True):
        cells = [hidden if pd.isna(value) else str(int(value)) for value in row]
        name = {"total": total, NO_TOWN: t("zh", "public.columns.no_town")}.get(town, str(town))
        lines.append([name, *cells])
    return _table(lines)


def _table(lines: list[list[str]]) -> bytes:
    """CSV as Excel opens it, no cell able to act as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line in lines:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in line])
    return out.getvalue().encode("utf-8-sig")
