"""Second version: publications, matches of the ledger, union members and labour dispatch.

On PostgreSQL also the points of every layer as PostGIS geometry, for the office's maps.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns."""
    op.create_table(
        "publications",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("plan_id", sa.String(40), sa.ForeignKey("plans.plan_id"), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )
    op.create_table(
        "ledger_matches",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ledger_id", sa.String(40), sa.ForeignKey("ledger.ledger_id"), nullable=False),
        sa.Column("other_list", sa.String(80), nullable=False),
        sa.Column("other_key", sa.Text, nullable=False),
        sa.Column("other_name", sa.Text, nullable=False),
        sa.Column("how", sa.String(20), nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.UniqueConstraint(
            "ledger_id", "other_list", "other_key", name="uq_ledger_matches_ledger_id"
        ),
    )
    op.create_index("ix_ledger_matches_ledger_id", "ledger_matches", ["ledger_id"])
    no = sa.false()
    for column in (
        sa.Column("founded", sa.String(10), nullable=False, server_default=""),
        sa.Column("members", sa.Integer, nullable=True),
        sa.Column("dispatch", sa.Boolean, nullable=False, server_default=no),
        sa.Column("dispatched", sa.Integer, nullable=True),
        sa.Column("sample", sa.Boolean, nullable=False, server_default=no),
    ):
        op.add_column("ledger", column)
    if op.get_bind().dialect.name == "postgresql":
        _layer_points()


def _layer_points() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.execute(
        "CREATE TABLE layer_points ("
        " layer_id integer NOT NULL REFERENCES layer_versions(id) ON DELETE CASCADE,"
        " feature_id text NOT NULL, name text NOT NULL, sample boolean NOT NULL,"
        " geom geometry(Point, 4326) NOT NULL, PRIMARY KEY (layer_id, feature_id))"
    )
    op.execute("CREATE INDEX ix_layer_points_geom ON layer_points USING gist (geom)")
