"""The ledger of enterprises (台账): reading it, its sub-ledgers, the year's targets.

Source: the Daxing article, "建立百人以上企业信息台账 ... 基层总工会分别认领，建立子台账".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from stdnum.cn import uscc
from stdnum.exceptions import (
    InvalidChecksum,
    InvalidComponent,
    InvalidFormat,
    InvalidLength,
    ValidationError,
)

from geodata.ids import unique_ids
from geodata.intake import Limits, Note, read_raw
from geodata.schema import Column, Kind, Schema
from geodata.tables_attributes import read_attributes, town_codes
from geodata.tables_rows import Body, data_rows, gather, lost_text, no_problems, problems

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HUNDRED = 100
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_COUNTS = ("headcount", "members", "dispatched")


class UnionState(StrEnum):
    """Whether an enterprise has a union."""

    FOUNDED = "founded"
    NONE = "none"
    PREPARING = "preparing"
    UNKNOWN = "unknown"


class LedgerColumn(StrEnum):
    """Columns of the ledger; index ``ledger_id``."""

    CODE = "code"
    """Unified social credit code, checked; empty where none or wrong."""
    NAME = "name"
    """Registered name."""
    HEADCOUNT = "headcount"
    """Employees, people."""
    UNION_STATE = "union_state"
    """One of :class:`UnionState`."""
    TOWN_CODE = "town_code"
    """Twelve digits; empty where unknown."""
    CLAIMED_BY = "claimed_by"
    """Town union that took it over; empty where nobody did."""
    VERIFIED_BY = "verified_by"
    """record, visit, phone, web; empty where nobody looked.

    Source: the article, 信息核实、实地走访、电话查询、网络搜索."""
    REASON = "reason"
    """Why there is no union. Internal."""
    DIFFICULTY = "difficulty"
    """What makes founding hard. Internal."""
    FOUNDED = "founded"
    """Date or year the union was founded, ISO text."""
    MEMBERS = "members"
    """Union members, people; missing where unknown."""
    DISPATCH = "dispatch"
    """True for labour-dispatch companies."""
    DISPATCHED = "dispatched"
    """Dispatched workers, people; missing where unknown."""
    SAMPLE = "sample"
    """True for invented rows (示例)."""


INTERNAL = (LedgerColumn.REASON, LedgerColumn.DIFFICULTY, LedgerColumn.HEADCOUNT)
"""Never in a public export. Source: design, "Personal and internal data"."""

WAYS = ("record", "visit", "phone", "web")
"""Ways of checking. Source: the article, 信息核实、实地走访、电话查询、网络搜索."""

_TEXT = Column(kind=Kind.TEXT)
_COUNT = Column(kind=Kind.INTEGER, low=0, high=5_000_000)
_SCHEMA = Schema(
    layer="ledger",
    columns={
        "name": Column(kind=Kind.TEXT, required=True),
        "headcount": _COUNT,
        "union_state": Column(kind=Kind.CHOICE, choices=tuple(UnionState)),
        "verified_by": Column(kind=Kind.CHOICE, choices=WAYS),
        "claimed_by": _TEXT,
        "reason": _TEXT,
        "difficulty": _TEXT,
        "founded": _TEXT,
        "members": _COUNT,
        "dispatched": _COUNT,
        "dispatch": Column(kind=Kind.FLAG),
        "sample": Column(kind=Kind.FLAG),
    },
    needs_point=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLedger:
    """A ledger read from a file.

    Attributes
    ----------
    frame
        Index ledger_id; columns :class:`LedgerColumn`.
    report, mended, skipped
        Problem tables: rows refused; values read otherwise than written or left out; lines that
        are no data.
    rows_read
        Data rows of the file.
    notes
        About the file.
    body
        The rows as written, for marking.
    """

    frame: pd.DataFrame
    report: pd.DataFrame
    mended: pd.DataFrame
    skipped: pd.DataFrame
    rows_read: int
    notes: tuple[Note, ...]
    body: Body

    @property
    def fields(self) -> frozenset[str]:
        """Columns of the ledger that the file has."""
        return frozenset(map(str, self.body.cells.columns))


def read_ledger(
    path: Path | str, *, towns: pd.DataFrame | None = None, limits: Limits | None = None
) -> ReadLedger:
    """Read a ledger from any accepted file.

    Parameters
    ----------
    path
        The file.
    towns
        Of the city: index town code, column ``name``; None leaves towns that are no code empty.
    limits
        What reading may cost.

    Raises
    ------
    IntakeError, NoHeaderError, MissingColumnsError
        The file as a whole cannot be read.
    """
    raw = read_raw(path, limits=limits)
    body = data_rows(raw, "ledger")
    attributes = read_attributes(body, _SCHEMA, "ledger", raw.name)
    towns_found, unknown = town_codes(body, towns)
    codes, bad_codes = check_codes(body)
    frame = attributes.frame.assign(town_code=towns_found, code=codes)
    refused = gather([lost_text(body.cells), attributes.refused, _out_of_range(frame, body)])
    kept = frame[~frame.index.isin(refused["row"])]
    copies = _copies(kept, body)
    kept = kept[~kept.index.isin(copies["row"])]
    report = gather([refused, copies])
    changes = gather([body.mended, attributes.mended, unknown, bad_codes])
    return ReadLedger(
        frame=as_ledger(kept),
        report=report,
        mended=changes[~changes["row"].isin(report["row"])].reset_index(drop=True),
        skipped=body.skipped,
        rows_read=len(body.cells),
        notes=(*body.notes, *attributes.notes),
        body=body,
    )


def as_ledger(frame: pd.DataFrame) -> pd.DataFrame:
    """Give rows their ids, order and types; the index becomes ``ledger_id``.

    A row is known by its code, or by name and town where it has none.
    """
    keys = frame["code"].where(
        frame["code"].ne(""), "name|" + frame["name"] + "|" + frame["town_code"]
    )
    ledger = frame.set_axis(pd.Index(unique_ids("led", keys), name="ledger_id"), axis=0)
    ledger = ledger.reindex(columns=list(LedgerColumn))
    state = ledger["union_state"].replace("", UnionState.UNKNOWN).astype(object)
    texts = [c for c in LedgerColumn if c not in ("headcount", "members", "dispatched")]
    for name in texts:
        ledger[name] = ledger[name].astype(bool if name in ("dispatch", "sample") else object)
    for count in _COUNTS:
        ledger[count] = pd.to_numeric(ledger[count]).astype("Int64")
    return ledger.assign(union_state=state).sort_index()


def _out_of_range(frame: pd.DataFrame, body: Body) -> pd.DataFrame:
    reports = []
    for name in ("headcount", "members", "dispatched"):
        numbers = pd.to_numeric(frame[name])
        bad = (numbers < _COUNT.low) | (numbers > _COUNT.high)
        if name in body.cells:
            written, title = body.cells[name], body.titles[name]
            span = f"{_COUNT.low:g} .. {_COUNT.high:g}"
            reports.append(problems(frame.index[bad], title, written[bad], "out_of_range", span))
    return gather(reports)


def check_codes(body: Body) -> tuple[pd.Series, pd.DataFrame]:
    """Return each row's checked code, "" where it is wrong, and a table of the wrong ones."""
    if "code" not in body.cells:
        return pd.Series("", index=body.cells.index, dtype=object), no_problems()
    written = body.cells["code"].astype(str)
    plain = written.str.normalize("NFKC").str.replace(r"[\s\-']", "", regex=True).str.upper()
    unique = plain.drop_duplicates()
    doubtful = unique[~right_check_digits(unique)]
    verdict = plain.map({code: code_problem(code) for code in doubtful}).astype(object).fillna("")
    bad = verdict.ne("")
    table = problems(written.index[bad], body.titles["code"], written[bad], "bad_code")
    table["problem"] = verdict[bad].to_numpy(dtype=object)
    table["suggestion"] = "left_empty"
    return plain.where(~bad, "").astype(object), table


def right_check_digits(codes: pd.Series) -> NDArray[np.bool_]:
    """Tell which texts are codes with a right check digit, shape (n,); the rest needs a look.

    Source: GB 32100-2015: 17 characters weighted by powers of 3 modulo 31, as in python-stdnum.
    """
    whole = codes.str.fullmatch(f"[0-9]{{8}}[{_ALPHABET}]{{10}}").fillna(value=False).to_numpy(bool)
    right = np.zeros(len(codes), dtype=bool)
    if whole.any():
        text = "".join(codes[whole]).encode("ascii")
        value = np.zeros(128, dtype=np.int64)
        value[np.frombuffer(_ALPHABET.encode(), dtype=np.uint8)] = np.arange(len(_ALPHABET))
        digits = value[np.frombuffer(text, dtype=np.uint8)].reshape(-1, 18)
        weights = np.array([pow(3, power, 31) for power in range(17)])
        right[whole] = (31 - digits[:, :17] @ weights % 31) % 31 == digits[:, 17]
    return right


def code_problem(code: str) -> str:
    """Return what is wrong with a unified social credit code: "" where nothing is.

    ``code_as_number`` is a code that a spreadsheet turned into a number and thereby lost.
    """
    if not code:
        return ""
    try:
        uscc.validate(code)
    except ValidationError as err:
        lost = "E+" in code or (code.isdigit() and code.endswith("000"))
        return "code_as_number" if lost else _CODE_PROBLEMS.get(type(err), "code_format")
    return ""


_CODE_PROBLEMS: dict[type[ValidationError], str] = {
    InvalidLength: "code_length",
    InvalidFormat: "code_format",
    InvalidChecksum: "code_check_digit",
    InvalidComponent: "code_check_digit",
}


def _copies(frame: pd.DataFrame, body: Body) -> pd.DataFrame:
    by_name = frame["name"] + "|" + frame["town_code"]
    key = frame["code"].where(frame["code"].ne(""), by_name)
    twice = key.duplicated()
    first = pd.Series(key.index[~twice], index=key[~twice])
    table = problems(
        frame.index[twice], body.titles["name"], frame.loc[twice, "name"], "duplicate_row"
    )
    table["suggestion"] = key[twice].map(first).to_numpy(dtype=object)
    names = frame["name"]
    other = names[twice].to_numpy() != names[table["suggestion"]].to_numpy()
    table.loc[other, "problem"] = "code_twice"
    return table


def over_hundred(ledger: pd.DataFrame, *, least: int = HUNDRED) -> pd.DataFrame:
    """Return enterprises with ``least`` employees or more, most first (百人以上企业信息台账)."""
    large = ledger[ledger["headcount"].fillna(0) >= least]
    return large.sort_values(["headcount", "name"], ascending=[False, True])


def sub_ledgers(ledger: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return each town's part (子台账), by town code; rows without a town under ``""``."""
    return {str(code): part for code, part in ledger.groupby("town_code", sort=True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A figure of the article. Source: the Daxing article, its first paragraph."""

    key: str
    figure: float


TARGETS = (
    Target(key="new_unions", figure=159),
    Target(key="new_unions_100", figure=59),
    Target(key="new_members", figure=13_596),
    Target(key="dispatch_unions", figure=22),
    Target(key="dispatched_members", figure=5_188),
    Target(key="dispatched_share", figure=0.5),
)


def progress(ledger: pd.DataFrame, *, year: str = "") -> pd.DataFrame:
    """Count the ledger against the article's targets.

    Parameters
    ----------
    ledger
        Index ledger_id.
    year
        Only unions founded in that year count as new, such as ``"2018"``; "" counts all.

    Returns
    -------
    pandas.DataFrame
        Index key of :data:`TARGETS`; columns ``target``, ``found``, ``share`` (found / target).
    """
    new = ledger["union_state"].eq(UnionState.FOUNDED)
    if year:
        new &= ledger["founded"].str.startswith(year)
    large = ledger["headcount"].fillna(0) >= HUNDRED
    agency = ledger["dispatch"].astype(bool)
    workers = ledger["dispatched"].fillna(0).astype("int64")
    organised = int(workers[agency & ledger["union_state"].eq(UnionState.FOUNDED)].sum())
    everyone = int(workers[agency].sum())
    found = {
        "new_unions": float(new.sum()),
        "new_unions_100": float((new & large).sum()),
        "new_members": float(ledger.loc[new, "members"].fillna(0).sum()),
        "dispatch_unions": float((agency & ledger["union_state"].eq(UnionState.FOUNDED)).sum()),
        "dispatched_members": float(organised),
        "dispatched_share": organised / everyone if everyone else np.nan,
    }
    table = pd.DataFrame(
        {"target": [t.figure for t in TARGETS], "found": [found[t.key] for t in TARGETS]},
        index=pd.Index([t.key for t in TARGETS], name="target_key"),
    )
    return table.assign(share=table["found"] / table["target"])
