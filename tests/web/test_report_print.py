"""The papers as other programs show them: Chromium's PDF and LibreOffice's."""

from __future__ import annotations

import datetime as dt
import re
import subprocess

import pytest

from geodata import load_city
from siting.gaps import find_gaps
from siting.plan import make_plan
from siting.report import make_papers
from siting.settings import replace_settings
from siting.settings_file import load_settings
from tests.siting.public.browser import watch

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def papers():
    city = load_city("daxing")
    plan = make_plan(city, replace_settings(load_settings(city_id="daxing"), plan__stations=30))
    return make_papers(city, plan, find_gaps(city, plan), date=dt.date(2026, 11, 24))


def pages_of(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_chromium_prints_the_page_without_a_cut_table(papers, chrome, tmp_path):
    path = tmp_path / "report.html"
    path.write_bytes(papers["report.html"])
    with chrome.new_page(viewport={"width": 794, "height": 1123}) as page:
        seen = watch(page)
        page.goto(path.as_uri())
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        wide = page.evaluate(
            """() => [...document.querySelectorAll('table, img')].filter(
            (node) => node.getBoundingClientRect().right > innerWidth + 1).length"""
        )
        assert wide == 0
        pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert pages_of(pdf) > 5
    assert b"CJK" in pdf  # the Chinese font is inside, not a box in its place
    assert seen["errors"] == []
    assert seen["requests"] == [path.as_uri()]


def test_libreoffice_opens_the_word_document(papers, libreoffice, tmp_path):
    path = tmp_path / "report.docx"
    path.write_bytes(papers["report.docx"])
    home = (tmp_path / "home").as_uri()
    command = [str(libreoffice), f"-env:UserInstallation={home}", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    pdf = (tmp_path / "report.pdf").read_bytes()
    assert pages_of(pdf) > 5
    assert b"CJK" in pdf
