"""Facts of an error said in both languages: the text is English, its attribute ``zh`` Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from siting.i18n import t

if TYPE_CHECKING:
    from collections.abc import Sequence


Part = tuple[str, dict[str, object]]


class Said(str):
    """English text that also knows its Chinese, and the keys and facts that it was made of."""

    __slots__ = ("parts", "zh")

    zh: str
    parts: tuple[Part, ...]

    def __new__(cls, english: str, zh: str, parts: tuple[Part, ...] = ()) -> Self:
        """Join the two."""
        said = super().__new__(cls, english)
        said.zh, said.parts = zh, parts
        return said

    def __getnewargs__(self) -> tuple[str, str, tuple[Part, ...]]:  # type: ignore[override]
        """Travel between processes."""
        return str(self), self.zh, self.parts


def say(key: str, **facts: object) -> Said:
    """Say a sentence part of the locale file in both languages."""
    english, chinese = (t(lang, f"solve.{key}", **facts) for lang in ("en", "zh"))
    return Said(english, chinese, ((key, facts),))


def join(parts: Sequence[Said], english: str, chinese: str) -> Said:
    """Join parts by each language's own separator."""
    every = tuple(one for part in parts for one in part.parts)
    return Said(english.join(parts), chinese.join(part.zh for part in parts), every)
