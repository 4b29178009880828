"""The plan as an Excel book: stations, gaps, towns, groups, settings."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter

from siting.i18n import t
from siting.report.tables import gap_rows, group_rows, setting_rows, station_rows, town_rows

if TYPE_CHECKING:
    from geodata.city import City
    from siting.gaps import GapReport
    from siting.plan import Plan

_WIDE = {"name": 28, "reason": 80, "town": 20, "candidate": 28, "group": 16, "setting": 40}
_WIDE |= {"rank": 6, "rules": 9, "kind": 8, "score": 8, "sample": 6, "places": 8, "site_id": 17}
_WIDE |= {"served": 10, "walk": 10, "street_served": 10, "alone": 10, "accuracy": 9, "share": 9}
_USUAL = 12
_MANY_COLUMNS, _A3, _A4 = 12, 8, 9
_COUNT = "#,##0"
_FORMATS = {"share": "0.0%", "score": "0.000", "longitude": "0.000000", "latitude": "0.000000"}


def excel_book(city: City, plan: Plan, gaps: GapReport, *, lang: str, date: dt.date) -> bytes:
    """Return the plan as .xlsx; numbers are numbers, ids stay text."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    made = dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC).replace(tzinfo=None)
    book.set_properties({"title": t(lang, "report.title", city=city.name), "created": made})
    settings = pd.DataFrame(setting_rows(plan.settings, lang), columns=["setting", "value"])
    sheets = [
        station_rows(city, plan, lang).reset_index(),
        gap_rows(plan, gaps, lang),
        town_rows(plan, gaps, lang),
        group_rows(gaps, lang),
        settings,
    ]
    names = t(lang, "report.files.book").split("|")
    for name, frame in zip(names, sheets, strict=True):
        _sheet(book, name, frame, lang)
    book.close()
    return out.getvalue()


def _sheet(book: Any, name: str, frame: pd.DataFrame, lang: str) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#EFECE4", "border": 1, "text_wrap": True})
    body = {column: _format(book, column, frame[column]) for column in frame}
    for at, column in enumerate(frame):
        sheet.set_column(at, at, _WIDE.get(column, _USUAL))
        sheet.write_string(0, at, t(lang, f"report.columns.{column}"), head)
    for row, values in enumerate(frame.itertuples(index=False, name=None), start=1):
        for at, (column, value) in enumerate(zip(frame, values, strict=True)):
            if isinstance(value, str):
                sheet.write_string(row, at, value, body[column])
            else:
                sheet.write_number(row, at, value, body[column])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(_A3 if len(frame.columns) > _MANY_COLUMNS else _A4)
    sheet.set_footer("&C&P / &N")
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _format(book: Any, column: str, values: pd.Series) -> Any:
    number = _FORMATS.get(column, _COUNT if values.dtype.kind == "i" else "General")
    return book.add_format({"num_format": number, "valign": "top", "text_wrap": column == "reason"})
