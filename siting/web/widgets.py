"""Parts that several pages use: figures, tables, sentences. Every text is escaped here."""

from __future__ import annotations

from html import escape
from importlib import resources
from typing import TYPE_CHECKING

import streamlit as st

from siting.web.state import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from geodata.city import Note

_SHORT = 12
_SHADES = 6
_NARROW = 4
_NUMBER = ' class="ws-number"'


def show_style() -> None:
    """Lay the dashboard's own style on the page."""
    css = resources.files("siting.web").joinpath("page.css").read_text(encoding="utf-8")
    texts = f':root{{--ws-drop:"{say("upload_text")}";--ws-browse:"{say("upload_button")}"}}'
    st.html(f"<style>{texts}{css}</style>")


def show_figures(figures: Iterable[tuple[str, str, str]]) -> None:
    """Show figures as cards: label, value with unit, and a line below."""
    cards = "".join(
        f'<div class="ws-card"><div class="ws-label">{escape(label)}</div>'
        f'<div class="ws-value">{escape(value)}</div>'
        f'<div class="ws-below">{escape(below)}</div></div>'
        for label, value, below in figures
    )
    st.html(f'<div class="ws-cards">{cards}</div>')


def show_table(
    caption: str, headers: Sequence[str], rows: Iterable[Sequence[object]], *, texts: int = 1
) -> None:
    """Show a table that prints and that a screen reader reads.

    Parameters
    ----------
    caption
        What the table holds, with units.
    headers
        One text for each column.
    rows
        Cells; numbers come as text already.
    texts
        Number of columns, from the left, that hold text; the others are set to the right.
    """
    head = "".join(
        f'<th scope="col"{_head(header, number < texts)}>{escape(header)}</th>'
        for number, header in enumerate(headers)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{_kind(cell, number < texts)}>{escape(str(cell))}</td>"
            for number, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    wide = " ws-wide" if len(headers) > _NARROW else ""
    st.html(
        f'<div class="ws-scroll" tabindex="0"><table class="ws-table{wide}">'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def show_heat(
    caption: str, headers: Sequence[str], names: Sequence[str], values: NDArray[np.float64]
) -> None:
    """Show numbers as a table whose cells are the darker the larger they are.

    Parameters
    ----------
    caption
        What the numbers are, with units.
    headers
        Of the first column and of each column of numbers.
    names
        One for each row.
    values
        float64 (rows, columns), not negative.
    """
    most = max(float(values.max(initial=0.0)), 1.0)
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in headers)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(
            f'<td class="ws-heat{_shade(value / most)}">{value:,.0f}</td>' for value in row.tolist()
        )
        + "</tr>"
        for name, row in zip(names, values, strict=True)
    )
    st.html(
        '<div class="ws-scroll" tabindex="0"><table class="ws-table ws-heats">'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _shade(share: float) -> int:
    """Give the number of the shade, 0 to the largest."""
    return min(_SHADES, int(share * _SHADES + 0.5))


def show_bars(caption: str, bars: Iterable[tuple[str, float, str]], form: str = ".2f") -> None:
    """Show shares in [0, 1] as bars: label, share in the form given, the raw value as text."""
    rows = "".join(
        f"<tr><td>{escape(label)}</td><td><div class='ws-bar'>"
        f"<i style='width:{100 * min(max(value, 0.0), 1.0):.0f}%'></i></div></td>"
        f"<td class='ws-number'>{value:{form}}</td><td class='ws-number'>{escape(text)}</td></tr>"
        for label, value, text in bars
    )
    st.html(
        f'<table class="ws-table"><caption>{escape(caption)}</caption><tbody>{rows}</tbody></table>'
    )


def _head(header: str, text: bool) -> str:  # noqa: FBT001 - inner
    if not text:
        return _NUMBER
    return ' class="ws-short"' if len(header) <= _NARROW else ""


def _kind(cell: object, text: bool) -> str:  # noqa: FBT001 - inner
    if not text:
        return _NUMBER
    return ' class="ws-short"' if len(str(cell)) <= _SHORT else ""


def show_notes(notes: Iterable[Note], lang: str) -> None:
    """Show what must be said beside the results."""
    items = "".join(f"<li>{escape(note.en if lang == 'en' else note.zh)}</li>" for note in notes)
    if items:
        st.html(f'<ul class="ws-notes">{items}</ul>')


def people(milli: float) -> str:
    """Write thousandths of a person as whole people."""
    return f"{round(float(milli) / 1000):,}"


def share(part: float, whole: float) -> str:
    """Write a share as per cent with one decimal; a dash where there is no whole or no part."""
    return f"{part / whole:.1%}" if whole and part == part else "-"  # noqa: PLR0124 - NaN
