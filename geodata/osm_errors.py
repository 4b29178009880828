"""Sentences about map extracts."""

from __future__ import annotations

from geodata.errors import DataError


class OsmFileMissingError(DataError):
    """There is no such file."""

    code = "osm_missing"
    sentence = "There is no map extract at '{path}'. Check the path."


class NotOsmError(DataError):
    """The content is neither OSM XML nor PBF, whatever the name says."""

    code = "osm_not_osm"
    sentence = (
        "'{path}' is no OpenStreetMap extract: its content is {looks}, not OSM XML or PBF. "
        "Export the area again as .osm or .osm.pbf."
    )


class BrokenOsmError(DataError):
    """The extract begins well and cannot be read to its end."""

    code = "osm_broken"
    sentence = (
        "The map extract '{path}' cannot be read to its end ({why}); it is cut off or damaged. "
        "Download it again."
    )


class NoWalkableStreetError(DataError):
    """No street to walk on was found."""

    code = "osm_no_street"
    sentence = (
        "The map extract '{path}' holds no walkable street ({ways} ways with a highway tag, "
        "{missing} of them without the positions of their nodes). Export an area with streets, "
        "with all nodes of its ways."
    )


class OsmTooLargeError(DataError):
    """The extract spans more than one city can."""

    code = "osm_too_large"
    sentence = (
        "The streets of '{path}' span {degrees:.1f} degrees of longitude, more than one metric "
        "grid holds (3 degrees). Cut out one city, for example with 'osmium extract'."
    )


class OfflineError(DataError):
    """A download was asked for without internet."""

    code = "osm_offline"
    sentence = (
        "'{place}' could not be downloaded from OpenStreetMap ({why}). Without internet, give a "
        "local extract: 'python -m siting build-city --osm FILE'."
    )


class UnknownPlaceError(DataError):
    """OpenStreetMap has no such place, or it has no outline."""

    code = "osm_unknown_place"
    sentence = (
        "OpenStreetMap finds no area called '{place}'. Write it with its province, for example "
        "'大兴区, 北京市', or give a bounding box west,south,east,north."
    )


class BadBoxError(DataError):
    """A bounding box that is none."""

    code = "osm_bad_box"
    sentence = (
        "The bounding box {box} is none: give west,south,east,north in degrees, west below east "
        "and south below north, at most {limit} degrees wide and high."
    )


class RefusedRowsError(DataError):
    """A table beside the extract has rows that cannot be used."""

    code = "osm_refused_rows"
    sentence = (
        "{count} of {total} rows of '{path}' cannot be used; the first is row {row}, column "
        "'{column}': '{value}' ({problem}; {suggestion}). Mend these rows and read the file again."
    )
