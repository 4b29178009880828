"""Pages of the workers' map, served with their headers and opened on a phone."""

from __future__ import annotations

import datetime as dt
import functools
import http.server
import threading
from contextlib import contextmanager

from siting.edition import empty_facts
from siting.publish import headers
from siting.worker_map import PageInput, build_page
from tests.siting.public.browser import PHONE, watch
from tests.siting.public.helpers import places_of, plan_stations, random_points, standard

ANCESTOR_PATH = "/frame.html"
BEIJING = dt.timezone(dt.timedelta(hours=8))
NOON = dt.datetime(2026, 9, 16, 12, 0, tzinfo=BEIJING)  # a Wednesday


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def stations_of(network, n=12, **columns):
    rows = plan_stations(random_points(network, n, seed=21), **columns)
    return rows.assign(**{"admits": "public", **columns})


def facts_for(stations, hours, **columns):
    facts = empty_facts().reindex(stations.index).fillna("").assign(hours=hours)
    return facts.assign(**columns)


def page_of(network, edition):
    return build_page(
        PageInput(
            edition=edition,
            network=network,
            barriers=None,
            places=places_of(network),
            standard=standard(),
            reconstructed=False,
        )
    )


class Handler(http.server.SimpleHTTPRequestHandler):
    ancestors = ("http://localhost",)

    def end_headers(self):
        if not self.path.startswith(ANCESTOR_PATH):
            for name, text in headers(self.ancestors).items():
                self.send_header(name, text)
        super().end_headers()

    def log_message(self, *_args):
        pass


@contextmanager
def served(folder, ancestors=()):
    kind = type("Sending", (Handler,), {"ancestors": ancestors})
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(kind, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def phone(browser, address, moment=NOON, **options):
    context = browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2, **options
    )
    page = context.new_page()
    seen = watch(page)
    page.clock.set_fixed_time(moment)
    page.goto(address)
    page.wait_for_selector("html[data-ready=yes]")
    try:
        yield page
    finally:
        context.close()
    assert seen["errors"] == []
    assert {url.partition("#")[0].rstrip("/") for url in seen["requests"]} <= {
        address.partition("#")[0].rstrip("/")
    }


def status(page):
    return page.text_content("#status")
