"""What the intake's sentences are filled with: English here, other languages by the key."""

from __future__ import annotations

from geodata.errors import Phrase


def fact(slug: str, /, **facts: object) -> Phrase:
    """Return a fact that the interface can say in its own language.

    Parameters
    ----------
    slug
        One of the keys below; its translation is ``intake.fact.<slug>`` in the locale files.
    **facts
        What its text is filled with.
    """
    return Phrase(_ENGLISH[slug], f"intake.fact.{slug}", facts)


def broken(said: object) -> Phrase:
    """Return the fact that a content is broken, with what a library says of it."""
    return fact("broken", said=str(said)[:120])


_ENGLISH = {
    "pdf": "a PDF document",
    "png": "a picture (PNG)",
    "jpeg": "a picture (JPEG)",
    "gif": "a picture (GIF)",
    "rar": "a RAR archive",
    "seven_zip": "a 7z archive",
    "gzip": "a gzip archive",
    "bzip2": "a bzip2 archive",
    "xz": "an xz archive",
    "windows_program": "a Windows program",
    "program": "a program",
    "script": "a script",
    "dwg": "an AutoCAD drawing (DWG)",
    "lone_shp": "a lone .shp without its .dbf and .shx",
    "arrow": "an Arrow file",
    "vrt": "a GDAL virtual file (VRT)",
    "service": "a GDAL service description",
    "web_page": "a web page",
    "excel_2003": "an Excel 2003 XML workbook",
    "gpx": "a GPX track",
    "gml": "GML",
    "svg": "a drawing (SVG)",
    "macros": "a workbook with macros",
    "office": "an Office document that is no workbook",
    "other_zip": "a zip archive without a shapefile or KML in it",
    "binary": "of unknown binary kind",
    "other_xml": "XML of an unknown kind (<{tag}>)",
    "topojson": "TopoJSON",
    "esri_json": "Esri JSON",
    "json_fg": "JSON-FG",
    "other_json": "JSON that is no GeoJSON",
    "members": "{count} members",
    "bad_zip": "bad zip",
    "climbs": "the path '{inner}' climbs out of it",
    "link": "'{inner}' is a link",
    "inner_archive": "it holds another archive or program '{inner}'",
    "twice": "it holds '{inner}' twice",
    "size": "more than {mb} MB",
    "grows": "'{inner}' grows more than {times} times",
    "declares_entities": "'{member}' declares XML entities",
    "view": "it holds a view ('{item}')",
    "trigger": "it holds a trigger ('{item}')",
    "virtual_table": "it holds a virtual table ('{item}')",
    "xml_entities": "XML entities",
    "crs_link": "a crs link",
    "network_link": "a KML network link",
    "no_dbf": "the .dbf beside the .shp is missing",
    "asked": "reading it asked for {event}",
    "json_broken": "it is not well formed at line {line}, column {column}",
    "xml_broken": "it is not well formed at line {line}, column {column}",
    "too_deep": "it is nested too deeply",
    "json_type": "its type is {kind}",
    "json_crs": "its crs is {crs}",
    "long_cell": "one cell has {count} characters; a quotation mark may be missing",
    "not_wkb": "its geometry is not WKB",
    "out_of_memory": "out of memory",
    "no_result": "no result",
    "broken": "its content is broken (the program says: {said})",
    "stopped": "the reader broke off ({said})",
    "rows": "rows",
    "columns": "columns",
    "places": "places",
    "zip": "zip",
    "workbook": "a workbook",
    "map_file": "a map file",
    "osm": "an OSM extract",
    "anything": "a table or map",
}
