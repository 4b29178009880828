"""The tables of a workspace; the same on SQLite and PostgreSQL.

Times are ISO 8601 text in UTC, so that both stores and the exported file say the same.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_SHA = String(64)

workspace = Table(
    "workspace",
    metadata,
    Column("uid", String(36), primary_key=True),
    Column("created", String(40), nullable=False),
)

layer_versions = Table(
    "layer_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("layer", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", _SHA, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("crs", Text, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("datum", String(40), nullable=False),
    Column("note", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", String(40), nullable=False),
    UniqueConstraint("layer", "version"),
)

cities = Table(
    "cities",
    metadata,
    Column("version", _SHA, primary_key=True),
    Column("city_id", String(80), nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", _SHA, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", String(40), nullable=False),
)

scenarios = Table(
    "scenarios",
    metadata,
    Column("scenario_id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("settings_hash", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", String(40), nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("plan_id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("scenario_id", ForeignKey("scenarios.scenario_id"), nullable=True),
    Column("city_version", ForeignKey("cities.version"), nullable=False),
    Column("settings_hash", String(64), nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("bound", BigInteger, nullable=False),
    Column("sha256", _SHA, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", String(40), nullable=False),
)

comments = Table(
    "comments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", Text, nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("text", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("facts", Text, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("ledger_id", String(40), primary_key=True),
    Column("code", String(18), nullable=False, index=True),
    Column("name", Text, nullable=False, index=True),
    Column("headcount", Integer, nullable=True),
    Column("union_state", String(20), nullable=False),
    Column("town_code", String(12), nullable=False, index=True),
    Column("claimed_by", Text, nullable=False),
    Column("verified_by", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("difficulty", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    # since 0002
    Column("founded", String(10), nullable=False),
    Column("members", Integer, nullable=True),
    Column("dispatch", Boolean, nullable=False),
    Column("dispatched", Integer, nullable=True),
    Column("sample", Boolean, nullable=False),
)

ledger_changes = Table(
    "ledger_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ledger_id", ForeignKey("ledger.ledger_id"), nullable=False, index=True),
    Column("at", String(40), nullable=False),
    Column("who", Text, nullable=False),
    Column("field", String(40), nullable=False),
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
    Column("why", Text, nullable=False),
)

ledger_matches = Table(
    "ledger_matches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ledger_id", ForeignKey("ledger.ledger_id"), nullable=False, index=True),
    Column("other_list", String(80), nullable=False),
    Column("other_key", Text, nullable=False),
    Column("other_name", Text, nullable=False),
    Column("how", String(20), nullable=False),
    Column("score", Float, nullable=False),
    Column("state", String(20), nullable=False),
    Column("who", Text, nullable=False),
    Column("at", String(40), nullable=False),
    # since 0003
    Column("other_code", String(18), nullable=False),
    Column("other_headcount", Integer, nullable=True),
    UniqueConstraint("ledger_id", "other_list", "other_key"),
)

publications = Table(
    "publications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("plan_id", ForeignKey("plans.plan_id"), nullable=False),
    Column("sha256", _SHA, nullable=False),
    Column("files", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", String(40), nullable=False),
)

OBJECT_TABLES = (layer_versions, cities, plans, publications)
"""Tables whose rows point to kept files by ``sha256``."""
