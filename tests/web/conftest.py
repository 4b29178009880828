"""A small city with its plan, a dashboard, a browser that reaches nothing outside."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from siting.gaps import find_gaps
from siting.plan import make_plan
from siting.settings import replace_settings
from siting.settings_file import load_settings
from siting.web.browser import CHECKOUT, Watched, browser, dashboard
from siting.web.home import HOME_VARIABLE
from tests.web.city import small_city

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


PATIENCE_MS = 120_000
"""A machine that does much else at once is slow; what is promised is measured by the benchmarks."""

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def city():
    return small_city()


@pytest.fixture(scope="session")
def plan(city):
    return make_plan(city, replace_settings(load_settings(), plan__stations=5))


@pytest.fixture(scope="session")
def gaps(city, plan):
    return find_gaps(city, plan)


def patient(opens: Callable[..., Any]) -> Callable[..., Any]:
    """Let every page or context that is opened so wait as long as a slow machine needs."""

    def opened(**options: Any) -> Any:
        made = opens(**options)
        made.set_default_timeout(PATIENCE_MS)
        return made

    return opened


@pytest.fixture(scope="session")
def chrome(chromium) -> Iterator[object]:
    with browser(chromium) as running:
        for name in ("new_page", "new_context"):
            setattr(running, name, patient(getattr(running, name)))
        yield running


@pytest.fixture(scope="session")
def made_home(tmp_path_factory):
    """Make a workspace that holds the proved first plan of Daxing, made by the engine."""
    home = tmp_path_factory.mktemp("home")
    command = [sys.executable, "-m", "siting.web.prepare"]
    environment = {**os.environ, HOME_VARIABLE: str(home)}
    subprocess.run(command, check=True, env=environment, cwd=CHECKOUT)
    return home


@pytest.fixture(scope="session")
def address(made_home) -> Iterator[str]:
    with dashboard(made_home) as url:
        yield url


@pytest.fixture
def watched() -> Iterator[Watched]:
    """Collect what the pages say; nothing may be an error, nothing may go outside."""
    seen = Watched()
    yield seen
    assert seen.outside == []
    assert seen.errors == []


@pytest.fixture
def page(chrome, watched):
    opened = chrome.new_page(viewport={"width": 1280, "height": 900})
    watched.follow(opened)
    yield opened
    opened.close()
