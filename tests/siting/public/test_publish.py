"""Publishing: what reaches a public file, whole versions, taking back."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re

import numpy as np
import pytest

from geodata.datum import bd09_to_wgs84, gcj02_to_wgs84
from siting.edition import PublicOptions, PublicTextError
from siting.publish import (
    BadOptionError,
    FolderBusyError,
    LeakError,
    NotAPublicFolderError,
    NothingToTakeBackError,
    headers,
    present_place,
    preview,
    problems_of,
    publish,
    snippets,
    take_back,
    versions,
)
from siting.publish.checks import _held
from siting.publish.folder import KEPT, _alone, _home, _move_over, replace_folder

DAY = dt.date(2026, 9, 21)
OPTIONS = PublicOptions(
    published=DAY, address="https://www.example.org/stations/", contact="mailto:zgh@example.org"
)


def all_bytes(folder):
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_planted_internal_facts_reach_no_public_file(with_columns, daxing, tmp_path):
    plan = with_columns(
        manager="欧阳锋",
        manager_phone="13900001111",
        headcount=48317,
        reason_no_union="负责人不同意建会",
    )
    publish(plan, daxing, tmp_path / "map", OPTIONS)
    content = all_bytes(tmp_path / "map")
    for planted in ("欧阳锋", "13900001111", "48317", "manager", "负责人不同意", "reason_no_union"):
        assert planted.encode() not in content
    for column in (b"served_milli", b"alone_milli", b"reason_zh", b"criteria", b"headcount"):
        assert column not in content
    for reason in plan.stations["reason_zh"].head(5):
        assert reason.encode() not in content


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "王经理 13812345678"]
)
def test_a_script_or_a_phone_in_a_name_stops_the_publication(with_columns, daxing, tmp_path, name):
    plan = with_columns(name=name)
    with pytest.raises(PublicTextError):
        publish(plan, daxing, tmp_path / "map", OPTIONS)
    assert not (tmp_path / "map").exists()


def test_an_internal_value_hidden_in_a_note_stops_the_publication(with_columns, daxing, tmp_path):
    import pandas as pd  # noqa: PLC0415

    plan = with_columns(manager="欧阳锋")
    facts = pd.DataFrame(
        {"name": "", "address": "", "hours": "", "services": "", "phone": "", "note": "找欧阳锋"},
        index=pd.Index([plan.stations.index[0]], name="site_id"),
    )
    with pytest.raises(LeakError, match="欧阳锋"):
        publish(plan, daxing, tmp_path / "map", OPTIONS, facts=facts)
    assert not (tmp_path / "map").exists()


def test_small_counts_do_not_show_in_the_overview(daxing_plan, daxing):
    made = preview(daxing_plan, daxing, OPTIONS)
    lines = list(csv.reader(io.StringIO(made.files["overview.csv"].decode("utf-8-sig"))))
    cells = [cell for line in lines[1:] for cell in line[1:]]
    assert "未公布" in cells
    assert not any(cell.isdigit() and 0 < int(cell) < 10 for cell in cells)


def test_a_published_folder_is_whole_and_equal_input_gives_equal_bytes(
    daxing_plan, daxing, tmp_path
):
    for name in ("a", "b"):
        publish(daxing_plan, daxing, tmp_path / name, OPTIONS)
        assert problems_of(tmp_path / name) == []
    one, other = (all_bytes(tmp_path / name) for name in ("a", "b"))
    assert sorted(one) == sorted(other)
    listed = {path.name for path in (tmp_path / "a").iterdir()}
    assert listed == {
        "index.html",
        "stations.geojson",
        "stations.schema.json",
        "stations_amap_gcj02.csv",
        "stations_baidu_bd09.csv",
        "overview.csv",
        "qr.html",
        "servers",
        "version.json",
    }


def test_a_single_file_is_the_map(daxing_plan, daxing, tmp_path):
    made = publish(daxing_plan, daxing, tmp_path / "map.html", OPTIONS)
    assert (tmp_path / "map.html").read_bytes() == made.preview.files["index.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_take_back_to_the_version_before(daxing_plan, daxing, tmp_path):
    folder = tmp_path / "map"
    first = publish(daxing_plan, daxing, folder, OPTIONS).preview.edition.version
    later = PublicOptions(published=DAY + dt.timedelta(days=1))
    second = publish(daxing_plan, daxing, folder, later).preview.edition.version
    assert take_back(folder) == (second, first)
    assert json.loads((folder / "version.json").read_text())["version"] == first
    assert problems_of(folder) == []
    with pytest.raises(NothingToTakeBackError):
        take_back(folder)
    third = PublicOptions(published=DAY + dt.timedelta(days=2))
    publish(daxing_plan, daxing, folder, third)
    assert take_back(folder)[1] == first  # not the withdrawn one


def test_publishing_the_same_again_makes_no_second_version(daxing_plan, daxing, tmp_path):
    made = preview(daxing_plan, daxing, OPTIONS)
    place = replace_folder(tmp_path / "map", "v1", made.files)
    assert (
        replace_folder(tmp_path / "map", "v1", made.files)
        == place
        == present_place(tmp_path / "map")
    )
    (place / "index.html").write_bytes(b"spoilt")
    assert replace_folder(tmp_path / "map", "v1", made.files) != place
    assert problems_of(tmp_path / "map") == []


def test_new_headers_are_told(daxing_plan, daxing, tmp_path):
    first = publish(daxing_plan, daxing, tmp_path / "map", OPTIONS)
    again = publish(daxing_plan, daxing, tmp_path / "map", PublicOptions(published=DAY))
    framed = PublicOptions(published=DAY, frame_ancestors=("https://www.example.gov.cn",))
    other = publish(daxing_plan, daxing, tmp_path / "map", framed)
    assert (first.new_headers, again.new_headers, other.new_headers) == (False, False, True)


def test_old_versions_are_forgotten(daxing_plan, daxing, tmp_path):
    made = preview(daxing_plan, daxing, OPTIONS)
    for number in range(KEPT + 3):
        replace_folder(tmp_path / "map", f"v{number}", made.files)
    assert len(versions(tmp_path / "map")) == KEPT


def test_what_publishing_did_not_make_is_left_alone(daxing_plan, daxing, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    for name in ("mine", "file", "link"):
        with pytest.raises(NotAPublicFolderError):
            publish(daxing_plan, daxing, tmp_path / name, OPTIONS)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "x"


def test_two_publications_at_once(daxing_plan, daxing, tmp_path):
    folder = tmp_path / "map"
    with _alone(folder, _home(folder)), pytest.raises(FolderBusyError):
        publish(daxing_plan, daxing, folder, OPTIONS)


@pytest.mark.parametrize(
    "option",
    [
        {"address": "www.example.org"},
        {"contact": "javascript:alert(1)"},
        {"frame_ancestors": ("*; script-src *",)},
    ],
)
def test_bad_options(daxing_plan, daxing, option):
    with pytest.raises(BadOptionError):
        preview(daxing_plan, daxing, PublicOptions(published=DAY, **option))


def test_the_review_reminder_comes_first(daxing_plan, daxing):
    made = preview(daxing_plan, daxing, OPTIONS)
    assert "审图号" in made.sentences("zh")[0]
    assert "review" in made.sentences("en")[0]
    reviewed = PublicOptions(published=DAY, review_number="京S(2026)001号")
    assert not any("审图" in s for s in preview(daxing_plan, daxing, reviewed).sentences("zh"))


def test_geojson_keeps_its_schema(daxing_plan, daxing):
    files = preview(daxing_plan, daxing, OPTIONS).files
    collection = json.loads(files["stations.geojson"])
    schema = json.loads(files["stations.schema.json"])
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - comes with altair

    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(collection)) == []
    assert len(collection["features"]) == len(daxing_plan.stations)
    lon, lat = collection["features"][0]["geometry"]["coordinates"]
    assert 116 < lon < 117
    assert 39 < lat < 40


@pytest.mark.parametrize(
    ("name", "back"),
    [("stations_amap_gcj02.csv", gcj02_to_wgs84), ("stations_baidu_bd09.csv", bd09_to_wgs84)],
)
def test_upload_tables_are_in_their_own_datum(daxing_plan, daxing, name, back):
    files = preview(daxing_plan, daxing, OPTIONS).files
    rows = list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"))))
    points = np.array([[float(row["经度"]), float(row["纬度"])] for row in rows])
    features = json.loads(files["stations.geojson"])["features"]
    truth = np.array([feature["geometry"]["coordinates"] for feature in features])
    assert [row["站点编号"] for row in rows] == [feature["id"] for feature in features]
    assert np.abs(points - truth).max() > 0.002
    assert np.abs(back(points) - truth).max() < 3e-6


def test_cells_cannot_act_as_formulas(with_columns, daxing):
    files = preview(with_columns(name="=1+1"), daxing, OPTIONS).files
    assert b"'=1+1" in files["stations_amap_gcj02.csv"]


def test_server_snippets_carry_the_headers():
    given = ("https://www.example.gov.cn",)
    for name, content in snippets(given).items():
        text = content.decode()
        assert "frame-ancestors https://www.example.gov.cn" in text, name
        assert "sha256-" in text, name
    assert "frame-ancestors 'none'" in headers()["Content-Security-Policy"]


def test_where_links_cannot_be_replaced_in_one_step(tmp_path):
    """The way of Windows, on symbolic links: two renames, and what an interruption leaves."""
    folder, home = tmp_path / "map", _home(tmp_path / "map")
    files = {"index.html": b"1"}
    replace_folder(folder, "v1", files)
    (home / ".link").symlink_to(folder.readlink())
    _move_over(home / ".link", folder)
    assert problems_of(folder) == []
    folder.rename(home / ".link-old")  # as if killed between the two renames
    assert not folder.exists()
    replace_folder(folder, "v2", {"index.html": b"2"})
    assert (folder / "index.html").read_bytes() == b"2"
    assert take_back(folder) == ("v2", "v1")
    assert problems_of(folder) == []


def test_thousands_of_internal_values_are_searched_for_as_one_by_one():
    """The quick search finds what the plain one finds, at a text's ends and inside other words."""
    rng = np.random.default_rng(5)
    letters = np.array(list("甲乙丙ab 01.,"))
    values = ["".join(rng.choice(letters, rng.integers(2, 7))) for _ in range(400)]
    text = "".join(rng.choice(letters, 3000)) + values[0]
    plain = [
        value
        for value in values
        if (re.search(rf"(?<![\d.]){value}(?![\d.])", text) if value.isdigit() else value in text)
    ]
    assert _held(values, text, text) == plain
    assert 10 < len(plain) < 390
