"""The one value every benchmark yields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One measured figure, beside the peer's where there is one.

    Attributes
    ----------
    name
        What was measured, in few words, with its size ("walking, 200,000 nodes").
    value
        The figure.
    unit
        Its unit ("s", "MB", "people", "of 36").
    peer
        Who it is compared with, and the peer's own figure in the same unit ("networkx 41.2");
        empty where there is no peer.
    ratio
        How many times better than the peer; ``None`` without one.
    note
        What must be known to read the figure ("same optimum", "median of 5").
    good
        ``False`` where the figure misses what was promised, ``None`` where nothing was promised.
    """

    name: str
    value: float
    unit: str = ""
    peer: str = ""
    ratio: float | None = None
    note: str = ""
    good: bool | None = None
