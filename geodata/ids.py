"""Stable identifiers: a hash of what a thing is, never a row number."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEX_DIGITS = 10


def feature_id(prefix: str, *parts: object) -> str:
    """Return ``prefix-xxxxxxxxxx`` with ten hex digits of the SHA-256 of the parts.

    Parameters
    ----------
    prefix
        Short name of the kind of thing, such as ``"ent"`` or ``"site"``.
    *parts
        What makes the thing itself and no other: names, codes, coordinates as text.
    """
    text = "|".join(str(part) for part in parts)
    return f"{prefix}-{hashlib.sha256(text.encode()).hexdigest()[:_HEX_DIGITS]}"


def unique_ids(prefix: str, keys: Iterable[str]) -> list[str]:
    """Give each key its id; the second of two equal keys gets ``#2`` in its hash, and so on."""
    seen: dict[str, int] = {}
    result = []
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
        parts = (key,) if seen[key] == 1 else (key, f"#{seen[key]}")
        result.append(feature_id(prefix, *parts))
    return result
