"""Hostile files are refused with a sentence or made harmless; a canary is never touched."""

from __future__ import annotations

import http.server
import logging
import os
import re
import resource
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from geodata.errors import DataError
from geodata.intake import Limits, read_raw
from geodata.intake.errors import FileTooLargeError, ReadingTooBigError, ReadingTooSlowError
from geodata.intake.runner import worker_environment
from siting.i18n import error_text
from tests.geodata.intake.hostile import CANARY, HARMLESS, Aim, hostile

LIMITS = Limits(seconds=20)
ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")
"""Two English words in a row have no place in a Chinese sentence, but in what a program says."""
NAMES = tuple(hostile(Path(), Aim(secret=Path("x"), url="http://x")))


class _Counter(http.server.BaseHTTPRequestHandler):
    calls: list[str]

    def do_GET(self) -> None:
        self.server.calls.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"type":"FeatureCollection","features":[]}')

    do_HEAD = do_GET  # noqa: N815  (the library's name)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def canary(tmp_path_factory):
    """A file with a secret, and a server on loopback that notes every call."""
    secret = tmp_path_factory.mktemp("canary") / "secret.csv"
    secret.write_text(f"name,lon,lat\n{CANARY},116.3,39.7\n", encoding="utf-8")
    with http.server.HTTPServer(("127.0.0.1", 0), _Counter) as server:
        server.calls = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Aim(secret=secret, url=f"http://127.0.0.1:{server.server_port}/canary"), server.calls
        server.shutdown()
        thread.join()


def test_there_are_at_least_sixty():
    assert len(NAMES) >= 60


@pytest.mark.parametrize("name", NAMES)
def test_hostile_file_is_refused_or_harmless(name, tmp_path, canary, caplog):
    aim, calls = canary
    folder = tmp_path / "make"
    folder.mkdir()
    path = tmp_path / name
    path.write_bytes(hostile(folder, aim)[name]())
    before = aim.secret.stat().st_atime_ns
    caplog.set_level(logging.DEBUG)
    if name in HARMLESS:
        raw = read_raw(path, limits=LIMITS)
        assert CANARY not in "".join(str(table.cells.to_numpy().tolist()) for table in raw.tables)
    else:
        with pytest.raises(DataError) as caught:
            read_raw(path, limits=LIMITS)
        said = error_text("zh", caught.value)
        assert said != str(caught.value), f"{caught.value.code} is not said in Chinese"
        assert name in said
        plain = re.sub(r"（程序提示：[^）]*）", "", said)
        assert not ENGLISH.search(plain), said
        assert "Traceback" not in said
        assert CANARY not in said
    assert calls == [], "the canary address was called"
    assert aim.secret.stat().st_atime_ns == before
    assert not list(tmp_path.glob("**/escaped.shp"))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_000_000  # kB


def test_the_secret_is_readable_here(canary):
    """The canary would sing: outside the sandbox the file and the address are within reach."""
    aim, calls = canary
    assert CANARY in aim.secret.read_text(encoding="utf-8")
    with urllib.request.urlopen(aim.url) as answer:  # noqa: S310
        assert answer.status == 200
    assert calls == ["/canary"]
    calls.clear()


def test_the_reading_process_gets_no_secrets_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_PASSWORD", "hunter2")
    environment = worker_environment(tmp_path)
    assert "hunter2" not in environment.values()
    assert "OGR_VRT" in environment["OGR_SKIP"].split(",")
    assert environment["GDAL_HTTP_PROXY"] == "127.0.0.1:9"


def big_csv(path: Path, *, notes: int = 0) -> Path:
    head = "单位名称,职工人数,经度,纬度" + "".join(f",备注{n}" for n in range(notes))
    line = "示例企业,120,116.33,39.72" + ",备" * notes
    path.write_text(f"{head}\n" + f"{line}\n" * 250_000, encoding="utf-8")
    return path


def test_time_is_bounded(tmp_path):
    """250,000 rows of 44 columns are accepted, but not within a second of processor time."""
    with pytest.raises(ReadingTooSlowError, match="1 s"):
        read_raw(big_csv(tmp_path / "slow.csv", notes=40), limits=Limits(seconds=1))


def test_memory_is_bounded(tmp_path):
    with pytest.raises(ReadingTooBigError, match="120 MB"):
        read_raw(big_csv(tmp_path / "big.csv"), limits=Limits(memory_bytes=120 << 20))


def test_size_is_bounded_before_anything_is_read(tmp_path):
    with pytest.raises(FileTooLargeError, match="1 MB are accepted"):
        read_raw(big_csv(tmp_path / "large.csv"), limits=Limits(file_bytes=1 << 20))


def test_what_a_killed_reading_left_is_removed_an_hour_later(tmp_path, monkeypatch):
    """A copy of an upload holds people's names; it must not lie about for ever."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name, age in (("intake-old", 4000), ("intake-new", 10), ("other-old", 4000)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "upload").write_text("x")
        then = time.time() - age
        os.utime(tmp_path / name, (then, then))
    path = tmp_path / "a.csv"
    path.write_text("单位名称,职工人数\n甲,1\n", encoding="utf-8")
    read_raw(path)
    assert {entry.name for entry in tmp_path.iterdir()} == {"intake-new", "other-old", "a.csv"}


def test_nothing_is_left_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = tmp_path / "a.csv"
    path.write_text("单位名称,职工人数\n甲,1\n", encoding="utf-8")
    read_raw(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]
