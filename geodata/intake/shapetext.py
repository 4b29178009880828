"""Which encoding a shapefile's attribute table is really in, whatever its .cpg says."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from geodata.intake.raw import Note

if TYPE_CHECKING:
    from pathlib import Path

_HEADER, _FIELD = 32, 32
_LOOKED_AT = 20_000
_END = 0x0D
_NAMES = {"936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030"}
_UTF8 = ("utf-8", "utf8", "65001")


def dbf_encoding(dbf: Path, cpg: Path) -> tuple[str, list[Note]]:
    """Judge the encoding by the bytes; the .cpg file only decides where they fit both.

    Returns
    -------
    encoding, notes
        A name GDAL knows, and a note where the .cpg is missing or wrong.
    """
    said = cpg.read_text(encoding="ascii", errors="replace").strip() if cpg.exists() else ""
    samples = _texts(dbf)
    utf8 = all(_fits(sample, "utf-8") for sample in samples)
    gbk = all(_fits(sample, "gb18030") for sample in samples)
    key = said.lower().removeprefix("cp").removeprefix("oem ").removeprefix("ansi ")
    claimed = "utf-8" if key in _UTF8 else _NAMES.get(key, "")
    if claimed and {"utf-8": utf8, "gb18030": gbk}[claimed]:
        return _for_gdal(claimed), []
    found = "utf-8" if utf8 else "gb18030"
    if not samples:
        return _for_gdal(found), []
    facts = {"encoding": found, "said": said or "-"}
    return _for_gdal(found), [Note(code="dbf_encoding", facts=facts)]


def _for_gdal(encoding: str) -> str:
    return "UTF-8" if encoding == "utf-8" else "GB18030"


def _fits(sample: bytes, encoding: str) -> bool:
    """Tell whether bytes decode, allowing for a last character cut off by the field's width."""
    for cut in range(4):
        try:
            sample[: len(sample) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _texts(dbf: Path) -> list[bytes]:
    data = dbf.read_bytes()
    if len(data) < _HEADER:
        return []
    count, header, width = struct.unpack("<IHH", data[4:12])
    fields = []
    offset, at = 1, _HEADER
    while at + _FIELD <= min(header, len(data)) and data[at] != _END:
        size = data[at + 16]
        fields.append((data[at : at + 11].split(b"\x00")[0], chr(data[at + 11]), offset, size))
        offset += size
        at += _FIELD
    found = {name for name, _, _, _ in fields if not name.isascii()}
    for row in range(min(count, _LOOKED_AT)):
        start = header + row * width
        for _, kind, inside, size in fields:
            value = data[start + inside : start + inside + size].rstrip(b" \x00")
            if kind == "C" and not value.isascii():
                found.add(value)
    return sorted(found)
