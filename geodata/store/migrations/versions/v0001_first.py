"""First version: layers, cities, scenarios, plans, comments, audit, the ledger and its changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SHA = sa.String(64)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _short(name: str, size: int = 40) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), nullable=False)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "workspace", sa.Column("uid", sa.String(36), primary_key=True), _short("created")
    )
    op.create_table(
        "layer_versions",
        _id(),
        _short("layer"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sha256", _SHA, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        *(_text("crs"), _text("source_name"), _short("datum"), _text("note")),
        *(_text("who"), _short("at")),
        sa.UniqueConstraint("layer", "version", name="uq_layer_versions_layer"),
    )
    op.create_table(
        "cities",
        sa.Column("version", _SHA, primary_key=True),
        *(_short("city_id", 80), _text("name"), _short("sha256", 64), _text("who"), _short("at")),
    )
    op.create_table(
        "scenarios",
        sa.Column("scenario_id", sa.String(40), primary_key=True),
        *(_text("name"), _text("settings"), _short("settings_hash", 64), _text("note")),
        sa.Column("archived", sa.Boolean, nullable=False),
        *(_text("who"), _short("at")),
    )
    _plans_and_talk()
    _ledger()


def _plans_and_talk() -> None:
    op.create_table(
        "plans",
        sa.Column("plan_id", sa.String(40), primary_key=True),
        _text("name"),
        sa.Column(
            "scenario_id", sa.String(40), sa.ForeignKey("scenarios.scenario_id"), nullable=True
        ),
        sa.Column("city_version", _SHA, sa.ForeignKey("cities.version"), nullable=False),
        _short("settings_hash", 64),
        sa.Column("schema_version", sa.Integer, nullable=False),
        _short("status", 20),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.Column("bound", sa.BigInteger, nullable=False),
        *(_short("sha256", 64), _text("who"), _short("at")),
    )
    op.create_table("comments", _id(), _text("subject"), _text("who"), _short("at"), _text("text"))
    op.create_index("ix_comments_subject", "comments", ["subject"])
    op.create_table(
        "audit",
        _id(),
        *(_short("at"), _text("who"), _short("action"), _text("subject"), _text("facts")),
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("ledger_id", sa.String(40), primary_key=True),
        *(_short("code", 18), _text("name")),
        sa.Column("headcount", sa.Integer, nullable=True),
        *(_short("union_state", 20), _short("town_code", 12), _text("claimed_by")),
        *(_short("verified_by", 20), _text("reason"), _text("difficulty")),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    for column in ("code", "name", "town_code"):
        op.create_index(f"ix_ledger_{column}", "ledger", [column])
    op.create_table(
        "ledger_changes",
        _id(),
        sa.Column("ledger_id", sa.String(40), sa.ForeignKey("ledger.ledger_id"), nullable=False),
        *(_short("at"), _text("who"), _short("field"), _text("old"), _text("new"), _text("why")),
    )
    op.create_index("ix_ledger_changes_ledger_id", "ledger_changes", ["ledger_id"])
