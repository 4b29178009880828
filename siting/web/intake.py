"""Uploaded files: read in the guarded reader, then forgotten; the marked workbook; templates."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from geodata.tables import ReadOptions, read_layer
from geodata.tables_marked import write_marked
from geodata.tables_rows import gather
from geodata.templates import write_template
from siting.i18n import t, texts
from siting.web.home import home

if TYPE_CHECKING:
    from geodata import City
    from geodata.tables import Imported

_WORDS = ("row", "column", "value", "problem", "suggestion", "rows", "report")
_NOTES = ("notes", "heading", "needed", "note", "example", "words", "yes", "no")


def read_upload(
    upload: Any, layer: str, *, datum: str | None, confirm: bool, city: City
) -> Imported:
    """Read an uploaded file as a layer; nothing of it stays on disk.

    Parameters
    ----------
    upload
        Streamlit's uploaded file.
    layer
        Which layer it holds.
    datum
        What the planner says the coordinates are; None to be asked.
    confirm
        True: the declared datum stands although another fits better.
    city
        The city to compare with.
    """
    name = PurePosixPath(upload.name.replace("\\", "/")).name or "file"
    with tempfile.TemporaryDirectory(dir=home()) as folder:
        path = Path(folder) / name
        path.write_bytes(upload.getbuffer())
        options = ReadOptions(confirm_datum=confirm)
        return read_layer(path, layer, declared_datum=datum, city=city, options=options)


def problem_table(read: Imported, lang: str) -> pd.DataFrame:
    """Gather refused, mended and skipped rows, said in the language."""
    known = texts(lang)
    table = gather([read.report, read.mended, read.skipped]).copy()
    for column in ("problem", "suggestion"):
        table[column] = [
            known.get(f"intake.{column}.{code}", str(code)) for code in table[column].tolist()
        ]
    return table


def marked_workbook(read: Imported, lang: str) -> bytes:
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


def city_with(city: City, read: Imported, *, add: bool) -> City:
    """Give the city with the layer replaced by, or joined with, what was read."""
    frame = read.frame
    if add:
        known = city.layers[read.layer]
        joined = pd.concat([known[~known.index.isin(frame.index)], frame])
        frame = gpd.GeoDataFrame(joined, geometry="geometry", crs=city.metric_crs)
    layers = {**city.layers, read.layer: frame}
    return dataclasses.replace(city, layers=layers, version="")
