"""Reading an uploaded file for the pages: once per file and choice, shared by reruns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from geodata.datum import SHIFTED, Datum
from geodata.datum_alarm import weigh_datums
from geodata.datum_reference import datum_reference
from geodata.intake import read_raw
from geodata.tables import ReadOptions, layer_from_raw
from geodata.tables_look import guess_layers, look_at
from geodata.tables_mends import mend_body
from geodata.tables_points import needs_declaration, written_coordinates
from geodata.tables_rows import data_rows
from siting.web import state
from siting.web.engine import open_city
from siting.web.work import upload_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geodata.datum_alarm import DatumFit
    from geodata.intake import RawFile
    from geodata.tables import Imported
    from geodata.tables_look import TableLook
    from geodata.tables_rows import Body
    from siting.web.work import Work

_FILES_AT_HAND, _READINGS_AT_HAND = 4, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What a file says about where its rows are.

    Attributes
    ----------
    kind
        ``crs`` (the file names a grid), ``one`` (the numbers allow one reading), ``ask`` (only a
        person can say), ``none`` (no coordinates).
    said
        The grid or the only reading.
    rows
        Rows with coordinates.
    fits
        Evidence for each reading where it has to be asked.
    proposed
        The reading that clearly fits the city best; "" where none does.
    readings
        Points under each, shape (n, 2), metres on the city's grid.
    """

    kind: str
    said: str = ""
    rows: int = 0
    fits: Mapping[Datum, DatumFit] | None = None
    proposed: str = ""
    readings: Mapping[Datum, NDArray[np.float64]] | None = None


@st.cache_resource(show_spinner=False, max_entries=_FILES_AT_HAND)
def _raw(key: str, _work: Work) -> RawFile:  # noqa: ARG001 - the key keeps files apart
    return read_raw(upload_path(_work))


def raw_of(work: Work) -> RawFile:
    """Read an upload in the guarded reader.

    Raises
    ------
    IntakeError
        It cannot be read; the sentence says why.
    """
    return _raw(work.key, work)


def likely_layer(work: Work) -> str:
    """Give the layer that a file most likely holds."""
    return guess_layers(raw_of(work), among=state.LAYERS)[0]


def look(work: Work) -> TableLook:
    """Look at a file's columns as they are taken now."""
    return look_at(raw_of(work), work.layer, heading=work.heading or None)


@st.cache_resource(show_spinner=False, max_entries=_READINGS_AT_HAND)
def _places(digest: str, city: str, _work: Work) -> Places:  # noqa: ARG001 - part of the key
    body = _body(_work)
    written = written_coordinates(body)
    rows = int(np.isfinite(written.xy).all(axis=1).sum())
    if written.crs:
        return Places(kind="crs", said=written.crs, rows=rows)
    if not rows:
        return Places(kind="none")
    if not needs_declaration(written):
        said = str(written.datums[0]) if written.datums else ""
        return Places(kind="one", said=said, rows=rows)
    names = body.cells.get("name")
    texts = None if names is None else names.astype(str).reset_index(drop=True)
    evidence = weigh_datums(written.xy, datum_reference(open_city(city)), names=texts)
    verdict = evidence.judge(Datum.WGS84)
    return Places(
        kind="ask",
        rows=rows,
        fits={datum: evidence.fits[datum] for datum in SHIFTED},
        proposed="" if verdict.cannot_tell else str(verdict.proposed),
        readings=evidence.readings,
    )


def places_of(work: Work) -> Places:
    """Weigh what a file's coordinates could be."""
    return _places(work.digest(), work.city, work)


def _body(work: Work) -> Body:
    body = data_rows(raw_of(work), work.layer, work.choice)
    return mend_body(body, work.mends, work.layer)


@st.cache_resource(show_spinner=False, max_entries=_READINGS_AT_HAND)
def _read(digest: str, city: str, _work: Work) -> Imported:  # noqa: ARG001 - part of the key
    options = ReadOptions(confirm_datum=_work.confirm, columns=_work.choice, mends=_work.mends)
    return layer_from_raw(
        raw_of(_work),
        _work.layer,
        declared_datum=_work.datum or None,
        city=open_city(city),
        options=options,
    )


def read_rows(work: Work) -> Imported:
    """Read a file's rows with all that was chosen and mended.

    Raises
    ------
    DataError
        The file as a whole cannot be used so; the sentence says what to do.
    """
    return _read(work.digest(), work.city, work)
