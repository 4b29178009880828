"""Every sentence the data part says when something is wrong.

An exception takes facts and writes its English sentence itself; ``code`` and ``facts`` let the
pages and the command line say the same in Chinese (``siting/locale/errors*.zh.toml``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SHOWN = 5


def first_few(items: Iterable[object]) -> str:
    """Join the first five items and say how many more there are."""
    listed = [str(item) for item in items]
    more = f" (+{len(listed) - _SHOWN})" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more


class Term(str):
    """An English fact that the interface says in its own language by the locale key it carries."""

    __slots__ = ("key",)

    key: str

    def __new__(cls, english: str, key: str) -> Self:
        """Join the two."""
        term = super().__new__(cls, english)
        term.key = key
        return term

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """Travel between processes."""
        return str(self), self.key


class Phrase(Term):
    """A `Term` whose text is filled with facts of its own."""

    __slots__ = ("facts", "template")

    template: str
    facts: dict[str, object]

    def __new__(cls, english: str, key: str, facts: Mapping[str, object] | None = None) -> Self:
        """Fill the English text."""
        kept = dict(facts or {})
        phrase = super().__new__(cls, english.format(**kept), key)
        phrase.template, phrase.facts = english, kept
        return phrase

    def __getnewargs__(self) -> tuple[str, str, dict[str, object]]:  # type: ignore[override]
        """Travel between processes."""
        return self.template, self.key, self.facts


class WarmStationsError(Exception):
    """Root of all errors a planner may see.

    Attributes
    ----------
    code
        Name of the sentence, the key of its translation.
    facts
        What the sentence is filled with.
    """

    code: ClassVar[str] = "error"
    sentence: ClassVar[str] = "Something is wrong."

    def __init__(self, **facts: object) -> None:
        self.facts: dict[str, object] = facts
        super().__init__(self.sentence.format(**facts))

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes with the facts, not only the sentence."""
        return (_rebuild, (type(self), self.facts))


def _rebuild(kind: type[WarmStationsError], facts: dict[str, object]) -> WarmStationsError:
    return kind(**facts)


class DataError(WarmStationsError):
    """Something is wrong with what was given to read."""

    code = "data"


class UnknownCityError(DataError):
    """The city asked for is neither bundled nor a file."""

    code = "unknown_city"
    sentence = (
        "There is no city '{city}'. Give one of the bundled cities ({known}) or the path of a file "
        "made by 'python -m siting build-city'."
    )


class BadCityFileError(DataError):
    """A city file cannot be read."""

    code = "bad_city_file"
    sentence = (
        "'{path}' is not a readable city file ({why}). "
        "Make it again with 'python -m siting build-city'."
    )


class MissingColumnsError(DataError):
    """A layer lacks columns."""

    code = "missing_columns"
    sentence = (
        "Layer '{layer}' lacks the columns {missing}; it has {present}. Add them to the file's "
        "first row."
    )


class BadValuesError(DataError):
    """Values of a column are not what the column holds."""

    code = "bad_values"
    sentence = (
        "Layer '{layer}', column '{column}': {count} values are not {expected} "
        "(rows {rows}; first: {value}). Mend them and read the file again."
    )


class DuplicateIdsError(DataError):
    """Two rows of a layer carry one id."""

    code = "duplicate_ids"
    sentence = "Layer '{layer}' carries these ids more than once: {ids}. Keep one row for each."


class WrongCrsError(DataError):
    """Layers of a city are not all in its metric CRS."""

    code = "wrong_crs"
    sentence = "Layer '{layer}' is in {found}, the city in {expected}. Convert it first."


class OutsideCityError(DataError):
    """Points lie outside the city's study area."""

    code = "outside_city"
    sentence = (
        "Layer '{layer}' has {count} rows outside the city's area ({ids}). Check their coordinates "
        "and the datum they were declared in ({datum})."
    )
