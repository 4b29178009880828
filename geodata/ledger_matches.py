"""Matches of the ledger with other lists: proposed, then confirmed or rejected by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import Connection, insert, or_, select, update

from geodata.ledger_store import BadLedgerValueError, write_change
from geodata.store import models
from geodata.store.errors import UnknownItemError
from geodata.workspace import Workspace, note_action

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

STATES = ("proposed", "confirmed", "rejected")


def put_matches(
    ws: Workspace, matches: pd.DataFrame, other: pd.DataFrame, *, other_list: str, who: str
) -> int:
    """Keep proposals of :func:`~geodata.ledger_match.match_lists`; decided ones stay as they are.

    Equal codes are confirmed at once, names wait for a person.

    Parameters
    ----------
    ws
        The workspace.
    matches
        ``left`` are ledger ids, ``right`` labels of the other list.
    other
        The other list: index its labels, column ``name``; ``code`` and ``headcount`` if it has
        them, for the person who decides.
    other_list, who
        Name of the list, person.
    """
    table = models.ledger_matches
    with ws.writing() as connection:
        query = select(table.c.ledger_id, table.c.other_key).where(table.c.other_list == other_list)
        known = {(row.ledger_id, row.other_key) for row in connection.execute(query)}
        stamp = {"other_list": other_list, "who": who, "at": ws.stamp()}
        rows = [
            {
                "ledger_id": match.left,
                "other_key": str(match.right),
                **_seen(other, match.right),
                "how": match.how,
                "score": float(match.score),
                "state": "confirmed" if match.how == "code" else "proposed",
                **stamp,
            }
            for match in matches.itertuples()
            if (match.left, str(match.right)) not in known
        ]
        if rows:
            connection.execute(insert(table), rows)
        note_action(connection, ws, who, "put_matches", other_list, added=len(rows))
    return len(rows)


def _seen(other: pd.DataFrame, label: object) -> dict[str, Any]:
    row = other.loc[label]
    heads = row.get("headcount")
    return {
        "other_name": str(row["name"]),
        "other_code": str(row.get("code") or ""),
        "other_headcount": None if heads is None or pd.isna(heads) else int(heads),
    }


def decide_match(ws: Workspace, number: int, state: str, *, who: str) -> None:
    """Confirm or reject a proposal, or open the question again.

    Confirming one rejects the others of the same enterprise and of the same row of that list, also
    those confirmed before, and gives the enterprise the row's code if it has none. Opening a
    confirmed one again opens those it had rejected, and takes the code back.

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
        rivals = (table.c.other_list == row["other_list"]) & (table.c.id != number)
        rivals &= or_(table.c.ledger_id == row["ledger_id"], table.c.other_key == row["other_key"])
        if state == "confirmed":
            before = select(table).where(rivals, table.c.state == "confirmed")
            for loser in connection.execute(before).mappings().all():
                _take_code(connection, ws, loser, who)
            connection.execute(update(table).where(rivals).values(state="rejected", **stamp))
            _give_code(connection, ws, row, who)
        elif row["state"] == "confirmed":
            together = rivals & (table.c.at == row["at"]) & (table.c.state == "rejected")
            connection.execute(update(table).where(together).values(state="proposed", **stamp))
            _take_code(connection, ws, row, who)
        connection.execute(update(table).where(table.c.id == number).values(state=state, **stamp))
        note_action(connection, ws, who, "decide_match", str(number), state=state)


def _give_code(connection: Connection, ws: Workspace, row: RowMapping, who: str) -> None:
    """Fill in the code of an enterprise that has none, unless another one bears it."""
    ledger, code = models.ledger, row["other_code"]
    taken = connection.execute(select(ledger.c.code).where(ledger.c.code == code)).first()
    before = _entry(connection, row)
    if code and taken is None and not before["code"]:
        write_change(connection, ws, before, {"code": code}, who=who, why=_why(row))


def _take_code(connection: Connection, ws: Workspace, row: RowMapping, who: str) -> None:
    """Take back the code that this match gave; one that was there before stays."""
    changes, before = models.ledger_changes, _entry(connection, row)
    gave = select(changes.c.id).where(
        changes.c.ledger_id == row["ledger_id"],
        changes.c.field == "code",
        changes.c.new == row["other_code"],
        changes.c.why == _why(row),
    )
    if before["code"] == row["other_code"] and connection.execute(gave).first() is not None:
        write_change(connection, ws, before, {"code": ""}, who=who, why=_why(row))


def _why(row: RowMapping) -> str:
    return f"{row['other_list']}：{row['other_name']}"


def _entry(connection: Connection, row: RowMapping) -> dict[str, Any]:
    table = models.ledger
    query = select(table).where(table.c.ledger_id == row["ledger_id"])
    return dict(connection.execute(query).mappings().one())


def list_matches(ws: Workspace, *, other_list: str) -> pd.DataFrame:
    """Return the proposals and decisions for a list, best first for each enterprise.

    Columns are those of the table, and ``name``, ``code``, ``headcount``, ``town_code`` of the
    enterprise in the ledger.
    """
    table, ledger = models.ledger_matches, models.ledger
    own = [ledger.c[name] for name in ("name", "code", "headcount", "town_code")]
    query = (
        select(table, *own)
        .join(ledger, ledger.c.ledger_id == table.c.ledger_id)
        .where(table.c.other_list == other_list)
        .order_by(table.c.ledger_id, table.c.score.desc(), table.c.id)
    )
    with ws.reading() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    names = [*(column.name for column in table.columns), *(column.name for column in own)]
    frame = pd.DataFrame(rows, columns=names)
    for name in ("headcount", "other_headcount"):
        frame[name] = pd.to_numeric(frame[name]).astype("Int64")
    return frame
