"""Times as people of this office read them."""

from __future__ import annotations

from datetime import datetime


def local_time(stamp: str) -> str:
    """Write an ISO time as date and minute in this server's zone."""
    return datetime.fromisoformat(stamp).astimezone().strftime("%Y-%m-%d %H:%M")
