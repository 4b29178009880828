"""Opening hours: read, worked out, on holidays and make-up workdays."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from siting.edition import BadHoursError, hours_table, parse_hours, work_calendar
from siting.edition.hours import hours_on
from siting.edition.words import hours_in_words

NATIONAL_DAY = dt.date(2026, 10, 1)  # a Thursday
MAKEUP = dt.date(2026, 9, 20)  # a Sunday on which people work
OFFICE = "Mo-Fr 08:00-18:00; PH off"


def on(text, day):
    calendar = work_calendar(dt.date(2026, 9, 21))
    return hours_on(
        parse_hours(text), day, holiday=day in calendar.holidays, makeup=day in calendar.makeup
    )


def test_an_office_rests_on_national_day_and_works_on_a_make_up_sunday():
    assert on(OFFICE, dt.date(2026, 9, 30)) == ((480, 1080),)
    assert on(OFFICE, NATIONAL_DAY) == ()
    assert on(OFFICE, MAKEUP) == ((480, 1080),)
    assert on(OFFICE, dt.date(2026, 9, 13)) == ()  # a plain Sunday


@pytest.mark.parametrize(
    ("text", "openings"),
    [
        ("22:00-06:00", ((1320, 1800),)),
        ("24/7", ((0, 1440),)),
        ("每天 08:00—20:00", ((480, 1200),)),
        ("周一至周五 8:00-12:00，13:30-17:30；节假日休息", ((480, 720), (810, 1050))),
        ("全天", ((0, 1440),)),
        ("Mo-Su 20:00-26:00", ((1200, 1560),)),
        ("Nov-Mar 06:00-22:00; Apr-Oct 07:00-20:00", ((420, 1200),)),
    ],
)
def test_openings_of_a_wednesday_in_september(text, openings):
    assert on(text, dt.date(2026, 9, 16)) == openings


@pytest.mark.parametrize(
    "text",
    ["whenever", "Mo-Fr 25:00", "08:60-09:00", "Mo-Fr", "", ";", "49:00-50:00", "Foo 08:00-09:00"],
)
def test_nonsense_is_refused_with_the_station(text):
    with pytest.raises(BadHoursError) as caught:
        parse_hours(text, "s-1")
    assert caught.value.facts["station"] == "s-1"


def test_the_table_says_until_when_it_is_known():
    calendar = work_calendar(dt.date(2026, 9, 21))
    assert calendar.first.weekday() == 0
    assert calendar.known_until == dt.date(2026, 12, 31)
    assert calendar.last > dt.date(2027, 9, 21)


def test_the_table_gives_back_every_day():
    texts = [OFFICE, "22:00-06:00", "Nov 15-Mar 15 06:00-22:00; Mar 16-Nov 14 07:00-20:00; PH off"]
    calendar = work_calendar(dt.date(2026, 9, 21))
    table = hours_table(texts, calendar)
    whole_weeks = len(calendar.days()) // 7 * 7
    for rule, text in enumerate(texts):
        for at, day in enumerate(calendar.days()[:whole_weeks]):
            week = [ids for since, ids in table.weeks[rule] if since <= at][-1]
            number = table.special[rule].get(at, week[day.weekday()])
            assert table.patterns[number] == on(text, day), (text, day)


def test_a_year_that_nobody_announced_says_until_when_it_is_known():
    calendar = work_calendar(dt.date(2028, 3, 1))
    assert calendar.known_until == dt.date(2026, 12, 31) < calendar.first
    assert not calendar.holidays
    assert not calendar.makeup


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mo-Fr 08:30-17:30; PH off", "周一至周五 08:30-17:30；法定节假日 不开放"),
        ("24/7", "每天 全天"),
        ("Nov 15-Mar 15 Mo-Su 05:00-22:00", "11月15日至3月15日 每天 05:00-22:00"),
        ("Mo,We,Sa,Su 20:00-02:00", "周一、周三、周六、周日 20:00-次日02:00"),
        ("Mo-Su 12:00-24:00", "每天 12:00-24:00"),
    ],
)
def test_hours_in_words(text, said):
    assert hours_in_words(text, "zh") == said


days = st.sampled_from(["", "Mo-Fr ", "Sa,Su ", "Mo-Su ", "Mo,We,Fr ", "Fr-Mo "])
seasons = st.sampled_from(["", "Nov-Mar ", "Apr 15-Oct 31 "])
starts = st.integers(0, 47)


@st.composite
def rules(draw):
    clauses = []
    number = draw(st.integers(1, 3))
    for _ in range(number):
        start = draw(starts)
        end = start + draw(st.integers(1, 40))
        # a clause that overrules a night: the library lets yesterday's opening run on, the
        # specification does not say; so only single clauses go past midnight here
        end = end if number == 1 else min(end, 48)
        times = f"{start // 2:02}:{start % 2 * 30:02}-{end // 2:02}:{end % 2 * 30:02}"
        clauses.append(draw(seasons) + draw(days) + draw(st.sampled_from([times, "off"])))
    return "; ".join(clauses)


@given(rules(), st.integers(0, 800))
def test_agrees_with_the_opening_hours_library(text, offset):
    """Open at each half hour of a day exactly if the independent library says so."""
    day = dt.date(2026, 1, 1) + dt.timedelta(days=offset)
    own = parse_hours(text)
    spans = hours_on(own, day)
    spill = [(a - 1440, b - 1440) for a, b in hours_on(own, day - dt.timedelta(days=1))]
    oracle = OpeningHours(text)
    for half in range(48):
        minute = half * 30 + 15
        inside = any(a <= minute < b for a, b in [*spans, *spill])
        moment = dt.datetime.combine(day, dt.time(minute // 60, minute % 60))
        assert inside == oracle.is_open(moment), (text, moment)
