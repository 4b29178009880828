"""The ledger in the workspace: who changed what when, claims, and matches people confirmed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import Connection, bindparam, insert, select, update

from geodata.ledger import LedgerColumn, UnionState
from geodata.store import models
from geodata.store.errors import ConflictError, UnknownItemError, WorkspaceError
from geodata.workspace import Workspace, note_action

if TYPE_CHECKING:
    from collections.abc import Mapping

_COUNTS = ("headcount", "members", "dispatched")
_FIELDS = tuple(str(column) for column in LedgerColumn)
_KEEP_FROM_BEFORE = ("claimed_by", "verified_by", "reason", "difficulty")
STATES = ("proposed", "confirmed", "rejected")


class BadLedgerValueError(WorkspaceError):
    """A value that the column cannot hold."""

    code = "bad_ledger_value"
    sentence = "The ledger's '{field}' cannot be '{value}'. It holds {expected}."


def put_ledger(ws: Workspace, ledger: pd.DataFrame, *, who: str, why: str) -> dict[str, int]:
    """Bring a read ledger into the workspace: new rows added, known rows changed and logged.

    What town unions wrote (claims, ways of checking, reasons) is not overwritten by an empty cell.

    Parameters
    ----------
    ws
        The workspace.
    ledger
        Index ledger_id, columns :class:`~geodata.ledger.LedgerColumn`.
    who, why
        Person and occasion, such as the file's name.

    Returns
    -------
    dict
        ``added``, ``changed``, ``same`` rows.
    """
    counts = {"added": 0, "changed": 0, "same": 0}
    table = models.ledger
    with ws.writing() as connection:
        rows = connection.execute(select(table)).mappings().all()
        known = {str(row["ledger_id"]): dict(row) for row in rows}
        new, log, changed = [], [], []
        for ledger_id, row in _plain(ledger):
            before = known.get(ledger_id)
            if before is None:
                new.append({"ledger_id": ledger_id, "revision": 1, **row})
                continue
            kept = {
                name: before[name] if name in _KEEP_FROM_BEFORE and not value else value
                for name, value in row.items()
            }
            found = [name for name in _FIELDS if before[name] != kept[name]]
            counts["changed" if found else "same"] += 1
            if found:
                stored = {f"v_{name}": kept[name] for name in _FIELDS}
                changed.append({"v_id": ledger_id, "v_revision": before["revision"] + 1, **stored})
                change = _Change(ledger_id=ledger_id, who=who, why=why, at=ws.stamp())
                log += [change.row(name, before[name], kept[name]) for name in found]
        counts["added"] = len(new)
        if new:
            connection.execute(insert(table), new)
        _store(connection, changed, log)
        note_action(connection, ws, who, "put_ledger", why, **counts)
    return counts


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
        new = {name: _value(name, value) for name, value in values.items()}
        change = _Change(ledger_id=ledger_id, who=who, why=why, at=ws.stamp())
        log = [
            change.row(name, before[name], value)
            for name, value in new.items()
            if before[name] != value
        ]
        number = int(before["revision"]) + bool(log)
        if log:
            here = table.c.ledger_id == ledger_id
            connection.execute(update(table).where(here).values(new | {"revision": number}))
            connection.execute(insert(models.ledger_changes), log)
    return number


def _require_values(values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if name not in _FIELDS:
            raise BadLedgerValueError(field=name, value=str(value), expected=", ".join(_FIELDS))
        if name == LedgerColumn.UNION_STATE and value not in list(UnionState):
            expected = ", ".join(UnionState)
            raise BadLedgerValueError(field=name, value=str(value), expected=expected)
        if name in _COUNTS and value is not None:
            text = str(value)
            if not text.isdigit():
                raise BadLedgerValueError(field=name, value=text, expected="whole numbers")


def claim(ws: Workspace, ledger_ids: list[str], town_union: str, *, who: str) -> int:
    """Let a town union take unclaimed enterprises over (认领); return how many it got.

    Source: the Daxing article, "基层总工会分别认领，建立子台账".
    """
    table = models.ledger
    with ws.writing() as connection:
        free = connection.execute(
            select(table.c.ledger_id).where(
                table.c.ledger_id.in_(ledger_ids), table.c.claimed_by == ""
            )
        )
        taken = [str(ledger_id) for ledger_id in free.scalars()]
        if taken:
            connection.execute(
                update(table)
                .where(table.c.ledger_id.in_(taken))
                .values(claimed_by=town_union, revision=table.c.revision + 1)
            )
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


def put_matches(
    ws: Workspace, matches: pd.DataFrame, names: pd.Series, *, other_list: str, who: str
) -> int:
    """Keep proposals of :func:`~geodata.ledger_match.match_lists`; decided ones stay as they are.

    Parameters
    ----------
    ws
        The workspace.
    matches
        ``left`` are ledger ids, ``right`` keys of the other list.
    names
        Of the other list's rows, by key.
    other_list, who
        Name of the list, person.
    """
    table = models.ledger_matches
    with ws.writing() as connection:
        query = select(table.c.ledger_id, table.c.other_key).where(table.c.other_list == other_list)
        known = {(row.ledger_id, row.other_key) for row in connection.execute(query)}
        rows = [
            {
                "ledger_id": match.left,
                "other_list": other_list,
                "other_key": str(match.right),
                "other_name": str(names[match.right]),
                "how": match.how,
                "score": float(match.score),
                "state": "confirmed" if match.how == "code" else "proposed",
                "who": who,
                "at": ws.stamp(),
            }
            for match in matches.itertuples()
            if (match.left, str(match.right)) not in known
        ]
        if rows:
            connection.execute(insert(table), rows)
        note_action(connection, ws, who, "put_matches", other_list, added=len(rows))
    return len(rows)


def decide_match(ws: Workspace, number: int, state: str, *, who: str) -> None:
    """Confirm or reject a proposal; confirming one rejects the others of the same enterprise.

    Raises
    ------
    UnknownItemError
        There is no such proposal.
    BadLedgerValueError
        Another state than :data:`STATES`.
    """
    if state not in STATES:
        raise BadLedgerValueError(field="state", value=state, expected=", ".join(STATES))
    table = models.ledger_matches
    with ws.writing() as connection:
        row = connection.execute(select(table).where(table.c.id == number)).mappings().first()
        if row is None:
            raise UnknownItemError(kind="match", item=number, known="-")
        stamp = {"who": who, "at": ws.stamp()}
        if state == "confirmed":
            others = (table.c.ledger_id == row["ledger_id"]) & (table.c.id != number)
            others &= table.c.other_list == row["other_list"]
            connection.execute(update(table).where(others).values(state="rejected", **stamp))
        connection.execute(update(table).where(table.c.id == number).values(state=state, **stamp))
        note_action(connection, ws, who, "decide_match", str(number), state=state)


def list_matches(ws: Workspace, *, other_list: str) -> pd.DataFrame:
    """Return the proposals and decisions for a list, best first."""
    table = models.ledger_matches
    query = select(table).where(table.c.other_list == other_list)
    query = query.order_by(table.c.ledger_id, table.c.score.desc(), table.c.id)
    with ws.reading() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    return pd.DataFrame(rows, columns=[column.name for column in table.columns])
