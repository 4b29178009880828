"""The trail of the ledger: who changed what when, over all enterprises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import select

from geodata.store import models

if TYPE_CHECKING:
    from geodata.workspace import Workspace

CHANGE_COLUMNS = ("at", "who", "name", "field", "old", "new", "why", "ledger_id")


def recent_changes(ws: Workspace, *, most: int = 200, ledger_id: str = "") -> pd.DataFrame:
    """Return the last changes, newest first.

    Parameters
    ----------
    ws
        The workspace.
    most
        How many at most.
    ledger_id
        Of one enterprise only; "" of all.

    Returns
    -------
    pandas.DataFrame
        Columns ``CHANGE_COLUMNS``; ``name`` is the enterprise as the ledger has it now.
    """
    changes, ledger = models.ledger_changes, models.ledger
    query = (
        select(changes, ledger.c.name)
        .join(ledger, ledger.c.ledger_id == changes.c.ledger_id)
        .order_by(changes.c.id.desc())
        .limit(most)
    )
    if ledger_id:
        query = query.where(changes.c.ledger_id == ledger_id)
    with ws.reading() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    return pd.DataFrame(rows, columns=list(CHANGE_COLUMNS))


def other_lists(ws: Workspace) -> list[str]:
    """Return the names of the lists that the ledger was matched with."""
    column = models.ledger_matches.c.other_list
    with ws.reading() as connection:
        found = connection.execute(select(column).distinct().order_by(column)).scalars()
        return [str(name) for name in found]
