"""The reading process, started by :mod:`geodata.intake.start` with its directory, HOME.

``HOME`` holds ``job.json`` and ``upload``; it writes ``table<N>.parquet`` and, last,
``result.json``. Nothing else is believed by the parent.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.errors import Phrase
from geodata.intake.errors import (
    DamagedFileError,
    IntakeError,
    OutsideReferenceError,
    ReadingTooBigError,
)
from geodata.intake.facts import fact
from geodata.intake.kinds import FileKind, sniff
from geodata.intake.limits import Limits
from geodata.intake.raw import GEOMETRY_COLUMN, ROW_COLUMN, Note
from geodata.intake.sandbox import SandboxBreach, shut_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from geodata.intake.markup import Features

_PACKAGE = Path(__file__).resolve().parents[1]
Written = dict[str, Any]


def main(home: Path) -> int:
    """Read the job, shut in, read the upload, write the result."""
    job = json.loads((home / "job.json").read_text(encoding="utf-8"))
    limits = Limits(**job["limits"])
    walls = shut_in(home, _PACKAGE, limits)
    try:
        kind, tables, notes = _read(home, job["name"], limits)
        result: Written = {
            "kind": str(kind),
            "tables": tables,
            "notes": [{"code": n.code, "facts": n.facts} for n in notes],
        }
    except IntakeError as err:
        result = _refusal(err)
    except MemoryError:
        facts = {"memory_mb": limits.memory_bytes >> 20, "why": fact("out_of_memory")}
        result = _refusal(ReadingTooBigError(name=job["name"], **facts))
    except SandboxBreach as err:
        what = fact("asked", event=str(err))
        result = _refusal(OutsideReferenceError(name=job["name"], what=what))
    except Exception as err:  # noqa: BLE001  (whatever a library throws at bad bytes is a sentence)
        why = fact("broken", said=f"{type(err).__name__}: {err}"[:160].replace(str(home), ""))
        result = _refusal(DamagedFileError(name=job["name"], kind=fact("anything"), why=why))
    text = json.dumps({**result, "walls": walls}, ensure_ascii=False)
    (home / "result.json").write_text(text, encoding="utf-8")
    return 0


def _refusal(err: IntakeError) -> Written:
    """Write an error down so that the parent can say it in any language."""
    facts = {
        name: {"said": value.template, "key": value.key, "facts": value.facts}
        if isinstance(value, Phrase)
        else str(value)
        for name, value in err.facts.items()
    }
    return {"error": err.code, "facts": facts}


def _read(home: Path, name: str, limits: Limits) -> tuple[FileKind, list[Written], list[Note]]:
    path = home / "upload"
    kind = sniff(path, name)
    if kind in (FileKind.XLSX, FileKind.ODS, FileKind.KMZ, FileKind.SHAPEFILE):
        from geodata.intake.guards import check_zip  # noqa: PLC0415

        check_zip(path, name, limits)
    if kind is FileKind.CSV:
        return kind, *_read_csv(home, path, name, limits)
    if kind in (FileKind.XLSX, FileKind.XLS, FileKind.ODS):
        return kind, *_read_sheets(home, path, name, limits, kind)
    if kind in (FileKind.OSM_XML, FileKind.OSM_PBF):
        from geodata.intake.osmpoints import read_osm_points  # noqa: PLC0415

        return kind, *_write_layers(home, [("osm", read_osm_points(path, kind, name, limits))])
    return kind, *_write_layers(home, _read_layers(home, path, name, limits, kind))


def _read_csv(
    home: Path, path: Path, name: str, limits: Limits
) -> tuple[list[Written], list[Note]]:
    from geodata.intake.text import read_csv_bytes  # noqa: PLC0415

    found = read_csv_bytes(path.read_bytes(), name, limits)
    return [_write_rows(home / "table0.parquet", "", found.rows, found.lines)], list(found.notes)


def _read_sheets(
    home: Path, path: Path, name: str, limits: Limits, kind: FileKind
) -> tuple[list[Written], list[Note]]:
    from geodata.intake.guards import check_office_zip  # noqa: PLC0415
    from geodata.intake.sheets import read_workbook  # noqa: PLC0415

    linked = kind is not FileKind.XLS and check_office_zip(path, name)
    # calamine asks a file's ending which reader to take
    named = path.rename(path.with_suffix(f".{kind}"))
    sheets, notes = read_workbook(named, name, limits)
    if linked:
        notes.append(Note(code="external_links"))
    tables = []
    for number, (title, rows, lines, merged) in enumerate(sheets):
        tables.append(
            _write_rows(home / f"table{number}.parquet", title, rows, lines) | {"merged": merged}
        )
    return tables, notes


def _read_layers(
    home: Path, path: Path, name: str, limits: Limits, kind: FileKind
) -> list[tuple[str, Features]]:
    if kind is FileKind.GEOJSON:
        from geodata.intake.markup import read_geojson  # noqa: PLC0415

        return [("", read_geojson(path.read_bytes(), name))]
    if kind in (FileKind.KML, FileKind.KMZ):
        return [("", _read_kml(path, name, kind))]
    from geodata.intake import vectors  # noqa: PLC0415

    if kind is FileKind.SHAPEFILE:
        return [vectors.read_shapefile(path, home, name, limits)]
    if kind is FileKind.GPKG:
        return vectors.read_geopackage(path, name, limits)
    if kind is FileKind.FLATGEOBUF:
        return [("", vectors.read_flatgeobuf(path, name, limits))]
    return [("", vectors.read_geoparquet(path, name, limits))]


def _read_kml(path: Path, name: str, kind: FileKind) -> Features:
    import zipfile  # noqa: PLC0415

    from geodata.intake.guards import check_xml  # noqa: PLC0415
    from geodata.intake.markup import read_kml  # noqa: PLC0415

    if kind is FileKind.KMZ:
        with zipfile.ZipFile(path) as archive:
            inner = [m for m in archive.namelist() if m.lower().endswith(".kml")]
            main = next((m for m in inner if m.lower() == "doc.kml"), inner[0])
            path.with_name("doc.kml").write_bytes(archive.read(main))
        path = path.with_name("doc.kml")
    check_xml(path, name)
    data = path.read_bytes()
    said = re.match(rb"\s*<\?xml[^>]*encoding=[\"'](gb[\w-]+)[\"'][^>]*\?>", data, re.IGNORECASE)
    if said:
        data = data[said.end() :].decode("gb18030", errors="replace").encode()
    return read_kml(data, name)


def _write_layers(
    home: Path, layers: Sequence[tuple[str, Features]]
) -> tuple[list[Written], list[Note]]:
    tables: list[Written] = []
    notes: list[Note] = []
    for number, (title, layer) in enumerate(layers):
        names = list(dict.fromkeys(key for row in layer.rows for key in row))
        rows = [[row.get(key, "") for key in names] for row in layer.rows]
        lines = list(range(1, len(rows) + 1))
        written = _write_rows(
            home / f"table{number}.parquet", title, rows, lines, names=names, wkb=layer.wkb
        )
        tables.append(written | {"has_header": True, "crs": layer.crs})
        notes += layer.notes
    return tables, notes


def _write_rows(
    path: Path,
    title: str,
    rows: list[list[str]],
    lines: list[int],
    *,
    names: list[str] | None = None,
    wkb: NDArray[np.object_] | None = None,
) -> Written:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    width = max(map(len, rows), default=0)
    if names is None:
        names = [str(position) for position in range(width)]
        rows = [row + [""] * (width - len(row)) for row in rows]
    arrays = [pa.array([row[at] for row in rows], pa.string()) for at in range(len(names))]
    arrays.append(pa.array(lines, pa.int64()))
    columns = [*names, ROW_COLUMN]
    if wkb is not None:
        arrays.append(pa.array(list(wkb), pa.binary()))
        columns.append(GEOMETRY_COLUMN)
    pq.write_table(pa.Table.from_arrays(arrays, names=columns), path)
    return {"file": path.name, "name": title, "has_header": False, "crs": "", "merged": []}
