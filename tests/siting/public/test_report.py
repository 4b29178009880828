"""The committee's papers: Word, print page, Excel book, a sheet per town."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn

from siting.gaps import find_gaps
from siting.report import MapFont, choose_font, make_papers, write_papers
from siting.report.fonts import FAMILIES

DATE = dt.date(2026, 11, 24)


@pytest.fixture(scope="module")
def gaps(daxing, daxing_plan):
    return find_gaps(daxing, daxing_plan)


@pytest.fixture(scope="module")
def papers(daxing, daxing_plan, gaps):
    return make_papers(daxing, daxing_plan, gaps, date=DATE)


def said(document):
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def test_word_has_all_parts(papers, daxing_plan):
    document = Document(io.BytesIO(papers["report.docx"]))
    text = said(document)
    for head in (
        "摘要",
        "选址方法",
        "方案图",
        "各镇街",
        "站点清单",
        "服务缺口",
        "建设费用",
        "最优性",
        "数据来源",
        "附录",
    ):
        assert head in text, head
    assert "示例数据" in text
    assert len(document.inline_shapes) == 2
    cells = [row.cells[1].text for table in document.tables for row in table.rows]
    for name in daxing_plan.stations["name"]:
        assert name in cells


def test_word_names_chinese_fonts(papers):
    document = Document(io.BytesIO(papers["report.docx"]))
    for name, font in (("Normal", "仿宋"), ("Heading 1", "黑体"), ("Title", "方正小标宋简体")):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font


def test_word_rows_are_whole_and_heads_repeat(papers):
    document = Document(io.BytesIO(papers["report.docx"]))
    for table in document.tables:
        xml = table.rows[0]._tr.xml
        assert "w:tblHeader" in xml
        assert "w:cantSplit" in xml


def test_the_same_plan_gives_the_same_words(papers, daxing, daxing_plan, gaps):
    again = make_papers(daxing, daxing_plan, gaps, date=DATE)
    assert again["report.html"] == papers["report.html"]
    assert again["towns.html"] == papers["towns.html"]


def test_the_page_loads_nothing_and_runs_nothing(papers):
    for name in ("report.html", "towns.html"):
        text = papers[name].decode()
        assert "<script" not in text
        assert not re.search(r"(?:src|href)=\"(?!data:)", text)
        assert "default-src 'none'" in text


def test_names_are_escaped(daxing, with_columns, gaps):
    plan = with_columns(name="<script>alert(1)</script>&\x07")
    papers = make_papers(daxing, plan, gaps, date=DATE)
    assert b"<script>alert" not in papers["report.html"]
    document = Document(io.BytesIO(papers["report.docx"]))
    assert any("<script>alert(1)</script>&" in c.text for c in document.tables[2].columns[1].cells)


def test_excel_opens_again_with_types_right(papers, daxing_plan):
    book = openpyxl.load_workbook(io.BytesIO(papers["report.xlsx"]))
    assert book.sheetnames == ["站点", "缺口", "镇街", "人群", "设置"]
    sheet = book["站点"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[:3] == ["站点编号", "序号", "站点名称"]
    first = dict(zip(heads, [cell.value for cell in sheet[2]], strict=True))
    assert isinstance(first["站点编号"], str)
    assert isinstance(first["服务人次"], int)
    assert isinstance(first["经度"], float)
    assert sheet.max_row == len(daxing_plan.stations) + 1
    assert first["服务人次"] == round(daxing_plan.stations["served_milli"].iloc[0] / 1000)


def test_excel_cells_cannot_act_as_formulas(daxing, with_columns, gaps):
    papers = make_papers(daxing, with_columns(name="=1+1"), gaps, date=DATE)
    sheet = openpyxl.load_workbook(io.BytesIO(papers["report.xlsx"]))["站点"]
    assert sheet["C2"].data_type == "s"


def test_every_town_has_its_sheet(papers, daxing):
    text = papers["towns.html"].decode()
    for name in daxing.towns["name"]:
        assert f"<h2>{name}</h2>" in text
    assert text.count("<img") == len(daxing.towns)


def test_figures_agree_with_the_gap_report(papers, gaps):
    book = openpyxl.load_workbook(io.BytesIO(papers["report.xlsx"]))
    rows = list(book["人群"].iter_rows(min_row=2, values_only=True))
    covered = sum(row[3] for row in rows)
    assert abs(covered - gaps.by_group["covered_milli"].sum() / 1000) <= len(rows)


def test_without_chinese_fonts_maps_are_english_and_the_paper_names_the_package(
    daxing, daxing_plan, gaps
):
    """Warnings are errors here: a missing glyph would be one."""
    font = choose_font(frozenset({"DejaVu Sans"}))
    assert font == MapFont(family="DejaVu Sans", chinese=False)
    papers = make_papers(daxing, daxing_plan, gaps, date=DATE, font=font)
    assert "fonts-noto-cjk" in papers["report.html"].decode()
    assert "fonts-noto-cjk" in said(Document(io.BytesIO(papers["report.docx"])))


def test_a_chinese_font_is_preferred():
    assert choose_font(frozenset({"SimHei", "DejaVu Sans"})).family == "SimHei"
    assert choose_font(frozenset(FAMILIES)).family == FAMILIES[0]


def test_english_papers(daxing, daxing_plan, gaps):
    papers = make_papers(daxing, daxing_plan, gaps, date=DATE, lang="en")
    text = said(Document(io.BytesIO(papers["report.docx"])))
    assert "1 Summary" in text
    assert "proved optimal" in text


def test_papers_are_written_whole(papers, tmp_path):
    written = write_papers(papers, tmp_path / "out")
    assert sorted(path.name for path in written) == sorted(papers)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(papers)
    for name in ("report.docx", "towns.docx", "report.xlsx"):
        assert zipfile.ZipFile(io.BytesIO(papers[name])).testzip() is None
