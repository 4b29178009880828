"""The download path against a server on this machine that answers as Overpass and Nominatim do."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import osmium
import pytest
import shapely

from geodata.city_osm import build_city_from_osm
from geodata.download import Servers, check_box, download_city, download_extract, parse_place
from geodata.osm_errors import BadBoxError, OfflineError, UnknownPlaceError
from geodata.osm_read import read_osm

GUIXI = "guixi_jiangxi_2025.osm"
BOX = (117.19116, 28.28171, 117.25519, 28.32252)


def elements_of(path):
    found = []
    for item in osmium.FileProcessor(str(path)):
        element = {"id": item.id, "tags": dict(item.tags)}
        if item.is_node():
            element |= {"type": "node", "lon": item.location.lon, "lat": item.location.lat}
        elif item.is_way():
            element |= {"type": "way", "nodes": [node.ref for node in item.nodes]}
        else:
            names = {"n": "node", "w": "way", "r": "relation"}
            element |= {
                "type": "relation",
                "members": [
                    {"type": names[m.type], "ref": m.ref, "role": m.role} for m in item.members
                ],
            }
        found.append(element)
    return found


class Answers(BaseHTTPRequestHandler):
    """Streets to a query for streets, the rest to the other, a polygon for a known name."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        query = parse_qs(self.rfile.read(length).decode())["data"][0]
        self.server.queries.append(query)
        streets = re.search(r'\(way\["highway"\]\(poly', query) is not None
        chosen = [
            element
            for element in self.server.elements
            if element["type"] == "node" or ("highway" in element["tags"]) == streets
        ]
        self._say({"version": 0.6, "elements": chosen})

    def do_GET(self):
        asked = parse_qs(urlparse(self.path).query)
        outline = shapely.geometry.mapping(shapely.box(*BOX))
        found = (
            []
            if "乌有" in asked["q"][0]
            else [
                {
                    "geojson": outline,
                    "boundingbox": ["28.28", "28.32", "117.19", "117.25"],
                    "lat": "28.3",
                    "lon": "117.2",
                    "display_name": "贵溪市",
                    "name": "贵溪市",
                    "importance": 0.5,
                    "place_id": 1,
                    "osm_type": "relation",
                    "osm_id": 1,
                    "class": "boundary",
                    "type": "administrative",
                    "addresstype": "city",
                    "place_rank": 16,
                }
            ]
        )
        self._say(found)

    def _say(self, answer):
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture
def servers(shared):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.elements = elements_of(shared / "data" / "osm" / GUIXI)
    server.queries = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    yield Servers(overpass=address, nominatim=f"{address}/", wait=False)
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_is_downloaded_is_what_the_extract_holds(tmp_path, shared, servers):
    out = download_extract(BOX, tmp_path / "guixi.osm.pbf", servers=servers)
    ours, theirs = read_osm(out), read_osm(shared / "data" / "osm" / GUIXI)
    assert ours.bounds == pytest.approx(BOX)
    assert sorted(ours.ways.way_id) == sorted(theirs.ways.way_id)
    assert sorted(ours.features.osm_id) == sorted(theirs.features.osm_id)
    one = build_city_from_osm(out, name="贵溪市")
    other = build_city_from_osm(shared / "data" / "osm" / GUIXI, name="贵溪市")
    assert one.version == other.version
    assert [path.name for path in tmp_path.iterdir()] == ["guixi.osm.pbf"]


def test_a_named_place_becomes_a_city(tmp_path, servers):
    city = download_city("贵溪市, 江西省", tmp_path / "guixi.osm.pbf", servers=servers)
    assert city.name == "贵溪市"
    assert city.network.length_m > 100_000


def test_an_unknown_place_is_said(tmp_path, servers):
    with pytest.raises(UnknownPlaceError, match="no area called '乌有乡'"):
        download_extract("乌有乡", tmp_path / "x.osm.pbf", servers=servers)
    assert list(tmp_path.iterdir()) == []


def test_without_a_net_one_sentence_and_no_file(tmp_path):
    nobody = Servers(overpass="http://127.0.0.1:9", nominatim="http://127.0.0.1:9/", wait=False)
    for place in ("大兴区, 北京市", BOX):
        with pytest.raises(OfflineError, match=r"could not be downloaded .* give a local extract"):
            download_extract(place, tmp_path / "x.osm.pbf", servers=nobody)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "box",
    [
        (117, 28, 116, 29),
        (116, 29, 117, 28),
        (116, 28, 116, 29),
        (0, 0, 2, 0.5),
        (179.5, 0, 180.4, 1),
        (1, 89.5, 2, 90.2),
    ],
)
def test_boxes_that_are_none(box):
    with pytest.raises(BadBoxError, match="is none: give west,south,east,north"):
        check_box(box)


def test_a_place_is_a_name_or_a_box():
    assert parse_place("大兴区, 北京市") == "大兴区, 北京市"
    assert parse_place("116.2,39.6，116.4,39.8") == (116.2, 39.6, 116.4, 39.8)
    assert parse_place("102600") == "102600"
    with pytest.raises(BadBoxError, match="1,2,3"):
        parse_place("1,2,3")
