"""What goes back to the planner: the report in words, the marked workbook, templates."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from geodata.tables_headers import headings_of, importable_layers
from geodata.tables_marked import write_marked
from geodata.tables_rows import gather
from geodata.templates import write_template
from siting.i18n import t, texts
from siting.web.home import home

if TYPE_CHECKING:
    import pandas as pd

    from geodata.tables_rows import Body

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORDS = ("row", "column", "value", "problem", "suggestion", "rows", "report")
_NOTES = ("notes", "heading", "needed", "note", "example", "words", "yes", "no")
_MATCHED = re.compile(r"(.+) \((place|stop|street|town), (\d\.\d+)\)")
"""As ``geodata.tables`` writes the place that an address was matched with."""
_EPOCH = (2020, 1, 1, 0, 0, 0)


class Reported(Protocol):
    """What a reading of a file reports of its rows."""

    @property
    def report(self) -> pd.DataFrame:
        """Rows refused."""

    @property
    def mended(self) -> pd.DataFrame:
        """Values read otherwise than written."""

    @property
    def skipped(self) -> pd.DataFrame:
        """Lines that are no data."""

    @property
    def body(self) -> Body:
        """The rows as written."""


def problem_table(read: Reported, lang: str) -> pd.DataFrame:
    """Gather refused, mended and skipped rows, said in the language."""
    known = texts(lang)
    table = gather([read.report, read.mended, read.skipped]).copy()
    for column in ("problem", "suggestion"):
        table[column] = [
            known.get(f"intake.{column}.{code}", _place_said(str(code), lang))
            for code in table[column].tolist()
        ]
    said = {"geometry": "web.column_point", "address": "web.column_address"}
    table["column"] = table["column"].replace({code: t(lang, key) for code, key in said.items()})
    return table


def _place_said(text: str, lang: str) -> str:
    """Say a place that an address was matched with; other texts stay as they are."""
    found = _MATCHED.fullmatch(text)
    if found is None:
        return text
    kind = t(lang, f"web.found_{found[2]}")
    return t(lang, "web.found_place_said", name=found[1], kind=kind, sure=found[3])


def marked_workbook(read: Reported, lang: str) -> bytes:
    """Write the planner's rows back as Excel, bad cells coloured."""
    words = {key: t(lang, f"intake.column.{key}") for key in _WORDS}
    with tempfile.TemporaryDirectory(dir=home()) as folder:
        path = Path(folder) / "marked.xlsx"
        write_marked(path, read.body, problem_table(read, lang), words)
        return path.read_bytes()


def template(layer: str, lang: str) -> bytes:
    """Write a layer's Excel template."""
    words = {key: t(lang, f"intake.template.{key}") for key in _NOTES}
    with tempfile.TemporaryDirectory(dir=home()) as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, layer, words, lang=lang)
        return path.read_bytes()


def template_name(layer: str, lang: str) -> str:
    """Give a template's file name."""
    headings = headings_of(layer)
    return f"{headings.zh}_模板.xlsx" if lang == "zh" else f"{layer}_template.xlsx"


def all_templates(lang: str) -> bytes:
    """Pack the templates of all layers."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for layer in importable_layers():
            archive.writestr(
                zipfile.ZipInfo(template_name(layer, lang), _EPOCH), template(layer, lang)
            )
    return packed.getvalue()
