"""Sentences of the datum part."""

from __future__ import annotations

from geodata.errors import DataError


class UnknownDatumError(DataError):
    """A datum nobody knows was named."""

    code = "unknown_datum"
    sentence = "There is no datum '{datum}'. Give one of {known}."


class ZoneUnknownError(DataError):
    """Grid coordinates without zone prefix, and no central meridian to read them by."""

    code = "zone_unknown"
    sentence = (
        "These Gauss-Krueger coordinates carry no zone number (eastings such as {easting}). "
        "Say the central meridian, for example 117."
    )


class ZonePrefixError(DataError):
    """The first two digits of an easting are no zone of China."""

    code = "zone_prefix"
    sentence = (
        "Row {row}: the easting {easting} begins with {zone}, which is no 3-degree zone of China "
        "(25 to 45). Check the column order and the grid."
    )


class NotInChinaError(DataError):
    """No CGCS2000 zone lies at a longitude."""

    code = "not_in_china"
    sentence = (
        "Longitude {lon} lies outside the CGCS2000 zones (73.5 to 136.5 degrees east). "
        "Check that longitude comes first and that the coordinates are degrees."
    )


class MixedDatumError(DataError):
    """Sheets of one file are in different datums."""

    code = "mixed_datum"
    sentence = (
        "Layer '{layer}' was declared as {declared}, but these sheets of the file fit the city "
        "better otherwise: {sheets}. Save the sheets of each datum as a file of their own and "
        "declare it."
    )


class WrongDatumError(DataError):
    """A layer fits the city better in another datum than the declared one."""

    code = "wrong_datum"
    sentence = (
        "Layer '{layer}' was declared as {declared}, but its points fit the city's streets and "
        "places better as {proposed} ({evidence}). Declare {proposed} and read it again."
    )
