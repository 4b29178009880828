"""The folium map that needs no internet: Leaflet and all data are inside the page."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
from branca.element import Figure, MacroElement
from folium.template import Template

from siting.files import write_bytes
from siting.maps.assets import map_assets
from siting.maps.coding import script_json
from siting.maps.errors import MapWriteError
from siting.maps.texts import say

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_ZOOM = 18
_NOWHERE = (116.0, 39.4, 116.8, 40.0)
_LANG_TAGS = {"zh": "zh-CN", "en": "en"}


class OfflineFigure(Figure):
    """A page that holds its scripts and styles itself."""

    _template = Template(
        '<!DOCTYPE html>\n<html lang="{{ this.lang_tag }}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        "<title>{{ this.page_title }}</title>\n<style>{{ this.style }}\n"
        "html,body{height:100%;margin:0}.folium-map{width:100%;height:100%}</style>\n"
        "</head>\n<body>\n<noscript><p>{{ this.no_script }}</p></noscript>\n"
        "{{ this.html.render(**kwargs) }}\n"
        "<script>{{ this.assets_script }}</script>\n"
        "<script>if (typeof StationMap !== 'function') {"
        ' document.body.innerHTML = \'<p class="sm-missing" role="alert">{{ this.too_old }}</p>\';'
        " }</script>\n"
        "<script>var stationData = {{ this.data }};</script>\n"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n"
        "{{ this.tail }}\n</body>\n</html>\n"
    )

    def __init__(
        self, *, title: str, lang: str, data: Mapping[str, Any] | None, tail: str = ""
    ) -> None:
        super().__init__()
        assets = map_assets()
        self.lang_tag = _LANG_TAGS[lang]
        self.page_title = escape(title)
        self.style = assets.style
        self.assets_script = assets.script
        self.data = script_json(data)
        self.tail = tail
        self.no_script = escape(say(lang, "no_script"))
        self.too_old = escape(say(lang, "old_browser"))


class OfflineMap(folium.Map):
    """A folium map without tiles and without a single outside address.

    Without data the page holds an empty map, and ``tail`` (a script element) fills it.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium's own declaration
    default_css: list[tuple[str, str]] = []  # noqa: RUF012 - folium's own declaration
    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <div class="folium-map" id="{{ this.get_name() }}" role="region"
             aria-label="{{ this.label }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map("{{ this.get_name() }}", {
            center: {{ this.location|tojson }}, zoom: {{ this.options.zoom }},
            minZoom: 8, maxZoom: {{ this.top_zoom }}, zoomSnap: 0.25, zoomControl: false
        });
        {{ this.get_name() }}.attributionControl.setPrefix(false);
        {% endmacro %}
        """
    )

    def __init__(
        self, *, title: str, lang: str, data: Mapping[str, Any] | None, tail: str = ""
    ) -> None:
        west, south, east, north = data["base"]["bounds"] if data else _NOWHERE
        super().__init__(
            location=[(south + north) / 2, (west + east) / 2], zoom_start=11, tiles=None
        )
        self._name, self._id = "station_map", "page"
        self.top_zoom = MAX_ZOOM
        self.label = escape(title)
        figure = OfflineFigure(title=title, lang=lang, data=data, tail=tail)
        figure.add_child(self, name="station_map")
        if data is not None:
            self.add_child(PlanLayers(), name="plan_layers")

    def save(self, outfile: Path | str) -> None:  # type: ignore[override]
        """Write the page whole or not at all.

        Raises
        ------
        MapWriteError
            The place cannot be written to.
        """
        path = Path(outfile)
        try:
            write_bytes(path, self.get_root().render().encode())
        except OSError as error:
            raise MapWriteError(path=path, why=error.strerror or "") from error


class PlanLayers(MacroElement):
    """Base map, stations, people, gaps and streets on the map (``stationmap.js``)."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var stationMap = new StationMap({{ this._parent.get_name() }}, stationData);
        stationMap.fit();
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self._id = "plan_layers", "page"
