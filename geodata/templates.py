"""Excel templates: one for each layer a planner can bring, headings, notes and examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.tables_headers import headings_of, words_listed
from geodata.tables_marked import write_book

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_template(path: Path, layer: str, words: Mapping[str, str], *, lang: str = "zh") -> None:
    """Write the template of a layer.

    The first sheet holds the headings alone, each with its note as a comment, so that no example
    row is ever imported; the second explains every column and gives examples.

    Parameters
    ----------
    path
        File to write (.xlsx).
    layer
        One of :func:`~geodata.tables_headers.importable_layers`.
    words
        Texts of the second sheet, keys ``notes heading needed note example words yes no``.
    lang
        ``zh`` or ``en``: language of headings and notes.

    Raises
    ------
    UnknownLayerError
        There is no such layer.
    """
    headings = headings_of(layer)
    shown = [h for h in headings.headings.values() if h.field not in ("lonlat", "id")]
    titles = [h.zh if lang == "zh" else h.en for h in shown]
    notes = [h.note_zh if lang == "zh" else h.note_en for h in shown]
    table = [[words[key] for key in ("heading", "needed", "note", "example", "words")]]
    for heading, title, note in zip(shown, titles, notes, strict=True):
        needed = words["yes"] if heading.required else words["no"]
        table.append([title, needed, note, heading.example, words_listed(heading.field, lang)])
    first = headings.zh if lang == "zh" else headings.en
    comments = [(0, at, note) for at, note in enumerate(notes) if note]
    write_book(path, {first: [titles], words["notes"]: table}, notes={first: comments})
