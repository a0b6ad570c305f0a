"""Which moments a spoken time may mean."""

from datetime import datetime, timedelta

import pytest

from npcl_voice.domain.times import INDIA
from npcl_voice.meaning.moments import NEAR_MIN, Duration, Moment, Soon
from npcl_voice.meaning.spoken_times import times_in
from npcl_voice.meaning.tokens import tokens_of

NOW = datetime(2026, 11, 30, 18, 5, tzinfo=INDIA)
"""A Monday."""


def time(text: str) -> Moment | Duration:
    """The one time in a text."""
    (found,) = times_in(tokens_of(text))
    assert not isinstance(found, Soon)
    return found


def at(text: str) -> datetime:
    """A moment as "day hour:minute" of that November and December."""
    day, clock = text.split()
    return datetime.strptime(f"2026-{'11' if day == '30' else '12'}-{day} {clock} +0530", "%Y-%m-%d %H:%M %z")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("half past nine tonight", "30 21:30"),
        ("half past nine tonight", "30 21:45"),
        ("half past nine", "30 21:16"),
        ("half past nine", "01 09:30"),
        ("twelve at night", "01 00:10"),
        ("tonight", "01 01:00"),
        ("9 pm", "30 21:00"),
        ("21:30", "30 21:30"),
        ("quarter to seven tomorrow morning", "01 06:45"),
        ("kal subah", "01 08:00"),
        ("tomorrow", "01 23:00"),
        ("day after tomorrow", "02 11:00"),
        ("on Wednesday", "02 11:00"),
        ("10 December", "10 11:00"),
        ("in the evening", "30 19:00"),
        ("in the morning", "01 07:00"),
        ("dopahar mein", "01 15:00"),
        ("in two hours", "30 20:00"),
        ("in two hours", "30 20:20"),
        ("in two or three hours", "30 20:40"),
        ("within four hours", "30 21:10"),
        ("two hours ago", "30 16:05"),
        ("in three days", "03 18:00"),
    ],
)
def test_a_time_that_fits(text, moment):
    """To a quarter of an hour; what is said without a half of the day fits both."""
    assert time(text).fits(at(moment), NOW)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("half past nine tonight", "30 21:46"),
        ("half past nine tonight", "01 09:30"),
        ("9 pm", "01 09:00"),
        ("21:30", "01 09:30"),
        ("quarter to seven tomorrow morning", "01 18:45"),
        ("tomorrow", "02 09:00"),
        ("on Wednesday", "03 11:00"),
        ("10 December", "11 11:00"),
        ("in the evening", "30 23:30"),
        ("in the morning", "05 07:00"),
        ("in two hours", "30 20:21"),
        ("in two hours", "30 19:49"),
        ("within four hours", "30 20:50"),
        ("within half an hour", "30 18:55"),
        ("two hours ago", "30 20:05"),
        ("in three days", "04 18:00"),
    ],
)
def test_a_time_that_does_not_fit(text, moment):
    """Another half of the day, another day, or further away."""
    assert not time(text).fits(at(moment), NOW)


def test_days():
    """A day is fitted by what names it; a length in hours names none."""
    day, today = (NOW + timedelta(days=2)).date(), NOW.date()
    fits = {
        text: time(text).fits_day(day, today)
        for text in ("parson", "in two days", "in two hours", "nine", "kal", "by nine")
        if text != "nine"
    }
    assert fits == {"parson": True, "in two days": True, "in two hours": False, "kal": False, "by nine": True}
    assert [text for text in ("kal", "somvar ko", "10 December", "by nine", "shaam ko") if time(text).names_day] == [
        "kal",
        "somvar ko",
        "10 December",
    ]


def test_two_times_that_may_have_been_said_of_one():
    """What one of them leaves open does not part them; but a time of day is not told by a day."""
    pairs = [
        ("this evening", "today evening"),
        ("dopahar mein", "in the afternoon"),
        ("kal subah", "tomorrow morning"),
        ("tomorrow", "kal nau baje"),
        ("on Monday", "somvar ko"),
    ]
    assert all(time(one).may_be(time(other)) for one, other in pairs)
    apart = [
        ("kal subah", "tomorrow evening"),
        ("kal", "today"),
        ("kal nau baje", "kal"),
        ("10 December", "11 December"),
    ]
    assert not any(time(one).may_be(time(other)) for one, other in apart)
    assert NEAR_MIN == 15
