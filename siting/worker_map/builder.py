"""Put template, style, scripts, streets and stations together into one page."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from dataclasses import dataclass
from importlib import resources
from string import Template
from typing import TYPE_CHECKING, Any

from siting.edition.facts import SERVICES
from siting.i18n import texts
from siting.worker_map.contents import (
    day_number,
    hours_block,
    place_rows,
    projection_block,
    rota_rows,
    rule_block,
    station_columns,
)
from siting.worker_map.streets import CM_PER_M, pack_streets

if TYPE_CHECKING:
    import geopandas as gpd

    from geodata.city import City
    from geodata.network import StreetNetwork
    from siting.edition import Edition
    from siting.settings import Standard

SCRIPTS = (
    "decode.js",
    "graph.js",
    "walk.js",
    "project.js",
    "hours.js",
    "world.js",
    "gestures.js",
    "view.js",
    "rota.js",
    "card.js",
    "main.js",
)
"""Own sources in the order they are put together."""

PLACE_KINDS = ("street", "stop", "service", "town")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PageInput:
    """What a page is made from.

    Attributes
    ----------
    edition
        The public edition.
    network
        Streets of the city.
    barriers
        Lines that the straight estimate must not cross.
    places
        Columns name, kind (one of ``PLACE_KINDS``), and a point: what can be looked up by name.
    standard
        How walking is measured.
    reconstructed
        Whether walking may also be estimated by straight lines.
    """

    edition: Edition
    network: StreetNetwork
    barriers: gpd.GeoDataFrame | None
    places: gpd.GeoDataFrame
    standard: Standard
    reconstructed: bool


def worker_map(edition: Edition, city: City, standard: Standard) -> str:
    """Return the workers' map of an edition as one HTML page.

    Parameters
    ----------
    edition
        The public edition.
    city
        The city it was made for.
    standard
        How the plan measures walking.
    """
    return build_page(
        PageInput(
            edition=edition,
            network=city.network,
            barriers=city.barriers,
            places=place_rows(city),
            standard=standard,
            reconstructed=city.reconstructed,
        )
    )


def build_page(given: PageInput) -> str:
    """Return the page: scripts and style inline, allowed by their hashes, nothing else loaded."""
    packed = pack_streets(
        given.network,
        given.barriers if given.reconstructed else None,
        island_m=given.standard.island_m,
    )
    script, style = page_script(), _source("style.css")
    data = json.dumps(
        _data(given, packed.origin_m, packed.names, packed.position),
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )
    return Template(_source("template.html")).substitute(
        policy=html.escape(content_policy(), quote=True),
        title=html.escape(texts("zh")["public.page.title"]),
        no_script=_no_script(given.edition.options.address),
        style=style,
        data=data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"),
        streets=packed.text,
        script=script,
    )


def _no_script(address: str) -> str:
    """Return what a reader without scripts sees, as WeChat shows an attached file, in HTML."""
    said = "<br>".join(html.escape(texts(lang)["public.page.no_script"]) for lang in ("zh", "en"))
    link = html.escape(address, quote=True)
    return f'{said}<br><a href="{link}">{link}</a>' if address else said


def page_script() -> str:
    """Return the page's script: all sources inside one function, so that nothing leaks."""
    body = "\n".join(_source(name) for name in SCRIPTS)
    return f'(function () {{\n"use strict";\n{body}\n}}());\n'


def content_policy(
    *,
    frame_ancestors: tuple[str, ...] = (),
    header: bool = False,
    styles: tuple[str, ...] = (),
) -> str:
    """Return the content security policy of the page.

    Parameters
    ----------
    frame_ancestors
        Sites that may show the page in a frame.
    header
        True adds ``frame-ancestors``, which browsers take from the header only.
    styles
        Further style sheets, of other pages sent with the same header.
    """
    sheets = " ".join(f"'sha256-{_digest(text)}'" for text in (_source("style.css"), *styles))
    parts = [
        "default-src 'none'",
        f"script-src 'sha256-{_digest(page_script())}'",
        f"style-src {sheets}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    if header:
        parts.append("frame-ancestors " + (" ".join(frame_ancestors) or "'none'"))
    return "; ".join(parts)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _source(name: str) -> str:
    return resources.files("siting.worker_map").joinpath(name).read_text(encoding="utf-8")


def _data(
    given: PageInput, origin: tuple[float, float], names: tuple[str, ...], position: Any
) -> dict[str, Any]:
    edition = given.edition
    options = edition.options
    hours, rule_of = hours_block(edition)
    return {
        "meta": {
            "version": edition.version,
            "date": options.published.isoformat(),
            "day": day_number(options.published),
            "city": [edition.city_name, edition.city_name_en],
            "address": options.address,
            "contact": options.contact,
            "review": options.review_number,
            "sampleShare": round(edition.sample_share, 4),
        },
        "text": {lang: page_texts(lang) for lang in ("zh", "en")},
        "projection": projection_block(given.network.crs, origin),
        "rule": rule_block(given.standard, reconstructed=given.reconstructed),
        "names": names,
        "services": SERVICES,
        "hours": hours,
        "placeKinds": PLACE_KINDS,
        "places": [
            [row.name, PLACE_KINDS.index(row.kind), *_centimetres(row.geometry, origin)]
            for row in given.places.itertuples(index=False)
        ],
        "rota": rota_rows(edition),
        **station_columns(
            edition, given.network, origin, position, rule_of, given.standard.island_m
        ),
    }


def _centimetres(point: Any, origin: tuple[float, float]) -> list[int]:
    return [round((point.x - origin[0]) * CM_PER_M), round((point.y - origin[1]) * CM_PER_M)]


def page_texts(lang: str) -> dict[str, str]:
    """Return the page's texts in a language, by their short keys."""
    prefix = "public.page."
    return {key[len(prefix) :]: text for key, text in texts(lang).items() if key.startswith(prefix)}
