"""The committee's papers: Word, print page, Excel book, a sheet per town."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from matplotlib import font_manager

from siting.gaps import find_gaps
from siting.report import MapFont, choose_font, make_papers, write_papers
from siting.report.cost import cost_rows
from siting.report.fonts import FAMILIES, find_font
from siting.report.maps import MapMaker, _whole
from tests.system import need

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


def test_a_font_that_came_after_matplotlib_looked_is_found(monkeypatch):
    need("libreoffice")  # brings a Chinese font
    manager = font_manager.fontManager
    # One file holds several families: all of a Chinese file's are to be unknown.
    files = {entry.fname for entry in manager.ttflist if entry.name in FAMILIES}
    plain = [entry for entry in manager.ttflist if entry.fname not in files]
    monkeypatch.setattr(manager, "ttflist", plain)
    find_font.cache_clear()
    found = find_font()
    find_font.cache_clear()
    assert found.chinese
    assert Path(manager.findfont(found.family, fallback_to_default=False)).is_file()


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


def test_tables_end_with_their_totals(papers, gaps):
    document = Document(io.BytesIO(papers["report.docx"]))
    groups, towns = document.tables[0], document.tables[1]
    covered = round(gaps.by_group["covered_milli"].sum() / 1000)
    for table, column in ((groups, 3), (towns, 4)):
        cells = table.rows[-1].cells
        assert cells[0].text == "合计"
        assert abs(int(cells[column].text.replace(",", "")) - covered) <= len(table.rows)
    assert groups.rows[-1].cells[5].text == towns.rows[-1].cells[5].text


def test_no_number_is_broken_in_a_narrow_column(papers):
    """Digits are half as wide as the letters are high; a cell has 60 twips of margin each side."""
    document = Document(io.BytesIO(papers["report.docx"]))
    for table in document.tables:
        for row in table.rows[1:]:
            for cell in row.cells:
                if re.fullmatch(r"[\d,.%]+", cell.text):
                    half_points = cell._tc.find(f".//{qn('w:sz')}").get(qn("w:val"))
                    wide = len(cell.text) * int(half_points) / 2 * 0.56
                    assert wide <= cell.width.pt - 6, cell.text


def test_short_tables_stay_on_one_page(papers):
    document = Document(io.BytesIO(papers["report.docx"]))
    kept = ["w:keepNext" in table.rows[0]._tr.xml for table in document.tables]
    assert kept[0]
    assert not kept[2]
    assert "class=whole" in papers["report.html"].decode()


def test_cost_by_the_set_prices(daxing_plan):
    """Worked out again: 30,000 / 80,000 to build, 12,000 / 18,000 a year to run, by default."""
    rows = daxing_plan.stations
    new = ~rows["existing"].astype(bool)
    mobile = rows["station_kind"].eq("mobile")
    table = cost_rows(daxing_plan)
    build = 30_000 * (new & ~mobile).sum() + 80_000 * (new & mobile).sum()
    assert table["build"].sum() == build
    assert table["run"].sum() == 12_000 * (~mobile).sum() + 18_000 * mobile.sum()
    assert table["stations"].sum() == len(rows)
    assert table.loc["existing", "build"] == 0


def test_the_chinese_paper_has_no_english_sentence(papers):
    text = said(Document(io.BytesIO(papers["report.docx"])))
    names = r"OpenStreetMap|ODbL|siontiles|GeoNames|CC BY|python|siting|verify|money"
    assert re.findall(r"[A-Za-z]{4,}", re.sub(names, "", text)) == []
    assert "2026年11月24日" in text


def test_town_names_do_not_cover_each_other(daxing, daxing_plan, gaps, monkeypatch):
    placed = []
    monkeypatch.setattr(
        "matplotlib.axes.Axes.annotate",
        lambda _self, text, xy, xytext=None, **_more: placed.append((text, xy, xytext)),
    )
    maker = MapMaker(daxing, daxing_plan, gaps, "zh")
    figure, axes = maker._begin(_whole(daxing), (7.2, 7.2))
    maker._name_towns(figure, axes)
    assert len(placed) == len(daxing.towns)
    boxes = []
    for text, xy, shift in placed:
        x, y = axes.transData.transform(xy) * 72 / figure.dpi + shift
        boxes.append((x, y, 6.5 * len(text) / 2))
    clashes = [
        (one, other)
        for n, one in enumerate(boxes)
        for other in boxes[:n]
        if abs(one[0] - other[0]) < one[2] + other[2] and abs(one[1] - other[1]) < 6.5
    ]
    assert clashes == []
