"""Third version: code and head-count of a matched list's row, for the person who decides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    for column in (
        sa.Column("other_code", sa.String(18), nullable=False, server_default=""),
        sa.Column("other_headcount", sa.Integer, nullable=True),
    ):
        op.add_column("ledger_matches", column)
