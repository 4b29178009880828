"""What is said when the bundled city's tables do not fit each other."""

from __future__ import annotations

from geodata.errors import DataError


class UnknownPlaceError(DataError):
    """A fact table names a place that the map index does not have."""

    code = "daxing_unknown_place"
    sentence = (
        "The place '{place}' of Daxing's fact tables cannot be found ({why}). "
        "Correct it in geodata/daxing/facts."
    )


class MissingIndexError(DataError):
    """The package that carries the named points is not installed."""

    code = "daxing_missing_index"
    sentence = (
        "Daxing's tables are built from the package siontiles, which is not installed. "
        "Install the development dependencies with 'make setup'; loading the city does not need it."
    )


class BadTableError(DataError):
    """A bundled table cannot be read."""

    code = "daxing_bad_table"
    sentence = (
        "Daxing's table '{name}' cannot be read ({why}). Install the project again, or build the "
        "tables with 'python -m geodata.daxing.build'."
    )
