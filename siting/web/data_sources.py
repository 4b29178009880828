"""Where a layer's rows come from, in the planner's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siting.web.state import say

if TYPE_CHECKING:
    import pandas as pd

_KINDS = {
    "sample": ("sample", "示例"),
    "osm": ("osm", "openstreetmap"),
    "article": ("article",),
    "official": ("official", "beijing", "geonames", "siontiles"),
}
"""Kinds of sources of the bundled city and of map extracts, and the words that tell them."""
DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000", "other")
"""Datums that have a name of their own in the language."""
_SHOWN = 3
_LONGEST = 60


def told_sources(frame: pd.DataFrame) -> str:
    """Say where a layer's rows come from.

    The notes of the bundled data are told by their kind; a planner's own source stands as written.
    """
    kinds: dict[str, int] = {}
    own: dict[str, int] = {}
    for text, count in frame["source"].astype(str).value_counts().items():
        found = [kind for kind, words in _KINDS.items() if _has(str(text), words)]
        for kind in found:
            kinds[kind] = kinds.get(kind, 0) + int(count)
        if not found and str(text):
            own[str(text)[:_LONGEST]] = int(count)
    parts = [say("source_part", name=say(f"source_{kind}"), n=n) for kind, n in kinds.items()]
    parts += [say("source_part", name=text, n=n) for text, n in list(own.items())[:_SHOWN]]
    if len(own) > _SHOWN:
        parts.append(say("source_more", n=len(own) - _SHOWN))
    return say("semicolon").join(parts) or "-"


def datum_name(datum: object) -> str:
    """Say a datum by its name; a code of a grid stands as it is."""
    return say(f"datum_{datum}") if str(datum) in DATUMS else str(datum)


def _has(text: str, words: tuple[str, ...]) -> bool:
    lower = text.lower()
    return any(word in lower for word in words)
