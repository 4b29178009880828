"""The map page that the dashboard embeds, made from the installed packages.

``python -m siting.web.assets`` (part of ``make setup``) makes it and the first screen's plan; the
dashboard makes both itself where they are missing or older than their parts. Nothing is fetched
from outside.
"""

from __future__ import annotations

import hashlib
import time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.files import write_bytes
from siting.maps import OfflineMap
from siting.maps.coding import script_json
from siting.web.home import home

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE_PLACE = Path(__file__).parent / "static" / "map"
_STAMP = "<!-- warm-stations "
_SCRIPTS = ("tiles.js", "bridge.js")
_KEPT_S = 30 * 24 * 3600
_TITLE = "暖心驿站地图"


def map_page() -> str:
    """HTML of the embedded map: folium's page, empty, with the bridge to the dashboard."""
    own = resources.files("siting.web")
    scripts = [own.joinpath(name).read_text(encoding="utf-8") for name in _SCRIPTS]
    tail = "\n".join(f"<script>{script}</script>" for script in scripts)
    page = OfflineMap(title=_TITLE, lang="zh", data=None, tail=tail)
    text: str = page.get_root().render()
    stamp = hashlib.sha256(text.encode()).hexdigest()
    return f"{text}{_STAMP}{stamp} -->\n"


def install_map_page() -> Path:
    """Put the map page where the dashboard serves it from; give back its folder.

    The package's own folder is used where it can be written to, else the workspace.

    Raises
    ------
    siting.maps.MapAssetError
        Leaflet is not installed.
    """
    text = map_page()
    for place in (_PACKAGE_PLACE, home() / "web" / "map"):
        page = place / "index.html"
        try:
            if not page.is_file() or page.read_text(encoding="utf-8") != text:
                write_bytes(page, text.encode())
            (place / "data").mkdir(exist_ok=True)
            _forget_old(place / "data")
        except OSError:
            continue
        return place
    raise OSError(f"{_PACKAGE_PLACE} and {home()} cannot be written to.")


def _forget_old(folder: Path) -> None:
    """Delete map data that no page has needed for long; what is asked for again is made again."""
    oldest = time.time() - _KEPT_S
    for path in folder.glob("*.json"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def publish_data(place: Path, value: Mapping[str, Any]) -> str:
    """Keep data of the map under the key of their content, for the page to fetch.

    Parameters
    ----------
    place
        Folder of :func:`install_map_page`.
    value
        What JSON can hold.

    Returns
    -------
    str
        SHA-256 of the text; who does not have the data cannot guess it.
    """
    text = script_json(value)
    key = hashlib.sha256(text.encode()).hexdigest()
    target = place / "data" / f"{key}.json"
    if not target.is_file():
        write_bytes(target, text.encode())
    return key


if __name__ == "__main__":
    from siting.web.prepare import prepare

    install_map_page()
    prepare()
