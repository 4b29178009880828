"""Scenarios, plans, publications and comments of a workspace."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from geodata.ids import feature_id
from geodata.store import models
from geodata.store.engine import new_id
from geodata.store.errors import UnknownItemError
from geodata.store.objects import get_object, put_object
from geodata.workspace import Workspace, note_action

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table

_EPOCH = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """What the catalogue says of a plan.

    Attributes
    ----------
    plan_id
        Hash of the plan's content.
    name
        As the planner calls it.
    scenario_id
        The scenario it was made from; None for none.
    city_version, settings_hash, schema_version
        What it was made from.
    status, value, bound
        Of its solution; thousandths of priority-weighted people.
    """

    plan_id: str
    name: str
    scenario_id: str | None
    city_version: str
    settings_hash: str
    schema_version: int
    status: str
    value: int
    bound: int


def put_scenario(
    ws: Workspace, name: str, settings: str, settings_hash: str, *, who: str, note: str = ""
) -> str:
    """Keep a scenario (a name for settings, as text); return its id."""
    scenario_id = feature_id("scn", name, settings_hash)
    table = models.scenarios
    with ws.writing() as connection:
        known = connection.execute(
            select(table.c.scenario_id).where(table.c.scenario_id == scenario_id)
        )
        if known.first() is None:
            connection.execute(
                insert(table).values(
                    scenario_id=scenario_id,
                    name=name,
                    settings=settings,
                    settings_hash=settings_hash,
                    note=note,
                    archived=False,
                    who=who,
                    at=ws.stamp(),
                )
            )
            note_action(connection, ws, who, "put_scenario", scenario_id, name=name)
    return scenario_id


def archive_scenario(ws: Workspace, scenario_id: str, *, who: str) -> None:
    """Put a scenario out of the way; nothing is removed.

    Raises
    ------
    UnknownItemError
        There is none.
    """
    table = models.scenarios
    with ws.writing() as connection:
        done = connection.execute(
            update(table).where(table.c.scenario_id == scenario_id).values(archived=True)
        )
        if not done.rowcount:
            known = connection.execute(select(table.c.scenario_id)).scalars().all()
            raise UnknownItemError(kind="scenario", item=scenario_id, known=", ".join(known) or "-")
        note_action(connection, ws, who, "archive_scenario", scenario_id)


def put_plan(ws: Workspace, row: PlanRow, data: bytes, *, who: str) -> str:
    """Keep a plan's bytes under its id; the same plan again is no new one."""
    table = models.plans
    with ws.writing() as connection:
        known = select(table.c.plan_id).where(table.c.plan_id == row.plan_id)
        if connection.execute(known).first() is None:
            sha256 = put_object(ws.folder, data)
            values = asdict(row) | {"sha256": sha256, "who": who, "at": ws.stamp()}
            connection.execute(insert(table).values(values))
            note_action(connection, ws, who, "put_plan", row.plan_id, name=row.name)
    return row.plan_id


def get_plan(ws: Workspace, plan_id: str) -> tuple[PlanRow, bytes]:
    """Return a kept plan's row and bytes.

    Raises
    ------
    UnknownItemError
        There is none of that id.
    """
    row = _one(ws, models.plans, "plan", plan_id)
    kept = {name: row[name] for name in PlanRow.__dataclass_fields__}
    return PlanRow(**kept), get_object(ws.folder, row["sha256"])


def publish(ws: Workspace, name: str, plan_id: str, files: Mapping[str, bytes], *, who: str) -> int:
    """Keep the public files of a plan, all or none; return the number of the publication.

    Raises
    ------
    UnknownItemError
        The plan is not kept.
    """
    _one(ws, models.plans, "plan", plan_id)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for inner in sorted(files):
            archive.writestr(zipfile.ZipInfo(inner, _EPOCH), files[inner])
    with ws.writing() as connection:
        values = {
            "name": name,
            "plan_id": plan_id,
            "sha256": put_object(ws.folder, buffer.getvalue()),
            "files": json.dumps(sorted(files), ensure_ascii=False),
            "who": who,
            "at": ws.stamp(),
        }
        done = connection.execute(insert(models.publications).values(values))
        number = new_id(done)
        note_action(connection, ws, who, "publish", str(number), plan_id=plan_id, name=name)
    return number


def get_publication(ws: Workspace, number: int) -> dict[str, bytes]:
    """Return the files of a publication.

    Raises
    ------
    UnknownItemError
        There is none of that number.
    """
    row = _one(ws, models.publications, "publication", number)
    with zipfile.ZipFile(io.BytesIO(get_object(ws.folder, row["sha256"]))) as archive:
        return {inner: archive.read(inner) for inner in archive.namelist()}


def add_comment(ws: Workspace, subject: str, text: str, *, who: str) -> int:
    """Keep a comment on a station, plan, layer or ledger entry; return its number."""
    with ws.writing() as connection:
        done = connection.execute(
            insert(models.comments).values(subject=subject, who=who, at=ws.stamp(), text=text)
        )
        return new_id(done)


def list_rows(ws: Workspace, kind: str) -> list[dict[str, Any]]:
    """Return all rows of ``scenarios``, ``plans``, ``publications``, ``comments`` or ``audit``.

    Raises
    ------
    UnknownItemError
        Another kind is asked for.
    """
    kinds = ("scenarios", "plans", "publications", "comments", "audit", "cities")
    if kind not in kinds:
        raise UnknownItemError(kind="table", item=kind, known=", ".join(kinds))
    table = models.metadata.tables[kind]
    order = list(table.primary_key.columns)
    with ws.reading() as connection:
        return [dict(row) for row in connection.execute(select(table).order_by(*order)).mappings()]


def _one(ws: Workspace, table: Table, kind: str, key: str | int) -> dict[str, Any]:
    column = next(iter(table.primary_key.columns))
    with ws.reading() as connection:
        row = connection.execute(select(table).where(column == key)).mappings().first()
        if row is not None:
            return dict(row)
        known = connection.execute(select(column).order_by(column).limit(5)).scalars().all()
    raise UnknownItemError(kind=kind, item=key, known=", ".join(map(str, known)) or "-")
