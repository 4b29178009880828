"""A small office for the pages' tests: its own workspace with the small city, pages run in it."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

import openpyxl
import streamlit as st
from streamlit.testing.v1 import AppTest

from geodata.workspace import put_city
from siting.web.home import HOME_VARIABLE
from siting.web.jobs import _processes
from siting.web.store import office_workspace
from tests.web.city import small_city

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PATIENCE_S = 120


class Office:
    """Runs pages through ``app.py`` in a workspace of its own."""

    def __init__(self, root: Path) -> None:
        self.script = str(root / "app.py")
        self.workspace = office_workspace()
        self.city = put_city(self.workspace, small_city(), who="test")

    def open(self, page: str, lang: str = "zh", **address: str) -> AppTest:
        app = AppTest.from_file(self.script, default_timeout=PATIENCE_S)
        for name, value in {"page": page, "lang": lang, "city": self.city, **address}.items():
            app.query_params[name] = value
        return app.run()


@contextmanager
def office(root: Path, home: Path, monkeypatch) -> Iterator[Office]:
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    monkeypatch.chdir(root)
    st.cache_resource.clear()
    try:
        yield Office(root)
    finally:
        for process in _processes().values():
            process.terminate()
            process.wait()
        st.cache_resource.clear()


def book(rows: Sequence[Sequence[object]]) -> bytes:
    made, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(list(row))
    for cell in (cell for line in made.active.iter_rows() for cell in line):
        if isinstance(cell.value, str):
            cell.data_type = "s"  # text that begins with "=" is text, as a planner types it
    made.save(out)
    return out.getvalue()


def button(app: AppTest, label: str):
    """The button of a label; forms' buttons are among them."""
    return next(found for found in app.button if label in found.label)


def select(app: AppTest, label: str):
    return next(found for found in app.selectbox if label in found.label)


def field(app: AppTest, label: str):
    """The field of a label; one that is called just so goes first."""
    fitting = [found for found in app.text_input if label in found.label]
    return next((found for found in fitting if found.label == label), fitting[0])


def sound(app: AppTest) -> AppTest:
    """The page, which must not have broken."""
    assert not app.exception, [error.value for error in app.exception]
    return app


def tables(app: AppTest) -> str:
    """All that the page's own tables and cards say."""
    return " ".join(str(item.proto.body) for item in app.get("html"))


def param(app: AppTest, name: str) -> str:
    """A parameter of the address."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]
