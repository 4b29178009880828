"""The stations as a table for Excel: UTF-8 with its mark, formulas made harmless."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import shapely

from siting.web.state import say

if TYPE_CHECKING:
    from geodata import City
    from siting.plan import Plan

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def stations_csv(city: City, plan: Plan, lang: str) -> bytes:
    """Write the stations, one row each, headers in the visitor's language."""
    lonlat = city.to_lonlat(shapely.get_coordinates(plan.stations.geometry.to_numpy()))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([say(f"csv_{name}") for name in _NAMES])
    records = plan.stations.drop(columns="geometry").reset_index().to_dict("records")
    for row, (lon, lat) in zip(records, lonlat.tolist(), strict=True):
        writer.writerow(
            [
                row["site_id"],
                row["rank"],
                _safe(row["name"]),
                " ".join(row["rules"]),
                say(str(row["station_kind"])),
                _safe(row["town_name"]),
                _safe(row["host_name"]),
                _safe(row["street_name"]),
                f"{row['served_milli'] / 1000:.0f}",
                f"{row['served_walk_milli'] / 1000:.0f}",
                f"{row['served_street_milli'] / 1000:.0f}",
                f"{row['alone_milli'] / 1000:.0f}",
                f"{row['score']:.3f}",
                f"{lon:.6f}",
                f"{lat:.6f}",
                f"{row['accuracy_m']:.0f}",
                say("csv_is_sample" if row["sample"] else "csv_is_real"),
                _safe(row[f"reason_{lang}"]),
            ]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


_NAMES = (
    "id", "rank", "name", "rules", "kind", "town", "host", "street", "served", "walk",
    "by_street", "alone", "score", "lon", "lat", "accuracy", "sample", "reason",
)  # fmt: skip


def _safe(text: object) -> str:
    """Keep a text a text where a spreadsheet would read a formula."""
    written = str(text)
    return f"'{written}" if written.startswith(_FORMULA) else written
