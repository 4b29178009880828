"""Files of a plan, each made only when somebody asks for it."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.workspace_file import export_workspace
from siting.export import gaps_geojson, plan_json, stations_geojson
from siting.exports_office import write_office_files
from siting.maps import draw_map
from siting.web.home import home

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata import City
    from geodata.workspace import Workspace
    from siting.gaps import GapReport
    from siting.plan import Plan

Make = Callable[[], bytes]
_OFFICE = "application/vnd.openxmlformats-officedocument"
MIMES = {
    "geojson": "application/geo+json",
    "json": "application/json",
    "html": "text/html",
    "csv": "text/csv",
    "kml": "application/vnd.google-earth.kml+xml",
    "gpkg": "application/geopackage+sqlite3",
    "zip": "application/zip",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "docx": f"{_OFFICE}.wordprocessingml.document",
}
_EPOCH = (2020, 1, 1, 0, 0, 0)
_OFFICE_NAMES = (
    "stations_internal.xlsx",
    "stations_internal.gpkg",
    "stations_internal.kml",
    "stations_internal_shp.zip",
    "stations_internal_amap_gcj02.csv",
    "stations_internal_baidu_bd09.csv",
)


def _json(make: Callable[[], Any]) -> Make:
    def written() -> bytes:
        text = json.dumps(make(), ensure_ascii=False, indent=2)
        return f"{text}\n".encode()

    return written


def plan_files(city: City, plan: Plan, gaps: GapReport, lang: str) -> dict[str, Make]:
    """Give the plan's own files."""
    return {
        "stations.geojson": _json(lambda: stations_geojson(city, plan)),
        "gaps.geojson": _json(lambda: gaps_geojson(city, plan, gaps)),
        "map.html": lambda: draw_map(city, plan, gaps=gaps, lang=lang).get_root().render().encode(),
        "plan.json": _json(lambda: plan_json(plan)),
    }


def office_files(city: City, plan: Plan, lang: str) -> dict[str, Make]:
    """Give the stations in the formats of office and map programs."""

    def one(name: str) -> Make:
        def made() -> bytes:
            with tempfile.TemporaryDirectory(dir=home()) as folder:
                write_office_files(city, plan, Path(folder), lang=lang)
                return (Path(folder) / name).read_bytes()

        return made

    return {name: one(name) for name in _OFFICE_NAMES}


def all_files(files: Mapping[str, Make]) -> Make:
    """Pack files into one."""

    def made() -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, make in files.items():
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), make())
        return packed.getvalue()

    return made


def workspace_file(ws: Workspace) -> Make:
    """Write the whole workspace into one file: layers, cities, plans, ledger, comments, trail."""

    def made() -> bytes:
        with tempfile.TemporaryDirectory(dir=home()) as folder:
            path = Path(folder) / "workspace.zip"
            export_workspace(ws, path)
            return path.read_bytes()

    return made
