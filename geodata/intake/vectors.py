"""Reading GeoPackage, shapefile, FlatGeobuf (GDAL) and GeoParquet (Arrow)."""

from __future__ import annotations

import json
import zipfile
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.intake.errors import (
    DamagedFileError,
    EmptyFileError,
    SeveralLayersError,
    TooManyRowsError,
    UnsafeArchiveError,
)
from geodata.intake.facts import broken, fact
from geodata.intake.guards import check_geopackage
from geodata.intake.markup import Features
from geodata.intake.raw import Note
from geodata.intake.shapetext import dbf_encoding
from geodata.intake.sheets import cell_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geodata.intake.limits import Limits

_DRIVERS = {"ESRI Shapefile", "GPKG", "FlatGeobuf"}
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def read_geopackage(path: Path, name: str, limits: Limits) -> list[tuple[str, Features]]:
    """Read every feature table of a GeoPackage.

    Raises
    ------
    UnsafeArchiveError, DamagedFileError, EmptyFileError
        As :func:`~geodata.intake.guards.check_geopackage` says, or no table.
    """
    tables = check_geopackage(path, name)
    if not tables:
        raise EmptyFileError(name=name)
    named = path.rename(path.with_suffix(".gpkg"))
    return [(table, _read_gdal(named, name, limits, layer=table)) for table in tables]


def read_flatgeobuf(path: Path, name: str, limits: Limits) -> Features:
    """Read a FlatGeobuf file."""
    return _read_gdal(path, name, limits)


def read_shapefile(path: Path, home: Path, name: str, limits: Limits) -> tuple[str, Features]:
    """Unpack the one shapefile of a zip under plain names and read it.

    Returns
    -------
    layer, features
        The shapefile's own name, its rows.

    Raises
    ------
    SeveralLayersError
        More than one shapefile.
    UnsafeArchiveError
        The attribute table (.dbf) is missing.
    """
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        shapes = [m for m in members if m.lower().endswith(".shp") and "__MACOSX" not in m]
        if len(shapes) != 1:
            names = ", ".join(_zip_name(members[shape]) for shape in shapes[:5])
            raise SeveralLayersError(name=name, layers=names)
        stem = shapes[0][:-4]
        for member in members:
            suffix = PurePosixPath(member).suffix.lower()
            if member[: -len(suffix) or None] == stem and suffix in _PARTS:
                (home / f"layer{suffix}").write_bytes(archive.read(member))
    if not (home / "layer.dbf").exists():
        raise UnsafeArchiveError(name=name, what=fact("no_dbf"))
    encoding, notes = dbf_encoding(home / "layer.dbf", home / "layer.cpg")
    (home / "layer.cpg").unlink(missing_ok=True)
    features = _read_gdal(home / "layer.shp", name, limits, encoding=encoding)
    features.notes[:0] = notes
    if not (home / "layer.prj").exists():
        features.notes.append(Note(code="no_prj"))
    return PurePosixPath(_zip_name(members[shapes[0]])).stem, features


def _zip_name(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & 0x800:  # the name is UTF-8
        return member.filename
    with suppress(UnicodeError):
        return member.filename.encode("cp437").decode("gb18030")
    return member.filename


def _read_gdal(
    path: Path, name: str, limits: Limits, *, layer: str | None = None, encoding: str | None = None
) -> Features:
    import pyogrio  # noqa: PLC0415  (only where GDAL is needed, after its environment is set)
    import pyogrio.raw  # noqa: PLC0415

    foreign = set(pyogrio.list_drivers()) - _DRIVERS
    if foreign:
        raise DamagedFileError(
            name=name, kind=fact("map_file"), why=f"reader not shut in ({foreign})"
        )
    try:
        meta, _, geometry, fields = pyogrio.raw.read(
            path, layer=layer, encoding=encoding, max_features=limits.rows + 1, force_2d=True
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as err:
        why = fact("broken", said=str(err).replace(str(path), name)[:160])
        raise DamagedFileError(name=name, kind=fact("map_file"), why=why) from err
    count = len(fields[0]) if fields else len(geometry) if geometry is not None else 0
    if count > limits.rows:
        raise TooManyRowsError(name=name, limit=limits.rows, what=fact("rows"))
    columns = {str(n): _texts(values) for n, values in zip(meta["fields"], fields, strict=True)}
    wkb = geometry if geometry is not None else np.full(count, None, dtype=object)
    return Features(rows=_as_rows(columns, count), wkb=wkb, crs=_crs_text(meta.get("crs")))


def read_geoparquet(path: Path, name: str, limits: Limits) -> Features:
    """Read a Parquet file with or without a geometry column.

    Raises
    ------
    DamagedFileError
        Broken, or geometry in a native encoding.
    TooManyRowsError
        Larger than accepted.
    """
    import pyarrow as pa  # noqa: PLC0415  (slow to import, rarely needed)
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with pq.ParquetFile(path) as file:
            if file.metadata.num_rows > limits.rows:
                raise TooManyRowsError(name=name, limit=limits.rows, what=fact("rows"))
            if file.metadata.num_columns > limits.columns:
                raise TooManyRowsError(name=name, limit=limits.columns, what=fact("columns"))
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as err:
        raise DamagedFileError(name=name, kind="GeoParquet", why=broken(err)) from err
    geo = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
    main = geo.get("primary_column")
    described = geo.get("columns", {}).get(main, {})
    if main and described.get("encoding") != "WKB":
        raise DamagedFileError(name=name, kind="GeoParquet", why=fact("not_wkb"))
    plain = {
        field: _texts(np.array(table.column(field).to_pylist(), dtype=object))
        for field in table.column_names
        if field != main and not field.startswith("__index_level_") and field != "bbox"
    }
    for field in [n for n in table.column_names if n.startswith("__index_level_")]:
        plain["id"] = _texts(np.array(table.column(field).to_pylist(), dtype=object))
    wkb = np.full(table.num_rows, None, dtype=object)
    if main:
        wkb[:] = table.column(main).to_pylist()
    crs = "" if not main else "EPSG:4326"
    if described.get("crs"):
        crs = _crs_text(json.dumps(described["crs"]))
    return Features(rows=_as_rows(plain, table.num_rows), wkb=_flat(wkb), crs=crs)


def _flat(wkb: NDArray[np.object_]) -> NDArray[np.object_]:
    result: NDArray[np.object_] = shapely.to_wkb(
        shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    )
    return result


def _texts(values: NDArray[Any]) -> list[str]:
    if values.dtype.kind == "M":
        return ["" if np.isnat(v) else str(v).removesuffix("T00:00:00.000") for v in values]
    return [_text(value) for value in values.tolist()]


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, (bytes, bytearray)):
        return ""
    return cell_text(value)


def _as_rows(columns: dict[str, list[str]], count: int) -> list[dict[str, str]]:
    if not columns:
        return [{} for _ in range(count)]
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _crs_text(crs: object) -> str:
    if not crs:
        return ""
    from pyproj import CRS  # noqa: PLC0415
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        parsed = CRS.from_user_input(crs)
    except CRSError:
        return ""
    code = parsed.to_epsg(min_confidence=60)
    return f"EPSG:{code}" if code else str(parsed.to_wkt())
