"""QR code sheets for printing: one for the whole map, one per station."""

from __future__ import annotations

import html
import io
from typing import TYPE_CHECKING

import segno

from siting.i18n import t
from siting.worker_map.contents import internal_only

if TYPE_CHECKING:
    from siting.edition import Edition

STYLE = """
@page { size: A4; margin: 12mm; }
body { font-family: "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif;
  margin: 0; color: #000; background: #fff; }
main { display: grid; grid-template-columns: 1fr 1fr; grid-auto-rows: 88mm; }
article { border: 1px dashed #777; padding: 4mm 6mm; text-align: center; break-inside: avoid;
  overflow: hidden; }
article.map { grid-column: 1 / 3; }
svg { width: 50mm; height: 50mm; }
header { height: 8mm; overflow: hidden; }
h1 { font-size: 14pt; margin: 0; display: inline; }
h2 { font-size: 13pt; line-height: 1.25; margin: 0 0 1mm; }
p { margin: 0.5mm 0; font-size: 10pt; line-height: 1.3; word-break: break-all; }
header p { display: inline; margin-left: 4mm; }
"""


def qr_sheets(edition: Edition) -> bytes:
    """Return a page with a QR code for the map and one per station, several to a sheet.

    Each code holds the address of the map, with the station's id behind ``#s=``; error correction
    M, so that a scratched print still reads.
    """
    address = edition.options.address
    rows = edition.stations[["name", "sample"]].assign(internal=internal_only(edition.stations))
    rows, own = rows.reset_index(), f"（{t('zh', 'public.page.internal')}）"
    cards = [
        _card("map", t("zh", "public.page.title"), t("zh", "public.qr.map"), address),
        *(
            _card(
                "station",
                row.name + (f"（{t('zh', 'public.qr.sample')}）" if row.sample else ""),
                t("zh", "public.qr.station") + (own if row.internal else ""),
                f"{address}#s={row.site_id}",
            )
            for row in rows.itertuples(index=False)
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
        f"<style>{STYLE}</style></head><body><header><h1>{title}</h1><p>{version}</p></header>"
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
