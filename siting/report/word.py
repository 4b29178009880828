"""The paper as a Word document in the form Chinese offices use."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape as escape_xml

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from siting.report.blocks import Block, Heading, PageBreak, Paper, Picture, Table, Text

if TYPE_CHECKING:
    import datetime as dt

BODY, HEADS, TITLE = "仿宋", "黑体", "方正小标宋简体"
"""Fonts of official papers. Source: GB/T 9704-2012: 仿宋 body, 黑体 first heads, 小标宋 title. A
computer without them takes its own Chinese font, because eastAsia is named."""
LATIN = "Times New Roman"
_WIDTH_CM = 15.6
_BODY_PT, _LINE_PT = 16, 28
"""Size 三号 and 22 lines of a page. Source: GB/T 9704-2012, 5.2."""
_CELL, _SMALL = 20, 18
"""Half points of the tables' text."""
_MARGINS = (
    f'<w:tblCellMar {nsdecls("w")}><w:left w:w="60" w:type="dxa"/>'
    '<w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
)


def word_document(paper: Paper, date: dt.date) -> bytes:
    """Return the paper as .docx."""
    document = Document()
    _set_up(document, paper, date)
    for block in paper.blocks:
        _add(document, block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(document: Any, paper: Paper, date: dt.date) -> None:
    import datetime as dt  # noqa: PLC0415 - a value, not only a type

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    _page_number(section.footer.paragraphs[0])
    _style(document.styles["Normal"], BODY, _BODY_PT)
    for level, size in ((0, 22), (1, _BODY_PT), (2, _BODY_PT)):
        name = "Title" if level == 0 else f"Heading {level}"
        _style(document.styles[name], TITLE if level == 0 else HEADS, size)
        document.styles[name].paragraph_format.keep_with_next = True
    made = dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC)
    properties = document.core_properties
    properties.title, properties.language = paper.title, "zh-CN" if paper.lang == "zh" else "en"
    properties.author = properties.last_modified_by = ""
    properties.comments = ""
    properties.created = properties.modified = made


def _style(style: Any, east_asian: str, size: int) -> None:
    style.font.name, style.font.size = LATIN, Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "eastAsiaTheme", "hAnsiTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), east_asian)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    style.element.rPr.append(language)
    for border in style.element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)


def _page_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = parse_xml(
        f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:rPr><w:sz w:val="28"/></w:rPr>'
        "<w:t>1</w:t></w:r></w:fldSimple>"
    )
    paragraph.add_run("— ").font.size = Pt(14)
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no call for fields
    paragraph.add_run(" —").font.size = Pt(14)


def _add(document: Any, block: Block) -> None:
    if isinstance(block, Heading):
        heading = document.add_heading(block.text, level=block.level)
        if block.level == 0:
            heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif isinstance(block, Text):
        _add_text(document, block)
    elif isinstance(block, Table):
        _add_table(document, block)
    elif isinstance(block, Picture):
        document.add_picture(io.BytesIO(block.png), width=Cm(block.width_cm))
        document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
        document.paragraphs[-1].paragraph_format.keep_with_next = True
        _caption(document, block.caption, above=False)
    elif isinstance(block, PageBreak):
        document.add_page_break()


def _add_text(document: Any, block: Text) -> None:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(block.text)
    run.bold = block.notice
    paragraph.paragraph_format.line_spacing = Pt(_LINE_PT)
    paragraph.paragraph_format.space_after = Pt(0)
    if block.centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        paragraph.paragraph_format.first_line_indent = Pt(2 * _BODY_PT)


def _caption(document: Any, text: str, *, above: bool) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = above
    paragraph.add_run(text).font.size = Pt(10.5)


def _add_table(document: Any, block: Table) -> None:
    if block.caption:
        _caption(document, block.caption, above=True)
    table = document.add_table(rows=0, cols=len(block.heads))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    table._tbl.tblPr.append(parse_xml(_MARGINS))  # noqa: SLF001 - python-docx has no call
    for column, width in zip(table.columns, block.widths, strict=True):
        column.width = Cm(_WIDTH_CM * width)
    body = table._tbl  # noqa: SLF001 - whole rows as XML: cell by cell takes ten times as long
    for number, cells in enumerate((block.heads, *block.rows)):
        last = number == len(block.rows)
        row = _row(cells, block, head=number == 0, keep=block.whole and not last)
        body.append(parse_xml(row))


def _row(cells: tuple[str, ...], block: Table, *, head: bool, keep: bool) -> str:
    """Return a row: no page's end cuts it, and the first one stands on every page."""
    marks = "<w:cantSplit/>" + ("<w:tblHeader/>" if head else "")
    filled = "".join(_cell(text, block, at, head=head, keep=keep) for at, text in enumerate(cells))
    return f"<w:tr {nsdecls('w')}><w:trPr>{marks}</w:trPr>{filled}</w:tr>"


def _cell(text: str, block: Table, at: int, *, head: bool, keep: bool) -> str:
    twips = Cm(_WIDTH_CM * block.widths[at]).twips
    together = "<w:keepNext/>" if keep else ""
    side = '<w:jc w:val="right"/>' if at in block.numbers and not head else ""
    weight = "<w:b/>" if head else ""
    size = _SMALL if block.small else _CELL
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twips}" w:type="dxa"/></w:tcPr><w:p><w:pPr>{together}'
        f'<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>{side}</w:pPr>'
        f'<w:r><w:rPr>{weight}<w:sz w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
    )


def escape(text: str) -> str:
    """Return text for XML, without the control characters that XML cannot hold."""
    return escape_xml(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text))
