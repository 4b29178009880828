"""Which datum a file's coordinates are in: what was declared, what fits, and the alarm."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pyproj import CRS

from geodata.datum import SHIFTED, Datum
from geodata.datum_alarm import judge_datum
from geodata.datum_errors import MixedDatumError, WrongDatumError
from geodata.datum_reference import datum_reference
from geodata.errors import Term
from geodata.intake.raw import Note
from geodata.tables_headers import headings_of
from geodata.tables_mixed import mixed_rows, mixed_sheets
from geodata.tables_points import (
    DatumNotDeclaredError,
    declared_reading,
    needs_declaration,
    project,
)
from geodata.tables_rows import no_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geodata.city import City
    from geodata.datum_alarm import DatumVerdict
    from geodata.tables_points import Written
    from geodata.tables_rows import Body

_OLD = re.compile(r"beijing.?1954|xian.?1980|xi'an.?1980|krasovsky", re.IGNORECASE)
NO_CITY = Term("no city to compare with", "intake.evidence.no_city")
CANNOT_TELL = Term("none in particular", "intake.evidence.cannot_tell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file's coordinates are read, and why.

    Attributes
    ----------
    taken
        A datum, or a projected CRS.
    meridian
        Central meridian, degrees, where a grid needs one.
    proposed
        The datum that fits the city best; "" where nothing can be told.
    evidence
        Figures behind the proposal, as text.
    alarm
        True where another datum fits better than the declared one.
    verdict
        How the points fit the city under each hypothesis; None where there was nothing to compare.
    notes
        What was said of the file's own coordinate system.
    doubtful
        Rows that lie at the place of their name in another datum only, columns ``PROBLEM_COLUMNS``.
    sheets
        Sheets that fit another datum where others fit the declared one.
    """

    taken: Datum | str
    meridian: int | None = None
    proposed: str = ""
    evidence: str = ""
    alarm: bool = False
    verdict: DatumVerdict | None = None
    notes: tuple[Note, ...] = ()
    doubtful: pd.DataFrame = field(default_factory=no_problems)
    sheets: Mapping[str, Datum] = field(default_factory=dict)

    def raise_alarm(self, layer: str) -> None:
        """Stop where the declared datum fits worse than another.

        Raises
        ------
        WrongDatumError
            It does.
        MixedDatumError
            Some sheets of the file do, others do not.
        """
        if self.sheets:
            raise MixedDatumError(
                layer=headings_of(layer).zh,
                declared=str(self.taken),
                sheets=", ".join(f"{sheet} ({datum})" for sheet, datum in self.sheets.items()),
            )
        if self.alarm:
            raise WrongDatumError(
                layer=headings_of(layer).zh,
                declared=str(self.taken),
                proposed=self.proposed,
                evidence=self.evidence,
            )


def settle_reading(
    written: Written,
    body: Body,
    declared: str | Datum | None,
    *,
    city: City | None,
    name: str,
) -> Reading:
    """Take the declared datum, or the only one possible, and judge it against the city.

    Raises
    ------
    DatumNotDeclaredError
        Nobody said, and only a person can; the sentence carries the proposal and its evidence.
    UnknownDatumError
        The declaration is no datum.
    """
    if not np.isfinite(written.xy).all(axis=1).any():
        return Reading(taken=written.crs or Datum.WGS84)
    if written.crs:
        return _projected(written, body, declared, city)
    if declared is None and not needs_declaration(written):
        only = written.datums[0] if written.datums else Datum.WGS84
        return Reading(taken=only, meridian=_meridian(city))
    compare = city is not None and needs_declaration(written)
    verdict = _verdict(written.xy, body, declared, city) if compare else None
    proposed = "" if verdict is None or verdict.cannot_tell else str(verdict.proposed)
    evidence = NO_CITY if verdict is None else verdict.evidence()
    if declared is None:
        raise DatumNotDeclaredError(
            name=name,
            proposed=proposed or CANNOT_TELL,
            evidence=evidence,
            choices=", ".join(SHIFTED),
        )
    taken, meridian = declared_reading(str(declared))
    return Reading(
        taken=taken,
        meridian=meridian or _meridian(city),
        proposed=proposed,
        evidence=evidence,
        alarm=verdict is not None and verdict.alarm,
        verdict=verdict,
        **_mixed(written.xy, body, taken, city, judged=verdict is not None),
    )


def _mixed(
    lonlat: NDArray[np.float64], body: Body, taken: Datum | str, city: City | None, *, judged: bool
) -> dict[str, Any]:
    """Look for sheets and rows in another datum than the rest."""
    if city is None or not judged or not isinstance(taken, Datum):
        return {}
    names = body.cells.get("name", pd.Series("", index=body.cells.index)).astype(str)
    reference = datum_reference(city)
    return {
        "doubtful": mixed_rows(lonlat, names, reference, taken),
        "sheets": mixed_sheets(lonlat, names, reference, taken),
    }


def _projected(
    written: Written, body: Body, declared: str | Datum | None, city: City | None
) -> Reading:
    """Take the system that the file itself names, and its points for web-map ones if said so.

    What is drawn over a web map and saved in a projected system is as far off as the map is; the
    declaration then says which datum its degrees are in.
    """
    said = Datum.WGS84 if declared is None else declared_reading(str(declared))[0]
    shifted = said in (Datum.GCJ02, Datum.BD09)
    verdict = _verdict(project(written.xy, written.crs), body, said, city) if city else None
    notes = list(_old_system(written.crs))
    if isinstance(said, str) and not isinstance(said, Datum) and said != written.crs:
        notes.append(Note(code="file_crs_wins", facts={"crs": written.crs[:60], "said": said}))
    return Reading(
        taken=said if shifted else written.crs,
        proposed="" if verdict is None or verdict.cannot_tell else str(verdict.proposed),
        evidence=NO_CITY if verdict is None else verdict.evidence(),
        alarm=verdict is not None and verdict.alarm,
        verdict=verdict,
        notes=tuple(notes),
    )


def _old_system(text: str) -> tuple[Note, ...]:
    """Say that a system before CGCS2000 is taken as if it were that one."""
    name = CRS.from_user_input(text).name
    old = _OLD.search(name)
    return (Note(code="old_system", facts={"crs": name}),) if old else ()


def _verdict(
    lonlat: NDArray[np.float64], body: Body, declared: str | Datum | None, city: City | None
) -> DatumVerdict | None:
    """Hold degrees against the city; None without one."""
    if city is None:
        return None
    said = Datum.WGS84 if declared is None else declared_reading(str(declared))[0]
    names = body.cells.get("name")
    return judge_datum(
        lonlat,
        datum_reference(city),
        said if isinstance(said, Datum) else Datum.WGS84,
        names=None if names is None else names.astype(str).reset_index(drop=True),
    )


def _meridian(city: City | None) -> int | None:
    if city is None:
        return None
    operation = CRS.from_user_input(city.metric_crs).coordinate_operation
    for parameter in operation.params if operation is not None else ():
        if "longitude of natural origin" in parameter.name.lower():
            return round(float(parameter.value))
    return None
