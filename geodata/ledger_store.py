"""The ledger in the workspace: who changed what when, and who claimed what."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import Connection, bindparam, insert, select, update

from geodata.ledger import WAYS, LedgerColumn, UnionState, code_problem
from geodata.store import models
from geodata.store.errors import ConflictError, UnknownItemError, WorkspaceError
from geodata.workspace import Workspace, note_action

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_COUNTS = ("headcount", "members", "dispatched")
_FIELDS = tuple(str(column) for column in LedgerColumn)


class BadLedgerValueError(WorkspaceError):
    """A value that the column cannot hold."""

    code = "bad_ledger_value"
    sentence = "The ledger's '{field}' cannot be '{value}'. It holds {expected}."


def put_ledger(
    ws: Workspace,
    ledger: pd.DataFrame,
    *,
    who: str,
    why: str,
    fields: Collection[str] | None = None,
) -> dict[str, int]:
    """Bring a read ledger into the workspace: new rows added, known rows changed and logged.

    An enterprise is known by its code, or by name and town where one side has no code. What is
    known is never overwritten by an empty cell or by a column that the file does not have.

    Parameters
    ----------
    ws
        The workspace.
    ledger
        Index ledger_id, columns :class:`~geodata.ledger.LedgerColumn`.
    who, why
        Person and occasion, such as the file's name.
    fields
        Columns that the file has (``ReadLedger.fields``); None for all.

    Returns
    -------
    dict
        ``added``, ``changed``, ``same`` rows.
    """
    counts = {"added": 0, "changed": 0, "same": 0}
    table = models.ledger
    said = set(_FIELDS if fields is None else fields) | {"name", "code", "town_code"}
    with ws.writing() as connection:
        rows = connection.execute(select(table)).mappings().all()
        known = _Known.of([dict(row) for row in rows])
        new: dict[str, dict[str, Any]] = {}
        log, changed = [], {}
        for read_id, row in _plain(ledger):
            before = known.find(read_id, row)
            if before is None:
                new[read_id] = {"ledger_id": read_id, "revision": 1, **row}
                continue
            kept = _merged(before, row, said)
            found = [name for name in _FIELDS if before[name] != kept[name]]
            counts["changed" if found else "same"] += 1
            if found:
                stored = {f"v_{name}": kept[name] for name in _FIELDS}
                key = before["ledger_id"]
                changed[key] = {"v_id": key, "v_revision": before["revision"] + 1, **stored}
                change = _Change(ledger_id=key, who=who, why=why, at=ws.stamp())
                log += [change.row(name, before[name], kept[name]) for name in found]
                before.update(kept, revision=before["revision"] + 1)
        counts["added"] = len(new)
        if new:
            connection.execute(insert(table), list(new.values()))
        _store(connection, list(changed.values()), log)
        note_action(connection, ws, who, "put_ledger", why, **counts)
    return counts


def _merged(before: dict[str, Any], row: dict[str, Any], said: Collection[str]) -> dict[str, Any]:
    """Return a known row with what the file says; what it leaves empty stays."""
    return {
        name: before[name]
        if name not in said or value is None or value in ("", UnionState.UNKNOWN)
        else value
        for name, value in row.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The ledger's rows by what an enterprise is known by."""

    by_id: dict[str, dict[str, Any]]
    by_code: dict[str, dict[str, Any]]
    by_name: dict[tuple[str, str], list[dict[str, Any]]]

    @classmethod
    def of(cls, rows: list[dict[str, Any]]) -> _Known:
        by_name: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in rows:
            by_name.setdefault((row["name"], row["town_code"]), []).append(row)
        return cls(
            by_id={str(row["ledger_id"]): row for row in rows},
            by_code={row["code"]: row for row in rows if row["code"]},
            by_name=by_name,
        )

    def find(self, read_id: str, row: dict[str, Any]) -> dict[str, Any] | None:
        if row["code"] in self.by_code:
            return self.by_code[row["code"]]
        if read_id in self.by_id:
            return self.by_id[read_id]
        same = self.by_name.get((row["name"], row["town_code"]), [])
        open_ = [other for other in same if not (other["code"] and row["code"])]
        return open_[0] if len(open_) == 1 else None


def _store(
    connection: Connection, changed: list[dict[str, Any]], log: list[dict[str, Any]]
) -> None:
    table = models.ledger
    if changed:
        values: dict[str, Any] = {name: bindparam(f"v_{name}") for name in (*_FIELDS, "revision")}
        connection.execute(
            update(table).where(table.c.ledger_id == bindparam("v_id")).values(values), changed
        )
    if log:
        connection.execute(insert(models.ledger_changes), log)


def _plain(ledger: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    frame = ledger.reindex(columns=list(_FIELDS)).astype(object)
    frame = frame.where(frame.notna(), None)
    return [
        (str(label), {name: _value(name, row[name]) for name in _FIELDS})
        for label, row in zip(frame.index, frame.to_dict("records"), strict=True)
    ]


def _value(name: str, value: Any) -> Any:
    if name in _COUNTS:
        return None if value is None else int(value)
    if name in (LedgerColumn.DISPATCH, LedgerColumn.SAMPLE):
        return bool(value)
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    ledger_id: str
    who: str
    why: str
    at: str

    def row(self, field: str, old: object, new: object) -> dict[str, Any]:
        texts = {"old": "" if old is None else str(old), "new": "" if new is None else str(new)}
        return {**asdict(self), "field": field, **texts}


def has_ledger(ws: Workspace) -> bool:
    """Tell whether the ledger holds any enterprise, without reading it."""
    with ws.reading() as connection:
        return connection.execute(select(models.ledger.c.ledger_id).limit(1)).first() is not None


def get_ledger(ws: Workspace) -> pd.DataFrame:
    """Return the whole ledger: index ledger_id, its columns and ``revision``."""
    table = models.ledger
    with ws.reading() as connection:
        rows = connection.execute(select(table).order_by(table.c.ledger_id)).mappings().all()
    frame = pd.DataFrame([dict(row) for row in rows], columns=["ledger_id", *_FIELDS, "revision"])
    frame = frame.set_index("ledger_id")
    for name in _COUNTS:
        frame[name] = pd.to_numeric(frame[name]).astype("Int64")
    for name in ("dispatch", "sample"):
        frame[name] = frame[name].astype(bool)
    return frame


def change_entry(
    ws: Workspace,
    ledger_id: str,
    values: Mapping[str, object],
    *,
    who: str,
    why: str,
    revision: int | None = None,
) -> int:
    """Change fields of one enterprise and log each; return its new revision.

    Parameters
    ----------
    ws, ledger_id
        Where.
    values
        Field to new value.
    who, why
        Person and reason.
    revision
        The revision the person saw; None changes whatever is there.

    Raises
    ------
    UnknownItemError
        There is no such enterprise.
    ConflictError
        Someone else changed it since.
    BadLedgerValueError
        A field or value that the ledger does not hold.
    """
    _require_values(values)
    table = models.ledger
    with ws.writing() as connection:
        row = connection.execute(select(table).where(table.c.ledger_id == ledger_id)).mappings()
        before = row.first()
        if before is None:
            some = connection.execute(select(table.c.ledger_id).limit(3)).scalars().all()
            raise UnknownItemError(kind="enterprise", item=ledger_id, known=", ".join(some) or "-")
        if revision is not None and before["revision"] != revision:
            raise ConflictError(
                kind="Enterprise", item=before["name"], found=before["revision"], expected=revision
            )
        return write_change(connection, ws, dict(before), values, who=who, why=why)


def write_change(
    connection: Connection,
    ws: Workspace,
    before: Mapping[str, Any],
    values: Mapping[str, object],
    *,
    who: str,
    why: str,
) -> int:
    """Change fields of one enterprise inside a running transaction and log each.

    Parameters
    ----------
    connection, ws
        The transaction and its workspace.
    before
        The row as it is.
    values
        Field to new value, already checked.
    who, why
        Person and reason.

    Returns
    -------
    int
        The row's new revision.
    """
    table = models.ledger
    new = {name: _value(name, value) for name, value in values.items()}
    change = _Change(ledger_id=str(before["ledger_id"]), who=who, why=why, at=ws.stamp())
    found = [name for name, value in new.items() if before[name] != value]
    number = int(before["revision"]) + bool(found)
    if found:
        here = table.c.ledger_id == before["ledger_id"]
        connection.execute(update(table).where(here).values(new | {"revision": number}))
        log = [change.row(name, before[name], new[name]) for name in found]
        connection.execute(insert(models.ledger_changes), log)
    return number


def _require_values(values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if name not in _FIELDS:
            raise BadLedgerValueError(field=name, value=str(value), expected=", ".join(_FIELDS))
        if name == LedgerColumn.UNION_STATE and value not in list(UnionState):
            expected = ", ".join(UnionState)
            raise BadLedgerValueError(field=name, value=str(value), expected=expected)
        if name in _COUNTS and value is not None and not str(value).isdigit():
            raise BadLedgerValueError(field=name, value=str(value), expected="whole numbers")
        if name == LedgerColumn.NAME and not str(value or "").strip():
            raise BadLedgerValueError(field=name, value="", expected="a name")
        if name == LedgerColumn.VERIFIED_BY and value not in ("", *WAYS):
            expected = ", ".join(WAYS)
            raise BadLedgerValueError(field=name, value=str(value), expected=expected)
        if name == LedgerColumn.CODE and code_problem(str(value or "")):
            expected = "18 characters with a right check digit"
            raise BadLedgerValueError(field=name, value=str(value), expected=expected)


def claim(ws: Workspace, ledger_ids: list[str], town_union: str, *, who: str) -> int:
    """Let a town union take unclaimed enterprises over (认领); return how many it got.

    Source: the Daxing article, "基层总工会分别认领，建立子台账".
    """
    table = models.ledger
    wanted = set(ledger_ids)
    with ws.writing() as connection:
        free = connection.execute(select(table.c.ledger_id).where(table.c.claimed_by == ""))
        taken = [str(ledger_id) for ledger_id in free.scalars() if ledger_id in wanted]
        if taken:
            values = {"claimed_by": town_union, "revision": table.c.revision + 1}
            here = table.c.ledger_id == bindparam("v_id")
            rows = [{"v_id": ledger_id} for ledger_id in taken]
            connection.execute(update(table).where(here).values(values), rows)
            changes = [_Change(ledger_id=i, who=who, why="claim", at=ws.stamp()) for i in taken]
            log = [change.row("claimed_by", "", town_union) for change in changes]
            connection.execute(insert(models.ledger_changes), log)
        note_action(connection, ws, who, "claim", town_union, taken=len(taken))
    return len(taken)


def history(ws: Workspace, ledger_id: str) -> list[dict[str, Any]]:
    """Return all changes of an enterprise, oldest first."""
    table = models.ledger_changes
    query = select(table).where(table.c.ledger_id == ledger_id).order_by(table.c.id)
    with ws.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
