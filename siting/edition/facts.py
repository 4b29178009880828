"""The planner's table of public facts: what a plan does not know and the public needs.

One row per station, by site id; every cell may be empty. It can change and be published again
without a new plan.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.errors import first_few
from siting.edition.errors import (
    BadPhoneError,
    BadServiceError,
    FactsKeyError,
    UnknownColumnsError,
    UnreadableFactsError,
)
from siting.edition.facts_sheet import read_sheet
from siting.edition.hours import parse_hours

SERVICES = (
    "water",
    "charging",
    "microwave",
    "climate",
    "toilet",
    "aed",
    "blood_pressure",
    "bed",
)
"""Services a worker can ask for, in the order they are shown."""

COLUMNS = ("name", "address", "hours", "services", "phone", "note")
"""Columns of the table, beside the index ``site_id``."""

_ALIASES = {
    "站点编号": "site_id",
    "编号": "site_id",
    "名称": "name",
    "站点名称": "name",
    "地址": "address",
    "开放时间": "hours",
    "服务": "services",
    "服务项目": "services",
    "公开电话": "phone",
    "说明": "note",
}
_SERVICE_WORDS = {
    "饮水": "water",
    "热水": "water",
    "充电": "charging",
    "微波炉": "microwave",
    "热饭": "microwave",
    "冷暖": "climate",
    "空调": "climate",
    "取暖": "climate",
    "厕所": "toilet",
    "卫生间": "toilet",
    "除颤仪": "aed",
    "血压": "blood_pressure",
    "血压计": "blood_pressure",
    "床": "bed",
    "休息床": "bed",
}
_PHONE = re.compile(r"^(?:\+?86[- ]?)?(?:0\d{2,3}[- ]?)?\d{5,11}(?:(?:转|-|ext)\d{1,5})?$")


def empty_facts() -> pd.DataFrame:
    """Return a table that says nothing."""
    return pd.DataFrame(
        {column: pd.Series(dtype=str) for column in COLUMNS},
        index=pd.Index([], name="site_id", dtype=str),
    )


def read_facts(path: str | Path) -> pd.DataFrame:
    """Read the table from a CSV file or the first sheet of an Excel book.

    Returns
    -------
    pandas.DataFrame
        Index ``site_id``, columns ``COLUMNS``, str, "" where nothing is said; services are codes
        joined by commas, and ``"-"`` says that there are none.

    Raises
    ------
    UnreadableFactsError, IntakeError
        No table or no text.
    FactsKeyError
        No column of ids, or a station named twice.
    UnknownColumnsError
        A column is not one of these.
    BadHoursError, BadServiceError, BadPhoneError
        A cell is not what its column holds.
    """
    table = _read(Path(path))
    table.columns = pd.Index([_ALIASES.get(str(name).strip(), str(name).strip()) for name in table])
    strange = [name for name in table if name not in (*COLUMNS, "site_id")]
    if strange:
        known = ", ".join(("site_id", *COLUMNS))
        raise UnknownColumnsError(path=Path(path).name, names=first_few(strange), known=known)
    if "site_id" not in table or table["site_id"].duplicated().any():
        raise FactsKeyError(path=Path(path).name)
    facts = table.set_index("site_id").reindex(columns=list(COLUMNS), fill_value="")
    for site_id, text in facts["hours"].items():
        if text:
            parse_hours(text, str(site_id))
    facts["services"] = [
        _service_codes(str(site_id), text) for site_id, text in facts["services"].items()
    ]
    _check_phones(facts)
    return facts


def _read(path: Path) -> pd.DataFrame:
    try:
        return read_sheet(path)
    except (OSError, ValueError) as error:
        raise UnreadableFactsError(path=path.name, why=str(error)) from None


def _service_codes(site_id: str, text: str) -> str:
    if text in ("", "-", "无"):
        return "-" if text else ""
    codes = []
    for word in re.split(r"[,，、;；\s]+", text):
        code = _SERVICE_WORDS.get(word, word)
        if code not in SERVICES:
            known = ", ".join([*SERVICES, *_SERVICE_WORDS])
            raise BadServiceError(station=site_id, value=word, known=known)
        codes.append(code)
    return ",".join(code for code in SERVICES if code in codes)


def _check_phones(facts: pd.DataFrame) -> None:
    for site_id, phone in facts["phone"].items():
        if phone and not _PHONE.match(phone):
            raise BadPhoneError(station=site_id, value=phone)


@cache
def defaults() -> dict[str, dict[str, Any]]:
    """Return the hours and services taken for each kind of place until facts are given."""
    text = resources.files("siting.edition").joinpath("defaults.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
