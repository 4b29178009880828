"""Facts of an error said in both languages: the text is English, its attribute ``zh`` Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from siting.i18n import t

if TYPE_CHECKING:
    from collections.abc import Sequence


class Said(str):
    """English text that also knows its Chinese."""

    __slots__ = ("zh",)

    zh: str

    def __new__(cls, english: str, zh: str) -> Self:
        """Join the two."""
        said = super().__new__(cls, english)
        said.zh = zh
        return said

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """Travel between processes."""
        return str(self), self.zh


def say(key: str, **facts: object) -> Said:
    """Say a sentence part of the locale file in both languages."""
    return Said(t("en", f"solve.{key}", **facts), t("zh", f"solve.{key}", **facts))


def join(parts: Sequence[Said], english: str, chinese: str) -> Said:
    """Join parts by each language's own separator."""
    return Said(english.join(parts), chinese.join(part.zh for part in parts))
