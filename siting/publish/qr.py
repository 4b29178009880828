"""QR code sheets for printing: one for the whole map, one per station."""

from __future__ import annotations

import html
import io
from typing import TYPE_CHECKING

import segno

from siting.i18n import t

if TYPE_CHECKING:
    from siting.edition import Edition

_STYLE = """
@page { size: A4; margin: 12mm; }
body { font-family: "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif;
  margin: 0; color: #000; background: #fff; }
main { display: grid; grid-template-columns: 1fr 1fr; }
article { border: 1px dashed #777; padding: 8mm; text-align: center; break-inside: avoid; }
article.map { grid-column: 1 / 3; }
svg { width: 60mm; height: 60mm; }
h2 { font-size: 16pt; margin: 0 0 2mm; }
p { margin: 1mm 0; font-size: 11pt; }
"""


def qr_sheets(edition: Edition) -> bytes:
    """Return a page with a QR code for the map and one per station, several to a sheet.

    Each code holds the address of the map, with the station's id behind ``#s=``; error correction
    M, so that a scratched print still reads.
    """
    address = edition.options.address
    cards = [
        _card("map", t("zh", "public.page.title"), t("zh", "public.qr.map"), address),
        *(
            _card(
                "station",
                row.name + (f"（{t('zh', 'public.qr.sample')}）" if row.sample else ""),
                t("zh", "public.qr.station"),
                f"{address}#s={row.site_id}",
            )
            for row in edition.stations[["name", "sample"]].reset_index().itertuples(index=False)
        ),
    ]
    title = html.escape(t("zh", "public.qr.title"))
    version = html.escape(
        t(
            "zh",
            "public.qr.version",
            version=edition.version,
            date=edition.options.published.isoformat(),
        )
    )
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1><p>{version}</p>"
        f"<main>{''.join(cards)}</main></body></html>\n"
    ).encode()


def _card(kind: str, name: str, hint: str, address: str) -> str:
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawing, kind="svg", xmldecl=False, svgns=True, border=2, omitsize=True, nl=False
    )
    return (
        f'<article class="{kind}"><h2>{html.escape(name)}</h2>{drawing.getvalue().decode()}'
        f"<p>{html.escape(hint)}</p><p>{html.escape(address)}</p></article>"
    )
