"""Scripts and styles of the map, read from the installed packages; nothing comes from outside.

Leaflet is the one third-party script; it is installed as ``xstatic-leaflet`` and written into the
page, so that the page needs neither a server nor the internet.
"""

from __future__ import annotations

import base64
import importlib
import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from siting.maps.errors import MapAssetError

_OWN_SCRIPTS = ("sheet.js", "stationmap.js")
_OWN_STYLE = "stationmap.css"
_PACKAGE = "xstatic-leaflet"
_MODULE = "xstatic.pkg.leaflet"
_URL = re.compile(r"url\((images/[\w.-]+\.png)\)")
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=.*")


class Assets(NamedTuple):
    """All scripts and styles of a map page, as text."""

    script: str
    style: str


@cache
def map_assets() -> Assets:
    """Read every script and style of the map.

    Raises
    ------
    MapAssetError
        Leaflet or one of its pictures is not installed.
    """
    own = resources.files("siting.maps")
    scripts = [_leaflet("leaflet.js").decode()]
    scripts += [own.joinpath(name).read_text(encoding="utf-8") for name in _OWN_SCRIPTS]
    styles = [_leaflet_style(), own.joinpath(_OWN_STYLE).read_text(encoding="utf-8")]
    script = "\n".join(_SOURCE_MAP.sub("", text) for text in scripts)
    return Assets(script=script.replace("</script", "<\\/script"), style="\n".join(styles))


def _leaflet(name: str) -> bytes:
    try:
        home = Path(importlib.import_module(_MODULE).BASE_DIR)
        return home.joinpath(name).read_bytes()
    except (ImportError, OSError) as error:
        raise MapAssetError(asset=name, package=_PACKAGE) from error


def _leaflet_style() -> str:
    def inline(match: re.Match[str]) -> str:
        picture = base64.b64encode(_leaflet(match[1])).decode()
        return f"url(data:image/png;base64,{picture})"

    return _URL.sub(inline, _leaflet("leaflet.css").decode())
