"""The snippets for web servers: a real nginx sends the headers, IIS's file is well formed."""

from __future__ import annotations

import datetime as dt
import socket
import subprocess
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from contextlib import contextmanager

import pytest

from geodata import load_city
from siting.edition import PublicOptions
from siting.plan import make_plan
from siting.publish import headers, publish
from siting.settings import replace_settings
from siting.settings_file import load_settings
from tests.siting.public.browser import PHONE, watch
from tests.system import need

ADDRESS = "https://map.example.gov.cn/stations/"
FRAME = "https://www.example.gov.cn"
NGINX = """daemon off; master_process off; pid {home}/pid; error_log {home}/error;
events {{}}
http {{ access_log off; include /etc/nginx/mime.types;
client_body_temp_path {home}/b; proxy_temp_path {home}/p; fastcgi_temp_path {home}/f;
uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
server {{ listen 127.0.0.1:{port}; {inside} }} }}
"""
CADDY = """{{
admin off
auto_https off
}}
http://127.0.0.1:{port} {{
{inside}
}}
"""


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    city = load_city("daxing")
    plan = make_plan(city, replace_settings(load_settings(city_id="daxing"), plan__stations=20))
    folder = tmp_path_factory.mktemp("public") / "map"
    options = PublicOptions(
        published=dt.date(2026, 11, 24),
        frame_ancestors=(FRAME,),
        address=ADDRESS,
    )
    publish(plan, city, folder, options)
    return folder


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(command, address):
    """Run a server while the block lasts, once it answers."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    try:
        while True:
            try:
                urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own address
                break
            except urllib.error.URLError:
                assert process.poll() is None, process.stderr.read()
                assert time.monotonic() < end, "the server does not answer"
                time.sleep(0.05)
        yield address
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.fixture
def nginx(public, tmp_path):
    program, port = need("nginx"), free_port()
    inside = (public / "servers" / "nginx.conf").read_text(encoding="utf-8")
    inside = inside.replace("/srv/warm-stations/", f"{public}/")
    (tmp_path / "nginx.conf").write_text(
        NGINX.format(home=tmp_path, port=port, inside=inside), encoding="utf-8"
    )
    command = [str(program), "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]
    with running(command, f"http://127.0.0.1:{port}/stations/") as address:
        yield address


@pytest.fixture
def caddy(public, tmp_path, monkeypatch):
    program, port = need("caddy"), free_port()
    inside = (public / "servers" / "Caddyfile").read_text(encoding="utf-8")
    inside = inside.replace("/srv/warm-stations", str(public))
    (tmp_path / "Caddyfile").write_text(CADDY.format(port=port, inside=inside), encoding="utf-8")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    command = [str(program), "run", "--config", str(tmp_path / "Caddyfile")]
    with running([*command, "--adapter", "caddyfile"], f"http://127.0.0.1:{port}/stations/") as at:
        yield at


@pytest.mark.browser
@pytest.mark.parametrize("server", ["nginx", "caddy"])
def test_a_real_server_sends_the_headers_and_the_pages_run_under_them(server, request, chrome):
    site = request.getfixturevalue(server)
    for name, kind in (
        ("", "text/html; charset=utf-8"),
        ("stations.geojson", "application/geo+json; charset=utf-8"),
        ("overview.csv", "text/csv; charset=utf-8"),
    ):
        with urllib.request.urlopen(site + name, timeout=5) as answer:  # noqa: S310 - our own address
            for header, text in headers((FRAME,)).items():
                assert answer.headers[header] == text
            assert answer.headers["Content-Type"].split(";")[0] == kind.split(";")[0]
            body = answer.read()
    assert body
    with chrome.new_page(viewport=PHONE) as page:
        seen = watch(page)
        page.goto(site)
        page.wait_for_selector("html[data-ready=yes]")
        assert seen["errors"] == []
        assert seen["requests"] == [site]
        page.goto(site + "qr.html")
        width = page.evaluate("document.querySelector('svg').getBoundingClientRect().width")
        assert width == pytest.approx(50 / 25.4 * 96, abs=1)  # the sheet's own style holds
        assert seen["errors"] == []


def test_the_frame_for_another_site_lets_the_position_through(public):
    frame = ET.parse(public / "servers" / "iframe.html").getroot()  # noqa: S314 - our own file
    assert frame.get("allow") == "geolocation"
    assert frame.get("src") == ADDRESS


def test_iis_configuration_is_well_formed(public):
    tree = ET.parse(public / "servers" / "web.config")  # noqa: S314 - our own file
    sent = {node.get("name"): node.get("value") for node in tree.iter("add") if node.get("name")}
    assert sent == headers((FRAME,))


def test_caddy_file_has_every_header(public):
    text = (public / "servers" / "Caddyfile").read_text(encoding="utf-8")
    for name, value in headers((FRAME,)).items():
        assert f"{name} " in text
        assert value in text
    assert text.count("{") == text.count("}")
