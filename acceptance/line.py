"""A promise and the check that measures it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Missed(Exception):  # noqa: N818  # not an error of the program: the measured value missed
    """The promise does not hold; the text is what was measured instead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One "must show" line.

    Attributes
    ----------
    issue
        Which issue promises it, such as ``"1/6"``.
    text
        The promise in words.
    check
        Measures; returns the measured value as text, raises `Missed` if it misses the promise.
    """

    issue: str
    text: str
    check: Callable[[], str]


def line(issue: str, text: str) -> Callable[[Callable[[], str]], Line]:
    """Turn a function that measures into a `Line`."""

    def make(check: Callable[[], str]) -> Line:
        return Line(issue=issue, text=text, check=check)

    return make


def promise(measured: str, *, holds: bool) -> str:
    """Return the measured value if the promise holds.

    Raises
    ------
    Missed
        It does not hold.
    """
    if not holds:
        raise Missed(measured)
    return measured
