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
    section.top_margin, section.bottom_margin = Cm(3.0), Cm(2.5)
    _page_number(section.footer.paragraphs[0])
    _style(document.styles["Normal"], BODY, 12)
    document.styles["Normal"].paragraph_format.line_spacing = 1.4
    for level, size in ((0, 22), (1, 16), (2, 14)):
        name = "Title" if level == 0 else f"Heading {level}"
        _style(document.styles[name], TITLE if level == 0 else HEADS, size)
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
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no call for fields


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
        _caption(document, block.caption)
    elif isinstance(block, PageBreak):
        document.add_page_break()


def _add_text(document: Any, block: Text) -> None:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(block.text)
    run.bold = block.notice
    paragraph.paragraph_format.first_line_indent = Pt(24)
    paragraph.paragraph_format.space_after = Pt(2)


def _caption(document: Any, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(text).font.size = Pt(10.5)


def _add_table(document: Any, block: Table) -> None:
    if block.caption:
        _caption(document, block.caption)
    table = document.add_table(rows=0, cols=len(block.heads))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, block.widths, strict=True):
        column.width = Cm(_WIDTH_CM * width)
    body = table._tbl  # noqa: SLF001 - whole rows as XML: cell by cell takes ten times as long
    for number, cells in enumerate((block.heads, *block.rows)):
        body.append(parse_xml(_row(cells, block, head=number == 0)))


def _row(cells: tuple[str, ...], block: Table, *, head: bool) -> str:
    """Return a row: no page's end cuts it, and the first one stands on every page."""
    marks = "<w:cantSplit/>" + ("<w:tblHeader/>" if head else "")
    filled = "".join(
        _cell(text, block.widths[at], bold=head, right=at in block.numbers and not head)
        for at, text in enumerate(cells)
    )
    return f"<w:tr {nsdecls('w')}><w:trPr>{marks}</w:trPr>{filled}</w:tr>"


def _cell(text: str, width: float, *, bold: bool, right: bool) -> str:
    twips = Cm(_WIDTH_CM * width).twips
    side = '<w:jc w:val="right"/>' if right else ""
    weight = "<w:b/>" if bold else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twips}" w:type="dxa"/></w:tcPr><w:p><w:pPr>'
        f'<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>{side}</w:pPr>'
        f'<w:r><w:rPr>{weight}<w:sz w:val="18"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
    )


def escape(text: str) -> str:
    """Return text for XML, without the control characters that XML cannot hold."""
    return escape_xml(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text))
