"""The plans' shelf: names, copies, what was put away and taken back; what a city was made of.

Nothing is destroyed here: a plan that is put away keeps its row and its file, the audit trail says
who put it away and when, and it can be taken back.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from geodata.ids import feature_id
from geodata.store import models
from geodata.store.errors import UnknownItemError
from geodata.workspace import Workspace, note_action

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

_REMOVE, _RESTORE, _MADE_OF = "remove_plan", "restore_plan", "city_layers"


def rename_plan(ws: Workspace, plan_id: str, name: str, *, who: str) -> None:
    """Give a kept plan another name; its id, and so every link to it, stays.

    Raises
    ------
    UnknownItemError
        There is none of that id.
    """
    table = models.plans
    with ws.writing() as connection:
        before = _plan(connection, plan_id)
        connection.execute(update(table).where(table.c.plan_id == plan_id).values(name=name))
        note_action(connection, ws, who, "rename_plan", plan_id, before=before["name"], after=name)


def copy_plan(ws: Workspace, plan_id: str, name: str, *, who: str) -> str:
    """Keep a plan once more under another name; return the id of the copy.

    Raises
    ------
    UnknownItemError
        There is none of that id.
    """
    table = models.plans
    with ws.writing() as connection:
        row = _plan(connection, plan_id)
        stamp = ws.stamp()
        copy = feature_id("plan", plan_id, name, stamp)
        values = row | {"plan_id": copy, "name": name, "who": who, "at": stamp}
        connection.execute(insert(table).values(values))
        note_action(connection, ws, who, "copy_plan", copy, name=name, copied_from=plan_id)
    return copy


def remove_plan(ws: Workspace, plan_id: str, *, who: str) -> None:
    """Put a plan away: it is no longer listed, and can be taken back.

    Raises
    ------
    UnknownItemError
        There is none of that id.
    """
    _put(ws, plan_id, _REMOVE, who)


def restore_plan(ws: Workspace, plan_id: str, *, who: str) -> None:
    """Take a plan back that was put away.

    Raises
    ------
    UnknownItemError
        There is none of that id.
    """
    _put(ws, plan_id, _RESTORE, who)


def _put(ws: Workspace, plan_id: str, action: str, who: str) -> None:
    with ws.writing() as connection:
        row = _plan(connection, plan_id)
        note_action(connection, ws, who, action, plan_id, name=row["name"])


def _plan(connection: Connection, plan_id: str) -> dict[str, Any]:
    table = models.plans
    row = connection.execute(select(table).where(table.c.plan_id == plan_id)).mappings().first()
    if row is None:
        raise UnknownItemError(kind="plan", item=plan_id, known="-")
    return dict(row)


def removed_plans(ws: Workspace) -> dict[str, dict[str, str]]:
    """Return the plans that are put away: plan id to ``who`` and ``at``."""
    table = models.audit
    query = select(table).where(table.c.action.in_((_REMOVE, _RESTORE))).order_by(table.c.id)
    with ws.reading() as connection:
        rows = list(connection.execute(query).mappings())
    last = {str(row["subject"]): row for row in rows}
    return {
        plan_id: {"who": row["who"], "at": row["at"]}
        for plan_id, row in last.items()
        if row["action"] == _REMOVE
    }


def note_city_layers(
    ws: Workspace, city_version: str, made_of: Mapping[str, str], *, who: str
) -> None:
    """Write down which layer versions a kept city was made of.

    Parameters
    ----------
    ws, city_version
        Where, and of which city.
    made_of
        Layer of the city to ``"name vN"`` of the workspace's layer versions; layers that come from
        elsewhere are left away.
    who
        Person.
    """
    if city_layers(ws, city_version) == dict(made_of):
        return
    with ws.writing() as connection:
        note_action(connection, ws, who, _MADE_OF, city_version, layers=dict(made_of))


def city_layers(ws: Workspace, city_version: str) -> dict[str, str]:
    """Return what :func:`note_city_layers` wrote down last; empty where nothing was."""
    table = models.audit
    query = (
        select(table.c.facts)
        .where(table.c.action == _MADE_OF, table.c.subject == city_version)
        .order_by(table.c.id.desc())
        .limit(1)
    )
    with ws.reading() as connection:
        facts = connection.execute(query).scalar()
    return {} if facts is None else dict(json.loads(str(facts))["layers"])
