"""The data page as a planner walks it: import by steps, mending, versions, edits, own city."""

from __future__ import annotations

import io
import time
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from geodata.tables_headers import headings_of
from geodata.workspace import get_city, get_layer, list_layers
from siting.i18n import LANGUAGES, t
from siting.web import intake
from siting.web.reading import read_rows
from siting.web.work import STEPS, keep_work, read_work
from tests.geodata.osm_text import TOWN, write
from tests.web.city import X0, Y0, small_city
from tests.web.office import book, button, field, office, param, select, sound, tables

PATIENCE_S = 180
HEADS = ["企业名称", "职工人数", "经度", "纬度", "地址", "随笔"]


def at(dx: float, dy: float) -> tuple[float, float]:
    lon, lat = small_city().to_lonlat(np.array([[X0 + dx, Y0 + dy]]))[0]
    return round(float(lon), 6), round(float(lat), 6)


def rows() -> list[list[object]]:
    return [
        HEADS,
        ["甲厂", 800, *at(110, 790), "", "x"],
        ["乙厂", "很多", *at(900, 790), "", ""],
        ["丙厂", 300, "", "", "纵1路旁", ""],
        ["丁厂", 120, "", "", "无人知道之处", ""],
        ["=1+1", 120, *at(700, 790), "", ""],
    ]


@pytest.fixture
def here(root, tmp_path, monkeypatch):
    with office(root, tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def opened(here):
    app = here.open("data", part="import")
    app.file_uploader[0].set_value(("企业.xlsx", book(rows()), "")).run()
    return sound(app)


def press(app, label):
    button(app, label).click().run()
    return sound(app)


def key_of(app) -> str:
    return param(app, "work")


def say_wgs84(app):
    radio = next(found for found in app.radio if str(found.key).startswith("datum_"))
    radio.set_value("wgs84").run()
    if any("我确认就是" in found.label for found in app.button):
        press(app, "我确认就是")
    return sound(app)


@pytest.fixture
def checked(opened):
    press(opened, "下一步：坐标")
    say_wgs84(opened)
    return press(opened, "下一步：逐行检查")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", ["layers", "import", "edit", "city"])
def test_every_part_runs_in_both_languages(here, part, lang):
    app = sound(here.open("data", lang, part=part))
    assert [error.value for error in app.error] == []
    assert app.title[0].value == t(lang, "web.data_title")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_step_runs_in_both_languages(here, opened, lang):
    for step in STEPS:
        keep_work(replace(read_work(key_of(opened)), step=step, datum="wgs84", confirm=True))
        app = sound(here.open("data", lang, work=key_of(opened)))
        assert f'aria-current="step">{STEPS.index(step) + 1} ' in tables(app)
        assert [error.value for error in app.error] == []


def test_layer_and_columns_are_proposed_and_can_be_changed(opened):
    assert read_work(key_of(opened)).layer == "enterprises"
    assert select(opened, "职工人数").value == "职工人数"
    assert any("随笔" in text.value for text in opened.caption)
    select(opened, "园区").set_value("随笔").run()
    assert read_work(key_of(opened)).columns["park"] == "随笔"
    select(opened, "职工人数").set_value("").run()
    assert button(opened, "下一步").disabled
    assert "职工人数" in opened.warning[0].value


def test_pictures_and_evidence_stand_beside_the_question(opened):
    press(opened, "下一步：坐标")
    shown = tables(opened)
    assert shown.count("data:image/svg+xml;base64,") == 3
    assert shown.count('alt="') == 3
    assert "离最近道路（中位，米）" in shown


def test_rows_are_mended_in_the_page_and_saved_as_a_new_version(here, checked):
    assert "退回" in tables(checked)
    assert "不是数字" in tables(checked)
    field(checked, "职工人数").set_value("450")
    press(checked, "改好，重新检查")
    checked.multiselect[0].set_value(["4"])
    press(checked, "确认所选的位置")
    work = read_work(key_of(checked))
    assert work.cells == {"3": {"headcount": "450"}}
    assert work.confirmed == ("4",)
    press(checked, "不要这一行")  # 丁厂, which nobody can place
    assert read_rows(read_work(work.key)).report.empty
    press(checked, "下一步：保存")
    field(checked, "您的姓名").set_value("王工")
    press(checked, "保存为新的一版")
    version = list_layers(here.workspace)[0]
    assert (version.version, version.who, version.source_name) == (1, "王工", "企业.xlsx")
    frame = get_layer(here.workspace, version.layer)[1]
    assert sorted(frame["name"]) == ["=1+1", "丙厂", "乙厂", "甲厂"]  # sample rows gave way
    city = get_city(here.workspace, param(checked, "city"))
    assert sorted(city.layers["enterprises"]["name"]) == sorted(frame["name"])
    assert "work" not in checked.query_params
    assert "已保存“企业”第 1 版（4 行）" in checked.success[0].value
    assert "wgs84" not in tables(checked)  # a datum goes by its name


def test_unsaved_work_survives_a_refresh_another_page_and_another_language(here, checked):
    field(checked, "职工人数").set_value("450")
    press(checked, "改好，重新检查")
    key = key_of(checked)
    again = sound(here.open("data", "en", work=key))
    assert "450" in tables(again)
    other = sound(here.open("ledger", work=key))
    press(other, "数据")
    assert "逐行检查" in tables(other)
    press(other, "确定放弃")
    gone = sound(here.open("data", work=key))
    assert "没有未保存的数据" in gone.error[0].value


def test_a_row_is_put_in_its_place_on_the_map(here, checked):
    key = key_of(checked)
    lon, lat = at(300, 5)
    keep_work(replace(read_work(key), points={"5": (lon, lat)}))
    read = read_rows(read_work(key))
    assert "丁厂" in set(read.frame["name"])
    point = read.frame.set_index("name").loc["丁厂", "geometry"]
    assert abs(point.x - X0 - 300) < 0.2
    assert abs(point.y - Y0 - 5) < 0.2


def save_copy(app, who="王工"):
    field(app, "您的姓名").set_value(who)
    press(app, "保存为新的一版")


def edit(here, city, layer="hosts"):
    app = here.open("data", part="edit", city=city)
    select(app, "修改哪个图层").set_value(layer).run()
    return press(app, "开始修改")


def test_a_row_is_edited_and_an_earlier_version_comes_back(here):
    app = edit(here, here.city)
    select(app, "选择一行").set_value("f1-社区1").run()
    field(app, headings_of("hosts").headings["name"].zh).set_value("新社区")
    press(app, "记下这一行的修改")
    save_copy(app)
    first = param(app, "city")
    app = edit(here, first)
    select(app, "选择一行").set_value("f2-社区2").run()
    press(app, "删除这一行")
    save_copy(app, "李工")
    second = param(app, "city")
    names = get_city(here.workspace, second).layers["hosts"]["name"]
    assert sorted(names) == ["新社区", "社区0"]
    app = sound(here.open("data", part="layers", city=second))
    assert "第 2 版（正在使用）" in tables(app)
    assert "李工" in tables(app)
    field(app, "您的姓名").set_value("王工")
    press(app, "换用这一版")
    back = get_city(here.workspace, param(app, "city"))
    assert sorted(back.layers["hosts"]["name"]) == ["新社区", "社区0", "社区2"]
    assert back.version == first  # the same layers are the same city


def test_an_edit_that_cannot_be_kept_says_why_and_a_new_row_is_added(here):
    app = edit(here, here.city, "enterprises")
    select(app, "选择一行").set_value("f1-二厂").run()
    field(app, "职工人数").set_value("不知道")
    press(app, "记下这一行的修改")
    assert "不是数字" in tables(app)
    assert not any("保存为新的一版" in found.label for found in app.button)
    press(app, "恢复原样")
    press(app, "新增一行")
    field(app, "单位名称").set_value("新厂")
    field(app, "职工人数").set_value("77")
    press(app, "记下这一行的修改")
    key = key_of(app)
    keep_work(replace(read_work(key), points={"new-1": at(500, 500)}))
    app = sound(here.open("data", work=key))
    save_copy(app)
    saved = get_city(here.workspace, param(app, "city")).layers["enterprises"]
    row = saved[saved["name"].eq("新厂")]
    assert row["headcount"].item() == 77
    assert row.index[0].startswith("ent-")


def test_several_imported_layers_stand_together(here):
    hosts = [["名称", "类型", "经度", "纬度"], ["我家餐馆", "餐馆", *at(10, 400)]]
    city = here.city
    for name, data in (("企业.xlsx", rows()[:2]), ("临街单位.xlsx", hosts)):
        app = here.open("data", part="import", city=city)
        app.file_uploader[0].set_value((name, book(data), "")).run()
        press(sound(app), "下一步：坐标")
        say_wgs84(app)
        press(app, "下一步：逐行检查")
        press(app, "下一步：保存")
        save_copy(app)
        city = param(app, "city")
    layers = get_city(here.workspace, city).layers
    assert list(layers["enterprises"]["name"]) == ["甲厂"]
    assert list(layers["hosts"]["name"]) == ["我家餐馆"]
    shown = tables(sound(here.open("data", part="layers", city=city)))
    assert "企业.xlsx" in shown
    assert "临街单位.xlsx" in shown


def test_the_marked_workbook_can_be_imported_again_and_holds_no_formula(checked):
    read = read_rows(read_work(key_of(checked)))
    marked = intake.marked_workbook(read, "zh")
    sheet = openpyxl.load_workbook(io.BytesIO(marked)).worksheets[0]
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert all(cell.data_type != "f" for cell in cells)
    assert any(cell.value == "'=1+1" for cell in cells)
    assert any(cell.fill.fgColor.rgb == "FFFFC7CE" for cell in cells if cell.value == "很多")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_layer_has_a_template(here, lang):
    app = sound(here.open("data", lang, part="import"))
    labels = [found.proto.label for found in app.get("download_button")]
    assert len(labels) == len(set(labels)) >= 12
    packed = intake.all_templates(lang)
    assert packed[:2] == b"PK"


def built(app):
    """Wait for the process that builds a city."""
    end = time.monotonic() + PATIENCE_S
    while not app.success and not app.error and time.monotonic() < end:
        time.sleep(0.3)
        app.run()
    return sound(app)


def test_an_own_city_is_built_from_a_map_extract(here, tmp_path):
    extract = write(tmp_path / "town.osm", TOWN).read_bytes()
    app = here.open("data", part="city")
    press(app, "开始建立")
    assert "请选择文件" in app.error[0].value
    app.file_uploader[0].set_value(("town.osm", extract, ""))
    field(app, "城市名称").set_value("新城")
    field(app, "您的姓名").set_value("王工")
    press(app, "开始建立")
    built(app)
    assert "“新城”已建好" in app.success[0].value
    press(app, "使用这座城市")
    city = get_city(here.workspace, param(app, "city"))
    assert city.name == "新城"
    assert "新城的数据图层" in tables(app)
    assert list((tmp_path / "works").glob("*")) == []
    again = sound(here.open("data", part="city"))
    again.button(key=f"open_{city.city_id}").click().run()
    assert param(sound(again), "city") == city.version


def test_an_extract_that_is_none_is_a_sentence(here):
    app = here.open("data", part="city")
    app.file_uploader[0].set_value(("town.osm", b"<!DOCTYPE x><osm>", ""))
    field(app, "城市名称").set_value("新城")
    field(app, "您的姓名").set_value("王工")
    press(app, "开始建立")
    built(app)
    assert app.error
    assert "Error" not in app.error[0].value
