"""Starting the reading process, watching it, and taking what it wrote."""

from __future__ import annotations

import json
import logging
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from geodata.intake.errors import (
    BY_CODE,
    EmptyFileError,
    FileTooLargeError,
    IntakeError,
    NoSuchFileError,
    ReadingTooBigError,
    ReadingTooSlowError,
)
from geodata.intake.facts import fact
from geodata.intake.kinds import FileKind
from geodata.intake.limits import Limits
from geodata.intake.raw import GEOMETRY_COLUMN, ROW_COLUMN, Note, RawFile, RawTable

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

_START = Path(__file__).resolve().parent / "start.py"
_STARTING_S = 30
_PREFIX, _LEFT_S = "intake-", 3600
_RESULT_BYTES = 16 << 20
_ALLOWED_DRIVERS = frozenset({"ESRI Shapefile", "GPKG", "FlatGeobuf"})
_DEAD_PROXY = "127.0.0.1:9"  # the discard port: nothing answers there
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")


def read_raw(path: Path | str, *, limits: Limits | None = None, name: str = "") -> RawFile:
    """Read a file of unknown origin in a process of its own.

    Parameters
    ----------
    path
        The file; it is copied, never opened in place by a map library.
    limits
        What it may cost.
    name
        What to call it in messages; the file's own name when empty.

    Raises
    ------
    IntakeError
        The file is refused; see :mod:`geodata.intake.errors`.
    """
    path, limits = Path(path), limits or Limits()
    name = name or path.name
    _check_size(path, name, limits)
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder:
        home = Path(folder).resolve()
        shutil.copyfile(path, home / "upload")
        job = {"name": name, "limits": limits.to_json()}
        (home / "job.json").write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
        why = _run(home, name, limits)
        return _collect(home, name, limits, why)


def _sweep(folder: Path) -> None:
    """Remove what readings left here that were killed an hour ago and more: copies of uploads."""
    for entry in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            seen = entry.lstat()
            old = time.time() - seen.st_mtime > _LEFT_S
            mine = not hasattr(os, "getuid") or seen.st_uid == os.getuid()
            if old and mine and stat.S_ISDIR(seen.st_mode):
                shutil.rmtree(entry, ignore_errors=True)


def _check_size(path: Path, name: str, limits: Limits) -> None:
    if not path.is_file():
        raise NoSuchFileError(name=name)
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise FileTooLargeError(name=name, size_mb=size >> 20, limit_mb=limits.file_bytes >> 20)
    if not size:
        raise EmptyFileError(name=name)


def _run(home: Path, name: str, limits: Limits) -> str:
    command = [sys.executable, "-P", "-s", str(_START), str(home)]
    try:
        done = subprocess.run(  # noqa: S603  (own interpreter, own module, own directory)
            command,
            cwd=home,
            env=worker_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=limits.seconds + _STARTING_S,
            check=False,
        )
    except subprocess.TimeoutExpired as err:
        raise ReadingTooSlowError(name=name, seconds=limits.seconds) from err
    log.debug("reading %s: %s", name, done.stderr[-4000:].decode("utf-8", errors="replace"))
    if sys.platform != "win32":
        import signal  # noqa: PLC0415

        if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            raise ReadingTooSlowError(name=name, seconds=limits.seconds)
    return "" if done.returncode == 0 else f"exit {done.returncode}"


def worker_environment(home: Path) -> dict[str, str]:
    """Return the whole environment of a reading process: no secret, no proxy, no other driver."""
    from pyogrio import list_drivers  # noqa: PLC0415  (loads GDAL)

    kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
    others = ",".join(sorted(set(list_drivers()) - _ALLOWED_DRIVERS))
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_IO_THREADS"), "1")
    proxies = dict.fromkeys(
        ("GDAL_HTTP_PROXY", "http_proxy", "https_proxy", "ftp_proxy", "all_proxy"), _DEAD_PROXY
    )
    return {
        **kept,
        **threads,
        **proxies,
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(home),
        "OGR_SKIP": others,
        "GDAL_DRIVER_PATH": "disable",
        "GDAL_CONFIG_FILE": str(home / "none"),
        "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
        "PROJ_NETWORK": "OFF",
        "CPL_LOG": os.devnull,
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


def _collect(home: Path, name: str, limits: Limits, why: str) -> RawFile:
    result = _result(home, name, limits, why)
    if "error" in result:
        kind = BY_CODE.get(str(result["error"]), IntakeError)
        raise kind(**{name: _fact(value) for name, value in result["facts"].items()})
    notes = tuple(_note(entry) for entry in result["notes"])
    tables = tuple(_table(home, entry) for entry in result["tables"])
    if not any(len(table.cells) for table in tables):
        raise EmptyFileError(name=name)
    return RawFile(name=name, kind=FileKind(result["kind"]), tables=tables, notes=notes)


def _result(home: Path, name: str, limits: Limits, why: str) -> dict[str, Any]:
    written = home / "result.json"
    if why or not written.is_file() or written.stat().st_size > _RESULT_BYTES:
        memory_mb = limits.memory_bytes >> 20
        raise ReadingTooBigError(
            name=name,
            memory_mb=memory_mb,
            why=fact("stopped", said=why) if why else fact("no_result"),
        )
    result: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    log.debug("reading %s: walls %s", name, result.get("walls"))
    return result


def _fact(value: Any) -> object:
    """Take a fact from the reading process; only known phrases are more than text."""
    if not isinstance(value, dict):
        return str(value)
    slug = str(value.get("key", "")).removeprefix("intake.fact.")
    inner = {str(k): str(v)[:200] for k, v in dict(value.get("facts", {})).items()}
    return fact(slug, **inner)


def _note(entry: Mapping[str, Any]) -> Note:
    return Note(code=str(entry["code"]), facts={k: str(v) for k, v in entry["facts"].items()})


def _table(home: Path, entry: Mapping[str, Any]) -> RawTable:
    path = home / Path(str(entry["file"])).name
    with pq.ParquetFile(path) as file:
        frame = file.read(use_threads=False).to_pandas()
    rows = pd.Index(frame.pop(ROW_COLUMN), name="row")
    wkb = None
    if GEOMETRY_COLUMN in frame.columns:
        wkb = frame.pop(GEOMETRY_COLUMN).to_numpy(dtype=object)
        wkb = np.array([None if _absent(value) else value for value in wkb], dtype=object)
    frame.index = rows
    return RawTable(
        name=str(entry["name"]),
        cells=frame.fillna("").astype(object),
        has_header=bool(entry["has_header"]),
        wkb=wkb,
        crs=str(entry["crs"]),
        merged=tuple(tuple(map(int, box)) for box in entry["merged"]),  # type: ignore[misc]
    )


def _absent(value: object) -> bool:
    return value is None or not isinstance(value, (bytes, bytearray))
