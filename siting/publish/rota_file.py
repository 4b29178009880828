"""The rota of mobile containers as a CSV: container, week_start, site_id."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from siting.edition import ROTA_COLUMNS
from siting.publish.errors import RotaFileError

_ALIASES = {"集装箱": "container", "周起始日": "week_start", "站点编号": "site_id"}


def read_rota(path: Path | str) -> pd.DataFrame:
    """Read a rota; any day of a week stands for its Monday.

    Raises
    ------
    RotaFileError
        No table, a column is missing, or a date is none.
    """
    name = Path(path)
    try:
        rows = pd.read_csv(name, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        rows = rows.rename(columns=_ALIASES)
        lacking = [column for column in ROTA_COLUMNS if column not in rows]
        if lacking:
            raise RotaFileError(path=name.name, why=f"no column {', '.join(lacking)}")
        dates = pd.to_datetime(rows["week_start"], format="%Y-%m-%d").dt.date
    except (OSError, ValueError) as error:
        raise RotaFileError(path=name.name, why=str(error)) from None
    return rows[list(ROTA_COLUMNS)].assign(week_start=dates)
