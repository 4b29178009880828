"""Bad input typed at the command line: one sentence in each language, status 2, nothing written."""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from siting.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CITY = ("plan", "--city", "daxing", "--quiet", "--stations", "20")
_SETTINGS = {
    "impossible quota": "[rules.R4]\nquota_min = 500\n",
    "quota above its limit": "[rules.R1]\nquota_min = 5\nquota_max = 2\n",
    "quotas beyond the number": "[rules.R1]\nquota_min = 15\n[rules.R2]\nquota_min = 15\n",
    "quota of a town": 'plan.towns = [{town = "110115001000", quota_min = 300, quota_max = -1}]\n',
    "unknown place forced": '[plan]\nforce = ["nowhere"]\n',
    "unknown setting": "[plan]\nstatoins = 3\n",
    "text for a number": '[plan]\nstations = "many"\n',
    "no TOML": "[plan\n",
    "no speed": "[standard]\nspeed_m_s = 0\n",
    "season": '[hours]\nwhen = "week"\nseason = "spring"\n',
}
_NOT_OSM = {
    "empty extract": b"",
    "extract of text": b"hello, this is no map",
    "extract of noise": bytes(range(256)) * 8,
    "extract without walkable street": b"<?xml version='1.0'?><osm version='0.6'>"
    b"<node id='1' lat='28.3' lon='117.2'/><node id='2' lat='28.31' lon='117.2'/>"
    b"<way id='1'><nd ref='1'/><nd ref='2'/><tag k='highway' v='motorway'/></way></osm>",
}
_TABLES = {
    "table of other columns": "甲,乙\n1,2\n",
    "table without head-count": "企业名称,经度,纬度\n甲厂,117.21,28.29\n",
    "text in numbers": "企业名称,职工人数,经度,纬度\n甲厂,很多,117.21,28.29\n",
    "points outside the city": "企业名称,职工人数,经度,纬度\n甲厂,300,116.3,39.7\n",
}
_GATES = {
    "gate 3 km away": "大门名称,所属企业,经度,纬度\n北门,甲厂,117.24,28.29\n",
    "gate of nobody": "大门名称,所属企业,经度,纬度\n北门,无名厂,117.21,28.29\n",
}
_WORKS = "企业名称,职工人数,经度,纬度\n甲厂,300,117.21,28.29\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusals:
    """What came of the bad input.

    Attributes
    ----------
    tried
        How many calls were made.
    wrong
        Those that were not refused as promised, with what was said.
    """

    tried: int
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in a line."""
        return "; ".join(
            [f"{self.tried - len(self.wrong)} of {self.tried} refused so", *self.wrong]
        )


def refuse_plans_and_extracts(extract: Path) -> Refusals:
    """Type the bad input of issue 1/6; ``extract`` is a real one, for a cut-off copy and tables."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        calls: dict[str, tuple[str, ...]] = {
            "fewer than none": ("plan", "--city", "daxing", "--quiet", "--stations", "-1"),
            "more than candidates": ("plan", "--city", "daxing", "--quiet", "--stations", "99999"),
            "unknown city": ("plan", "--city", "shanghai", "--quiet"),
            "no such settings": (*_CITY, "--settings", str(home / "none.toml")),
            "no such extract": ("build-city", "--osm", str(home / "none.osm")),
            "unknown datum": (*_with_works(home, extract), "--datum", "mars"),
            **_settings(home),
            **_extracts(home, extract),
            **{
                name: ("build-city", "--osm", str(extract), "--enterprises", _file(home, text))
                for name, text in _TABLES.items()
            },
        }
        return _try(calls, home)


def refuse_hours_and_gates(extract: Path) -> Refusals:
    """Type the bad input of issue 2/6."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        calls: dict[str, tuple[str, ...]] = {
            "hour 25": (*_CITY, "--when", "25:00"),
            "no daypart": (*_CITY, "--when", "lunchtime"),
            "no weekday": (*_CITY, "--when", "Xx 05:00"),
        }
        for name, text in _GATES.items():
            city = home / f"{len(calls)}.city"
            words = (*_with_works(home, extract), "--gates", _file(home, text))
            if _call((*words, "--out", str(city)))[0] != 0:
                return Refusals(tried=1, wrong=(f"{name}: the city could not be built",))
            calls[name] = ("plan", "--city", str(city), "--quiet", "--stations", "2")
        return _try(calls, home)


def _with_works(home: Path, extract: Path) -> tuple[str, ...]:
    return ("build-city", "--osm", str(extract), "--enterprises", _file(home, _WORKS))


def _settings(home: Path) -> dict[str, tuple[str, ...]]:
    return {
        name: (*_CITY, "--settings", _file(home, text, ".toml")) for name, text in _SETTINGS.items()
    }


def _extracts(home: Path, extract: Path) -> dict[str, tuple[str, ...]]:
    whole = extract.read_bytes()
    contents: dict[str, bytes] = {**_NOT_OSM, "extract cut off": whole[: len(whole) // 2]}
    return {
        name: ("build-city", "--osm", _file(home, content, ".osm"))
        for name, content in contents.items()
    }


def _file(home: Path, content: str | bytes, ending: str = ".csv") -> str:
    path = home / f"in{len(list(home.iterdir()))}{ending}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def _try(calls: Mapping[str, tuple[str, ...]], home: Path) -> Refusals:
    wrong = []
    for name, words in calls.items():
        for lang in ("zh", "en"):
            out = home / "out" / name.replace(" ", "-") / lang
            status, said = _call((*words, "--out", str(out), "--lang", lang))
            sentence = said.strip()
            right = status == 2 and said.count("\n") == 1 and "Traceback" not in said
            right &= bool(sentence) and sentence[-1] == ("。" if lang == "zh" else ".")
            right &= bool(_CHINESE.search(sentence)) or lang == "en"
            left = [path for path in out.rglob("*") if path.is_file()] if out.exists() else []
            if not right or left or out.is_file():
                wrong.append(f"{name} ({lang}): status {status}, {sentence[:120]}, left {left}")
    return Refusals(tried=2 * len(calls), wrong=tuple(wrong))


def _call(words: tuple[str, ...]) -> tuple[int, str]:
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        status = main(list(words))
    return status, said.getvalue()
