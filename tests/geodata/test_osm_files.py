from __future__ import annotations

import copy
import gzip
import shutil

import numpy as np
import osmium
import pytest

from geodata import read_city, save_city
from geodata.city_osm import build_city_from_osm
from geodata.columns import LayerName
from geodata.datum import Datum, from_wgs84
from geodata.datum_errors import NotInChinaError, WrongDatumError
from geodata.errors import MissingColumnsError, OutsideCityError
from geodata.osm import read_extract
from geodata.osm_errors import (
    BrokenOsmError,
    NotOsmError,
    NoWalkableStreetError,
    OsmFileMissingError,
    OsmTooLargeError,
    RefusedRowsError,
)
from geodata.osm_read import read_osm, sniff_format
from siting.i18n import error_text

from .osm_text import TOWN, bounds, node, way, write

GUIXI = "guixi_jiangxi_2025.osm"


@pytest.fixture
def town(tmp_path):
    return write(tmp_path / "town.osm", TOWN)


def to_pbf(source, target):
    with osmium.SimpleWriter(str(target)) as writer:
        for item in osmium.FileProcessor(str(source)):
            writer.add(item)
    return target


def same_city(one, other):
    return [one.version, len(one.network.edge_u)] == [other.version, len(other.network.edge_u)]


def test_pbf_gives_the_same_as_xml(tmp_path, town):
    pbf = to_pbf(town, tmp_path / "town.osm.pbf")
    assert sniff_format(pbf) == "pbf"
    assert same_city(build_city_from_osm(pbf, name="镇"), build_city_from_osm(town, name="镇"))


def test_the_content_decides_not_the_name(tmp_path, town):
    odd = tmp_path / "town.osm.pbf"
    shutil.copy(town, odd)
    assert sniff_format(odd) == "osm"
    zipped = tmp_path / "town.bin"
    zipped.write_bytes(gzip.compress(town.read_bytes()))
    assert sniff_format(zipped) == "osm.gz"
    plain = build_city_from_osm(town, name="镇")
    for path in (odd, zipped):
        assert same_city(build_city_from_osm(path, name="镇"), plain)


def test_an_unsorted_file_of_an_editor_is_read_all_the_same(tmp_path, town):
    lines = town.read_text("utf-8").splitlines()
    body = [line for line in lines if line.startswith(("<node", "<way"))]
    new = node(-5, 3, 10.2, shop="kiosk", name="新店").strip()
    mixed = "\n".join([*lines[:2], *reversed(body), new, "</osm>"])
    path = tmp_path / "josm.osm"
    path.write_text(mixed, encoding="utf-8")
    one, other = read_extract(path), read_extract(town)
    assert one.edges.geometry.length.sum() == pytest.approx(other.edges.geometry.length.sum())
    assert list(one.layers[LayerName.HOSTS]["name"]) == ["新店"]


def test_a_real_extract_as_pbf(tmp_path, shared):
    source = shared / "data" / "osm" / GUIXI
    pbf = to_pbf(source, tmp_path / "guixi.osm.pbf")
    xml, packed = read_osm(source), read_osm(pbf)
    assert [len(raw.ways.tags) for raw in (xml, packed)] == [219, 219]
    np.testing.assert_array_equal(xml.ways.ref, packed.ways.ref)
    np.testing.assert_array_equal(xml.ways.lon, packed.ways.lon)


@pytest.mark.parametrize(
    ("content", "looks"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02\xff" * 50, "binary data"),
        (b"PK\x03\x04 something", "a zip archive"),
        ("单位名称,经度,纬度\n".encode("gb18030"), "binary data"),
        (b'{"type": "FeatureCollection"}', '\'{"type": "Fe...\''),
    ],
)
def test_what_is_no_extract_is_said(tmp_path, content, looks):
    path = tmp_path / "junk.osm"
    path.write_bytes(content)
    with pytest.raises(NotOsmError) as caught:
        read_extract(path)
    assert caught.value.facts == {"path": "junk.osm", "looks": looks}


def test_no_file_no_extract(tmp_path):
    with pytest.raises(OsmFileMissingError, match=r"no map extract at '.*none\.osm'"):
        read_extract(tmp_path / "none.osm")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_truncated_xml_is_refused(tmp_path, town, share):
    text = town.read_bytes()
    path = tmp_path / "cut.osm"
    path.write_bytes(text[: int(len(text) * share)])
    with pytest.raises(BrokenOsmError, match=r"'cut\.osm' cannot be read to its end"):
        read_extract(path)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_truncated_pbf_is_refused(tmp_path, shared, share):
    whole = to_pbf(shared / "data" / "osm" / GUIXI, tmp_path / "whole.osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BrokenOsmError, match=r"'cut\.osm\.pbf' cannot be read to its end"):
        read_extract(path)


@pytest.mark.parametrize(
    "text",
    [
        "<osm version='0.6'><node id='x' lat='1' lon='1'/></osm>",
        "<osm version='0.6'><node id='1' lat='nine' lon='1'/></osm>",
        "<osm version='0.6'><way id='1'><nd ref='a'/></way></osm>",
        "<osm version='0.6'><bounds minlon='999' minlat='1' maxlon='1000' maxlat='2'/></osm>",
        "<?xml version='1.0'?><html></html>",
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><osm version="0.6">&b;</osm>',
    ],
)
def test_nonsense_inside_is_refused_with_a_sentence(tmp_path, text):
    path = tmp_path / "odd.osm"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BrokenOsmError, match=r"'odd\.osm' cannot be read"):
        read_extract(path)


@pytest.mark.parametrize(
    ("body", "ways", "missing"),
    [
        ("", 0, 0),
        (node(1, 0, 0) + node(2, 1, 0) + way(1, [1, 2], highway="motorway"), 1, 0),
        (way(1, [1, 2, 3], highway="residential"), 1, 1),
        (node(1, 0, 0) + way(1, [1, 2], highway="residential"), 1, 1),
        (node(1, 0, 0) + node(2, 0, 0) + way(1, [1, 2], highway="residential"), 1, 0),
        (node(1, 0, 0) + node(2, 1, 0) + way(1, [1, 2], building="yes"), 0, 0),
    ],
)
def test_no_walkable_street(tmp_path, body, ways, missing):
    path = write(tmp_path / "bare.osm", body)
    with pytest.raises(NoWalkableStreetError) as caught:
        read_extract(path)
    assert caught.value.facts == {"path": "bare.osm", "ways": ways, "missing": missing}


def test_more_than_one_grid_and_other_countries(tmp_path):
    far = node(1, 0, 0) + node(2, 4000, 0) + way(1, [1, 2], highway="primary")
    with pytest.raises(OsmTooLargeError, match=r"span 4\.0 degrees"):
        read_extract(write(tmp_path / "wide.osm", far))
    text = TOWN.replace('lon="116.', 'lon="24.')
    with pytest.raises(NotInChinaError, match="Longitude 24"):
        read_extract(write(tmp_path / "helsinki.osm", text))


def test_a_city_from_guixi_survives_its_file(tmp_path, shared):
    city = build_city_from_osm(shared / "data" / "osm" / GUIXI)
    assert city.name == "贵溪市"
    assert city.metric_crs == "EPSG:4548"
    counts = {name: len(frame) for name, frame in city.layers.items()}
    assert counts["hosts"] >= 20
    assert counts["streets"] >= 14
    assert counts["services"] >= 3
    assert counts["enterprises"] >= 1
    assert counts["outdoor"] >= 30
    assert counts["lots"] >= 50
    assert {note.code for note in city.notes} >= {"osm_study_area", "osm_assumed_people"}
    assert sorted(city.towns["name"]) == ["东门街道", "花园街道", "雄石街道"]
    assert city.layers[LayerName.ENTERPRISES]["sample"].all()
    save_city(city, tmp_path / "guixi.city")
    assert same_city(read_city(tmp_path / "guixi.city"), city)


def test_two_builds_are_equal(shared):
    path = shared / "data" / "osm" / GUIXI
    assert build_city_from_osm(path).version == build_city_from_osm(path).version


def table(path, rows, header="企业名称,经度,纬度,职工人数"):
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def firms(count, datum=Datum.WGS84):
    """Write firms beside the streets of the hand-made town."""
    rng = np.random.default_rng(7)
    east, north = (
        rng.uniform(1, 19, count),
        10 + rng.choice([-1, 1], count) * rng.uniform(0.06, 0.25, count),
    )
    lonlat = np.column_stack([116.30 + east * 0.001, 39.70 + north * 0.001])
    moved = from_wgs84(lonlat, datum)
    return [f"厂{at},{lon:.6f},{lat:.6f},{100 + at}" for at, (lon, lat) in enumerate(moved)]


def town_with_side_streets(tmp_path):
    """Give the town what a datum can be told by: more than one straight street."""
    side = "".join(
        node(100 + at, 10 + 3 * at, 10) + node(200 + at, 10 + 3 * at, 20 - 2 * at)
        for at in range(1, 3)
    )
    ways = way(51, [101, 201], highway="residential") + way(52, [102, 202], highway="residential")
    box = bounds(116.298, 39.699, 116.322, 39.722)
    return write(tmp_path / "town.osm", TOWN + side + ways, box)


def test_a_table_takes_the_place_of_the_assumed_rows(tmp_path):
    path = town_with_side_streets(tmp_path)
    city = build_city_from_osm(path, enterprises=table(tmp_path / "e.csv", firms(5)))
    frame = city.layers[LayerName.ENTERPRISES]
    assert sorted(frame["headcount"]) == [100, 101, 102, 103, 104]
    assert not frame["sample"].any()
    note = next(note for note in city.notes if note.code == "osm_assumed_people")
    assert "per hectare" not in note.en
    assert "每公顷" not in note.zh


def test_a_table_in_another_datum_raises_the_alarm(tmp_path):
    path = town_with_side_streets(tmp_path)
    for datum in (Datum.GCJ02, Datum.BD09):
        file = table(tmp_path / f"{datum}.csv", firms(40, datum))
        with pytest.raises((WrongDatumError, OutsideCityError), match=r"wgs84"):
            build_city_from_osm(path, enterprises=file)
        city = build_city_from_osm(path, enterprises=file, declared_datum=datum)
        assert len(city.layers[LayerName.ENTERPRISES]) == 40


def test_hosts_of_a_table_front_the_nearest_street(tmp_path):
    path = town_with_side_streets(tmp_path)
    rows = ["刘生记,116.305,39.7102,restaurant,", "好粥道,116.3102,39.705,restaurant,另一条街"]
    file = table(tmp_path / "h.csv", rows, header="名称,经度,纬度,类型,临街道路")
    hosts = build_city_from_osm(path, hosts=file).layers[LayerName.HOSTS].set_index("name")
    assert hosts["street_name"].to_dict() == {"刘生记": "兴丰大街", "好粥道": "另一条街"}


def test_gates_of_a_table_become_a_layer(tmp_path):
    path = town_with_side_streets(tmp_path)
    gates = table(tmp_path / "g.csv", ["北门,厂1,116.305,39.7102"], "大门名称,所属企业,经度,纬度")
    city = build_city_from_osm(path, enterprises=table(tmp_path / "e.csv", firms(3)), gates=gates)
    assert city.layers[LayerName.GATES][["name", "enterprise"]].to_numpy().tolist() == [
        ["北门", "厂1"]
    ]


def test_refused_rows_are_told_in_words_of_the_language(tmp_path):
    path = town_with_side_streets(tmp_path)
    words = table(tmp_path / "a.csv", ["厂x,116.305,39.7101,很多人"])
    with pytest.raises(RefusedRowsError) as caught:
        build_city_from_osm(path, enterprises=words)
    assert "很多人”（不是数字；只写数字）" in error_text("zh", caught.value)
    assert "(not number; digits only)" in error_text("en", caught.value)
    empty = tmp_path / "empty.osm"
    empty.write_bytes(b"")
    with pytest.raises(NotOsmError) as caught:
        build_city_from_osm(empty)
    assert "内容是 空文件" in error_text("zh", copy.deepcopy(caught.value))


def test_bad_tables_are_one_sentence(tmp_path):
    path = town_with_side_streets(tmp_path)
    words = table(tmp_path / "a.csv", [*firms(3), "厂x,116.305,39.7101,很多人"])
    with pytest.raises(RefusedRowsError, match=r"1 of 4 rows of 'a\.csv'.*row 5.*职工人数.*很多人"):
        build_city_from_osm(path, enterprises=words)
    columns = table(tmp_path / "b.csv", ["厂,116.305,39.7101"], header="企业名称,经度,纬度")
    with pytest.raises(MissingColumnsError, match=r"enterprises|企业"):
        build_city_from_osm(path, enterprises=columns)
    away = table(tmp_path / "c.csv", ["厂,121.47,31.23,100"])
    with pytest.raises(OutsideCityError, match="1 rows outside"):
        build_city_from_osm(path, enterprises=away)
