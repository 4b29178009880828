"""The siting page's answers through ``app.py`` in both languages, without a browser."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from geodata import load_city
from siting.i18n import LANGUAGES, texts
from siting.plan import ask, plan_from
from siting.settings import replace_settings
from siting.settings_file import load_settings
from siting.settings_question import KINDS
from siting.web.choice import Choice
from siting.web.home import HOME_VARIABLE
from siting.web.store import read_solution

CHINESE = re.compile(r"[\u4e00-\u9fff]")
RULES = ("R1", "R2", "R3", "R4")


@pytest.fixture(scope="module")
def shipped(made_home):
    """The shipped plan of Daxing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, str(made_home))
        city, settings = load_city("daxing"), load_settings(city_id="daxing")
        solution = read_solution(city, settings)
        assert solution is not None
        return city, plan_from(city, settings, ask(city, settings), solution)


@pytest.fixture
def page_in(root, made_home, monkeypatch):
    monkeypatch.setenv(HOME_VARIABLE, str(made_home))
    monkeypatch.chdir(root)

    def start(lang: str, **session: object) -> AppTest:
        app = AppTest.from_file(str(root / "app.py"), default_timeout=300)
        app.query_params["lang"] = lang
        app.query_params["page"] = "siting"
        for name, value in session.items():
            app.session_state[name] = value
        return app.run()

    return start


def looked_at(city, plan) -> list[tuple[str, Choice]]:
    """A station and a candidate of every rule, one that exists, and two places beside them."""
    sites, chosen = plan.question.sites, plan.stations.index
    found = [("here", plan.stations.index[plan.stations["existing"]][0])]
    for rule in RULES:
        held = sites.index[[rule in rules for rules in sites["rules"]]]
        found.append(("here", next(item for item in held if item in chosen)))
        found.append(("not", next(item for item in held if item not in chosen)))
    choices = []
    for kind, site_id in found:
        lon, lat = city.to_lonlat(shapely.get_coordinates(sites.geometry[site_id]))[0].tolist()
        choices.append((kind, Choice(site_id=site_id, lon=lon, lat=lat)))
    middle = city.to_lonlat(np.array([shapely.get_coordinates(city.boundary.centroid)[0]]))[0]
    for lon, lat in (middle.tolist(), (choices[0][1].lon + 0.001, choices[0][1].lat)):
        choices.append(("place", Choice(site_id="", lon=lon, lat=lat)))
    return choices


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_of_answer_is_given_in_both_languages(page_in, shipped, lang):
    known = texts(lang)
    begins = {"here": "web.why_here", "not": "web.why_not", "place": "web.why_place"}
    for kind, choice in looked_at(*shipped):
        app = page_in(lang, siting_choice=choice)
        assert not app.exception, (kind, choice)
        assert [error.value for error in app.error] == []
        begin = known[begins[kind]].partition("{")[0]
        assert any(item.value.startswith(begin) for item in app.subheader), (kind, choice)


@pytest.mark.parametrize("kind", KINDS)
def test_every_question_has_its_form_in_english(page_in, kind):
    known = load_settings(city_id="daxing")
    asked = replace_settings(known, question__kind=kind)
    app = page_in("en", form_base=asked, form_for=known.hash)
    assert not app.exception
    assert texts("en")[f"web.kind_{kind}_why"] in [item.value for item in app.caption]
    widgets = [*app.button, *app.number_input, *app.checkbox, *app.selectbox, *app.text_input]
    labels = [widget.label for widget in widgets] + [item.label for item in app.expander]
    assert [text for text in labels if CHINESE.search(text)] == []
    captions = [item.value for item in app.caption]
    assert [text for text in captions if CHINESE.search(text)] == []
