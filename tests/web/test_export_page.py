"""The export page: every format, long ones made aside, internal edition and sample told."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from siting.archive import save_plan
from siting.i18n import LANGUAGES, t
from siting.report import NAMES
from siting.web.engine import city_of, gaps_of
from siting.web.files import MIMES, all_files, office_files, plan_files, workspace_file
from tests.web.city import small_city
from tests.web.office import button, office, sound

PATIENCE_S = 180


@pytest.fixture
def here(root, tmp_path, monkeypatch, plan):
    with office(root, tmp_path, monkeypatch) as made:
        made.plan = save_plan(made.workspace, small_city(), plan, name="春季方案", who="李工")
        yield made


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_format_is_offered_and_internal_and_sample_are_told(here, lang):
    app = sound(here.open("export", lang, plan=here.plan))
    assert [error.value for error in app.error] == []
    offered = " ".join(found.proto.label for found in app.get("download_button"))
    for ending in (
        "geojson",
        "json",
        "html",
        "xlsx",
        "gpkg",
        "kml",
        "zip",
        "gcj02.csv",
        "bd09.csv",
    ):
        assert ending in offered
    said = [warning.value for warning in app.warning]
    assert t(lang, "web.export_internal") in said
    assert t(lang, "web.export_sample", n=5, all=5) in said


def test_files_are_whole(here, city, plan):
    files = {**plan_files(city, plan, gaps_of(plan), "zh"), **office_files(city, plan, "zh")}
    packed = zipfile.ZipFile(io.BytesIO(all_files(files)()))
    assert set(packed.namelist()) == set(files)
    assert packed.testzip() is None
    assert all(name.rpartition(".")[2] in MIMES for name in files)
    backup = zipfile.ZipFile(io.BytesIO(workspace_file(here.workspace)()))
    assert backup.testzip() is None
    assert city_of(plan).version == city.version


def test_papers_are_made_aside_and_found_again(here):
    app = here.open("export", plan=here.plan)
    button(app, "生成会议材料").click().run()
    sound(app)
    end = time.monotonic() + PATIENCE_S
    while "report.docx" not in labels(app) and time.monotonic() < end:
        time.sleep(0.5)
        app.run()
    again = sound(here.open("export", plan=here.plan))
    assert all(name in labels(again) for name in NAMES)


def labels(app) -> str:
    return " ".join(found.proto.label for found in app.get("download_button"))
