"""The rota of mobile containers as a table: container, week_start, site_id."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

from siting.edition import ROTA_COLUMNS
from siting.edition.facts_sheet import read_sheet
from siting.publish.errors import RotaFileError

if TYPE_CHECKING:
    import pandas as pd

_ALIASES = {"集装箱": "container", "周起始日": "week_start", "站点编号": "site_id"}


_DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?$")


def read_rota(path: Path | str) -> pd.DataFrame:
    """Read a rota from a CSV or an Excel book; any day of a week stands for its Monday.

    Raises
    ------
    RotaFileError
        No table, a column is missing, or a date is none.
    """
    name = Path(path)
    try:
        rows = read_sheet(name).rename(columns=_ALIASES)
        lacking = [column for column in ROTA_COLUMNS if column not in rows]
        if lacking:
            raise RotaFileError(path=name.name, why=f"no column {', '.join(lacking)}")
        dates = [_day(text) for text in rows["week_start"]]
    except (OSError, ValueError) as error:
        raise RotaFileError(path=name.name, why=str(error)) from None
    return rows[list(ROTA_COLUMNS)].assign(week_start=dates)


def _day(text: str) -> dt.date:
    """Read a date as Excel and people write it."""
    match = _DAY.match(text)
    if match is None:
        raise ValueError(f"'{text}' is no date like 2026-11-23")
    return dt.date(*(int(part) for part in match.groups()))
