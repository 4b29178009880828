"""The ledger as an Excel book: the list, and a sheet for each town, fit to be imported again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.ledger import over_hundred, sub_ledgers
from geodata.ledger_book import ledger_rows
from geodata.tables_marked import write_book
from siting.i18n import t
from siting.web.home import home

if TYPE_CHECKING:
    import pandas as pd

_TITLE_LENGTH = 28


def ledger_book(ledger: pd.DataFrame, towns: pd.Series, lang: str) -> bytes:
    """Write the ledger: everybody, those of a hundred and more, and each town's part.

    Parameters
    ----------
    ledger
        Index ledger_id, columns :class:`~geodata.ledger.LedgerColumn`.
    towns
        Names by town code.
    lang
        ``zh`` or ``en``.
    """
    parts = {
        t(lang, "web.ledger_sheet_all"): ledger,
        t(lang, "web.ledger_sheet_100"): over_hundred(ledger),
    }
    for code, part in sub_ledgers(ledger).items():
        parts[_free_title(str(towns.get(code, code)) or t(lang, "web.no_town"), parts)] = part
    names = {str(code): str(name) for code, name in towns.items()}
    sheets = {title: ledger_rows(part, names, lang=lang) for title, part in parts.items()}
    with tempfile.TemporaryDirectory(dir=home()) as folder:
        path = Path(folder) / "ledger.xlsx"
        write_book(path, sheets)
        return path.read_bytes()


def _free_title(name: str, taken: dict[str, pd.DataFrame]) -> str:
    title = "".join("_" if sign in "[]:*?/\\" else sign for sign in name)[:_TITLE_LENGTH]
    number = sum(known.startswith(title) for known in taken)
    return f"{title}{number + 1}" if number else title
