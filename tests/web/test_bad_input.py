"""Bad input at the pages: a sentence, the page stays up, nothing is executed, nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.ledger_store import get_ledger
from geodata.workspace import list_layers
from siting.web.work import safe_name
from tests.geodata.intake.hostile import formulas, lying_zip, sheet_bomb, strings_bomb, zipped
from tests.web.city import X0, Y0, small_city
from tests.web.office import book, button, field, office, sound, tables

EVIL = "<script>window.evil=1</script><img src=x onerror=alert(1)>"
HEADS = ["企业名称", "职工人数", "经度", "纬度"]


def place() -> list[float]:
    return small_city().to_lonlat(np.array([[X0 + 100, Y0 + 790]]))[0].round(6).tolist()


@pytest.fixture
def here(root, tmp_path, monkeypatch):
    with office(root, tmp_path, monkeypatch) as made:
        yield made


BAD = {
    "a zip bomb": ("企业.zip", lambda: zipped({"a.shp": b"", "a.dbf": b""}, grown={"a.shp": 600})),
    "an xlsx bomb": ("企业.xlsx", sheet_bomb),
    "a bomb of texts": ("企业.xlsx", strings_bomb),
    "a zip that lies of its size": ("企业.zip", lying_zip),
    "a zip that climbs out": ("企业.zip", lambda: zipped({"../../evil.shp": b"x", "a.dbf": b"x"})),
    "a program called xlsx": ("企业.xlsx", lambda: b"MZ\x90\x00" + bytes(4000)),
    "a picture called csv": ("企业.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
    "nothing": ("企业.csv", lambda: b""),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_a_sentence_and_the_page_goes_on(here, kind, tmp_path):
    name, make = BAD[kind]
    app = here.open("data", part="import")
    app.file_uploader[0].set_value((name, make(), "")).run()
    sound(app)
    assert len(app.error) == 1
    assert "企业" in app.error[0].value
    assert "work" not in app.query_params
    assert list((tmp_path / "works").glob("*")) == []  # nothing of it stays
    assert list_layers(here.workspace) == []
    app.file_uploader[0].set_value(("企业.xlsx", book([HEADS, ["甲厂", 90, *place()]]), "")).run()
    sound(app)
    assert "work" in app.query_params


@pytest.mark.parametrize("kind", ["an xlsx bomb", "a program called xlsx", "a zip that climbs out"])
def test_a_bad_ledger_is_a_sentence_and_loses_nothing(here, kind):
    name, make = BAD[kind]
    app = here.open("ledger", part="bring")
    app.file_uploader[0].set_value((name, make(), ""))
    field(app, "您的姓名").set_value("王工")
    button(app, "读取并存入工作区").click().run()
    sound(app)
    assert len(app.error) == 1
    assert get_ledger(here.workspace).empty


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/abs/企业.xlsx", "企业.xlsx"),
        ("a\x00b:c|d.csv", "a_b_c_d.csv"),
        ("", "file"),
        ("..", "file"),
        (f"{'长' * 300}.xlsx", f"{'长' * 50}.xlsx"),
    ],
)
def test_a_file_name_is_only_a_name(given, kept):
    assert safe_name(given) == kept


def test_a_script_in_a_name_is_text_everywhere(here):
    rows = [HEADS, [EVIL, "很多", *place()], [f"{EVIL}2", 90, *place()], ["=1+1", 80, *place()]]
    app = here.open("data", part="import")
    app.file_uploader[0].set_value((f"{EVIL[:8]}.xlsx", book(rows), "")).run()
    sound(app)
    for label in ("下一步：坐标", "我确认", "下一步：逐行检查"):
        if label == "我确认":
            next(r for r in app.radio if str(r.key).startswith("datum_")).set_value("wgs84").run()
            if not any(label in found.label for found in app.button):
                continue
        button(app, label).click().run()
        sound(app)
        assert "<script>window" not in tables(app)
        assert "<img src=x" not in tables(app)
    assert not any(
        element.proto.unsafe_allow_javascript and "evil" in element.proto.body
        for element in app.get("html")
    )


def test_formulas_in_cells_stay_text(here):
    app = here.open("data", part="import")
    app.file_uploader[0].set_value(("企业.xlsx", formulas(), "")).run()
    sound(app)
    assert len(app.error) <= 1
