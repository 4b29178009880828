"""Reading CSV text of unknown encoding and separator, without losing or garbling a line."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from geodata.intake.errors import DamagedFileError, TooManyRowsError, UnreadableTextError
from geodata.intake.facts import fact
from geodata.intake.raw import Note

if TYPE_CHECKING:
    from geodata.intake.limits import Limits

_SEPARATORS = (",", "\t", ";", "，", "|")
_LOOKED_AT = 60
_LOST = "\ufffd"
_BAD_SHARE = 0.02
_COMMON_GB = range(0xB0, 0xD8)  # first byte of the 3,755 commonest characters in GB 2312
_COMMON_BIG5 = range(0xA4, 0xC7)  # first byte of the commonest characters in Big5


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRows:
    """Rows of text cells with the line each begins on, and what was noticed."""

    rows: list[list[str]]
    lines: list[int]
    notes: tuple[Note, ...]


def read_csv_bytes(data: bytes, name: str, limits: Limits) -> TextRows:
    """Decode and split a CSV file.

    Raises
    ------
    UnreadableTextError
        Neither UTF-8 nor GB18030 fits.
    TooManyRowsError
        More rows or columns than accepted.
    DamagedFileError
        A cell is longer than any spreadsheet allows, as after a quotation mark never closed.
    """
    text, notes = decode(data, name)
    separator = _separator(text)
    try:
        rows, lines = _split(text, separator, limits, quoted=True)
    except csv.Error:
        rows, lines = _split(text, separator, limits, quoted=False)
        notes = (*notes, Note(code="quotes_ignored"))
    if len(rows) > limits.rows:
        raise TooManyRowsError(name=name, limit=limits.rows, what=fact("rows"))
    if rows and max(map(len, rows)) > limits.columns:
        raise TooManyRowsError(name=name, limit=limits.columns, what=fact("columns"))
    longest = max((len(cell) for row in rows for cell in row), default=0)
    if longest > limits.cell_chars:
        why = fact("long_cell", count=longest)
        raise DamagedFileError(name=name, kind="CSV", why=why)
    return TextRows(rows=rows, lines=lines, notes=notes)


def decode(data: bytes, name: str) -> tuple[str, tuple[Note, ...]]:
    """Decode text: a byte order mark rules, then UTF-8, then GB18030 or Big5 by commonness.

    Lines that fit no encoding keep a replacement character, which is reported cell by cell later.

    Raises
    ------
    UnreadableTextError
        More than two lines in a hundred fit neither encoding.
    """
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            text = data.decode(encoding, errors="replace")
            return text, (Note(code="encoding", facts={"encoding": encoding}),)
    for encoding in ("utf-8", _chinese_encoding(data)):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text, (Note(code="encoding", facts={"encoding": encoding}),)
    return _decode_lines(data, name)


def _chinese_encoding(data: bytes) -> str:
    try:
        big5 = data.decode("big5hkscs")
    except UnicodeDecodeError:
        return "gb18030"
    try:
        gb = data.decode("gb18030")
    except UnicodeDecodeError:
        return "big5hkscs"
    if _common(big5, "big5hkscs", _COMMON_BIG5) > _common(gb, "gb18030", _COMMON_GB):
        return "big5hkscs"
    return "gb18030"


def _common(text: str, encoding: str, first_bytes: range) -> float:
    foreign = [char for char in text if ord(char) > 127][:5000]  # noqa: PLR2004  (ASCII)
    if not foreign:
        return 0.0
    codes = [char.encode(encoding) for char in foreign]
    return sum(len(code) == 2 and code[0] in first_bytes for code in codes) / len(codes)  # noqa: PLR2004


def _decode_lines(data: bytes, name: str) -> tuple[str, tuple[Note, ...]]:
    used: Counter[str] = Counter()
    texts = []
    for line in data.split(b"\n"):
        for encoding in ("utf-8", "gb18030"):
            try:
                texts.append(line.decode(encoding))
            except UnicodeDecodeError:
                continue
            if not line.isascii():
                used[encoding] += 1
            break
        else:
            used["none"] += 1
            texts.append(line.decode("gb18030", errors="replace"))
    if used["none"] > max(1, _BAD_SHARE * sum(used.values())):
        share = used["none"] / sum(used.values())
        raise UnreadableTextError(name=name, share=f"{share:.0%}")
    main = "utf-8" if used["utf-8"] >= used["gb18030"] else "gb18030"
    note = Note(
        code="mixed_encodings",
        facts={
            "encoding": main,
            "utf8": str(used["utf-8"]),
            "gb18030": str(used["gb18030"]),
            "lost": str(used["none"]),
        },
    )
    return "\n".join(texts), (note,)


def _separator(text: str) -> str:
    lines = [line for line in text.splitlines()[:_LOOKED_AT] if line.strip()]
    if not lines:
        return ","

    def steadiness(separator: str) -> tuple[int, int]:
        counts = Counter(line.count(separator) for line in lines)
        counts.pop(0, None)
        if not counts:
            return 0, 0
        usual, times = counts.most_common(1)[0]
        return times, usual

    return max(_SEPARATORS, key=steadiness)


def _split(
    text: str, separator: str, limits: Limits, *, quoted: bool
) -> tuple[list[list[str]], list[int]]:
    csv.field_size_limit(1 << 30)
    text = text.replace("\x1a", "").replace("\x00", "")
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, quoting=quoting, strict=quoted
    )
    rows, lines = [], []
    start = 1
    for row in reader:
        rows.append(row)
        lines.append(start)
        start = reader.line_num + 1
        if len(rows) > limits.rows:
            break
    return rows, lines
