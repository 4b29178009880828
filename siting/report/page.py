"""The paper as one HTML file that prints well to PDF."""

from __future__ import annotations

import base64
import html
from typing import TYPE_CHECKING

from siting.report.blocks import Block, Heading, PageBreak, Picture, Table, Text

if TYPE_CHECKING:
    from siting.report.blocks import Paper

_STYLE = """
@page { size: A4; margin: 20mm 18mm 18mm; @bottom-center { content: counter(page); } }
* { box-sizing: border-box; }
body { font: 12pt/1.6 "Noto Serif CJK SC", "FangSong", "STFangsong", "SimSun", serif;
  color: #000; background: #fff; max-width: 190mm; margin: 0 auto; padding: 6mm; }
h1, h2, h3 { font-family: "Noto Sans CJK SC", "SimHei", "Microsoft YaHei", sans-serif;
  break-after: avoid; line-height: 1.35; }
h1 { font-size: 21pt; text-align: center; }
h2 { font-size: 15pt; margin: 8mm 0 2mm; }
p { margin: 1.5mm 0; text-indent: 2em; }
p.centred { text-align: center; text-indent: 0; }
p.notice { font-weight: 700; border-inline-start: 3pt solid #b3261e; padding-inline-start: 3mm;
  text-indent: 0; }
figure { margin: 4mm 0; text-align: center; break-inside: avoid; }
figure img { max-width: 100%; max-height: 225mm; }
figcaption, caption { font-size: 10.5pt; text-align: center; padding: 1mm 0; }
table { border-collapse: collapse; width: 100%; font-size: 10pt; line-height: 1.35;
  table-layout: fixed; margin: 3mm 0; }
table.small { font-size: 9pt; }
table.whole { break-inside: avoid; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.5pt solid #555; padding: 0.8mm 1.2mm; text-align: start; vertical-align: top;
  overflow-wrap: anywhere; }
th { background: #efece4; }
td.n { text-align: end; font-variant-numeric: tabular-nums; }
div.break { break-after: page; }
@media print { body { padding: 0; max-width: none; } }
"""


def html_page(paper: Paper) -> bytes:
    """Return the paper as HTML: style and pictures inside, no script, nothing loaded."""
    body = "".join(_block(block) for block in paper.blocks)
    lang = "zh-CN" if paper.lang == "zh" else "en"
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(paper.title)}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>\n"
    ).encode()


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        level = block.level + 1
        return f"<h{level}>{html.escape(block.text)}</h{level}>"
    if isinstance(block, Text):
        kind = " class=notice" if block.notice else " class=centred" if block.centred else ""
        return f"<p{kind}>{html.escape(block.text)}</p>"
    if isinstance(block, Picture):
        data = base64.b64encode(block.png).decode("ascii")
        caption = html.escape(block.caption)
        return (
            f'<figure><img alt="{caption}" src="data:image/png;base64,{data}">'
            f"<figcaption>{caption}</figcaption></figure>"
        )
    if isinstance(block, PageBreak):
        return "<div class=break></div>"
    return _table(block)


def _table(block: Table) -> str:
    columns = "".join(f'<col width="{width:.1%}">' for width in block.widths)
    heads = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in block.heads)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{' class=n' if at in block.numbers else ''}>{html.escape(cell)}</td>"
            for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in block.rows
    )
    kind = " class=small" if block.small else " class=whole" if block.whole else ""
    caption = f"<caption>{html.escape(block.caption)}</caption>" if block.caption else ""
    return (
        f"<table{kind}>{caption}<colgroup>{columns}</colgroup>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )
