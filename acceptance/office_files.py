"""Odd and hostile files read one by one, and what became of them, counted."""

from __future__ import annotations

import csv
import http.server
import resource
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from acceptance.command import ROOT
from acceptance.line import promise
from geodata.errors import DataError
from geodata.intake import Limits, read_raw
from geodata.tables import read_layer
from siting.i18n import error_text

if TYPE_CHECKING:
    from collections.abc import Iterator

ODD_FILES = ROOT / "out" / "odd_files.csv"
HOSTILE_FILES = ROOT / "out" / "hostile_files.csv"
_GIBBERISH = ("\ufffd", "锟斤拷", "å", "ä¸", "鐢")
_MOST_MB = 1024.0


@dataclass(slots=True, kw_only=True)
class _Tally:
    rows: list[tuple[str, ...]] = field(default_factory=list)
    kept: int = 0
    refused: int = 0
    whole: int = 0
    lost: int = 0
    gibberish: int = 0
    traces: int = 0


def odd_files() -> str:
    """Read every odd file; the table of messages goes to ``out/odd_files.csv``."""
    from tests.geodata.intake.odd import CASES  # noqa: PLC0415  (tests are not always there)

    tally = _Tally()
    with tempfile.TemporaryDirectory() as folder:
        for name, case in CASES.items():
            path = Path(folder) / name
            case.make(path)
            try:
                read = read_layer(path, case.layer, declared_datum=case.datum)
            except DataError as error:
                tally.whole += 1
                tally.rows.append((name, "0", "-", error_text("zh", error)))
                continue
            except Exception as error:  # noqa: BLE001  (counted: a stack trace)
                tally.traces += 1
                tally.rows.append((name, "-", "-", repr(error)))
                continue
            refused = int(read.report["row"].nunique())
            tally.kept += len(read.frame)
            tally.refused += refused
            tally.lost += read.rows_read - len(read.frame) - refused
            text = read.frame.drop(columns="geometry").to_csv()
            tally.gibberish += any(mark in text for mark in _GIBBERISH)
            said = "; ".join(sorted(set(read.report["problem"]) | {n.code for n in read.notes}))
            tally.rows.append((name, str(len(read.frame)), str(refused), said))
    _write(ODD_FILES, tally.rows)
    text = (
        f"{len(tally.rows)} files, {tally.whole} refused whole with a sentence; rows kept "
        f"{tally.kept}, refused {tally.refused}, lost {tally.lost}; files with gibberish "
        f"{tally.gibberish}; stack traces {tally.traces}; each in out/{ODD_FILES.name}"
    )
    clean = not (tally.lost or tally.gibberish or tally.traces)
    return promise(text, holds=len(tally.rows) >= 30 and clean)


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)


class _Counter(http.server.BaseHTTPRequestHandler):
    calls: list[str]

    def do_GET(self) -> None:
        self.calls.append(self.path)
        self.send_response(200)
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815  (the library's name)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _address() -> Iterator[tuple[str, list[str]]]:
    """Serve an address on loopback that notes every call."""
    calls: list[str] = []
    handler = type("Counter", (_Counter,), {"calls": calls})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/canary", calls
        server.shutdown()
        thread.join()


def hostile_files() -> str:
    """Read every hostile file; the table of sentences goes to ``out/hostile_files.csv``."""
    from tests.geodata.intake.hostile import CANARY, HARMLESS, Aim, hostile  # noqa: PLC0415

    rows: list[tuple[str, ...]] = []
    wrong: list[str] = []
    sung = 0
    with tempfile.TemporaryDirectory() as folder, _address() as (url, calls):
        secret = Path(folder) / "secret.csv"
        secret.write_text(f"name,lon,lat\n{CANARY},116.3,39.7\n", encoding="utf-8")
        make = Path(folder) / "make"
        make.mkdir()
        for name, build in hostile(make, Aim(secret=secret, url=url)).items():
            path = Path(folder) / name
            path.write_bytes(build())
            try:
                raw = read_raw(path, limits=Limits(seconds=20))
                said = "harmless: " + str([table.cells.to_numpy().tolist() for table in raw.tables])
                wrong += [] if name in HARMLESS else [name]
            except DataError as error:
                said = error_text("zh", error)
                wrong += [name] if name in HARMLESS else []
            except Exception as error:  # noqa: BLE001  (counted: a stack trace)
                said = repr(error)
                wrong.append(name)
            sung += CANARY in said
            rows.append((name, said[:300]))
    _write(HOSTILE_FILES, rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    text = (
        f"{len(rows)} files: {len(rows) - len(HARMLESS)} refused with a sentence, {len(HARMLESS)} "
        f"made harmless, otherwise {len(wrong)}; canary file read {sung} times, canary address "
        f"called {len(calls)} times; peak of this process {peak:.0f} MB; "
        f"each in out/{HOSTILE_FILES.name}"
    )
    holds = len(rows) >= 60 and not wrong and not sung and not calls
    return promise(text, holds=holds and peak < _MOST_MB)
