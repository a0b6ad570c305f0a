"""How facts become values of phrases: times and days, money, outages, promises, callbacks."""

import pytest

from npcl_voice.conversation.context import Line
from npcl_voice.conversation.goals.telling import (
    expected_lines,
    outage_lines,
    promise_lines,
    spoken_amount,
    spoken_date,
    spoken_time,
    text_of,
    window_line,
)

NINE = "2026-11-30T21:00:00+05:30"
HALF_PAST_NINE = "2026-11-30T21:30:00+05:30"
TOMORROW = "2026-12-01T02:05:00+05:30"


@pytest.mark.parametrize(
    ("amount", "spoken"),
    [
        ("0.00", "Rs 0"),
        ("0.50", "Rs 0.50"),
        ("5", "Rs 5"),
        ("910.00", "Rs 910"),
        ("2345.50", "Rs 2,345.50"),
        ("15890.00", "Rs 15,890"),
        ("123456.5", "Rs 1,23,456.50"),
        ("1234567", "Rs 12,34,567"),
        ("99999999.999", "Rs 10,00,00,000"),
        ("-1", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e40", None),
        ("much", None),
        ("", None),
        (5, None),
        (None, None),
    ],
)
def test_money_is_grouped_as_in_india(amount, spoken):
    """Lakh and crore; anything that is no amount is not said."""
    assert spoken_amount(amount) == spoken


@pytest.mark.parametrize(
    ("value", "spoken"),
    [("2026-12-10", "10 December"), ("2026-01-01", "1 January"), ("soon", None), ("", None), (None, None), (9, None)],
)
def test_dates_are_told_by_day_and_month(value, spoken):
    """In the order in which people say them here."""
    assert spoken_date(value) == spoken


@pytest.mark.parametrize(
    ("value", "said_on", "spoken"),
    [
        (HALF_PAST_NINE, NINE, "9:30 PM"),
        (TOMORROW, NINE, "2:05 AM, 1 December"),
        (TOMORROW, None, "2:05 AM"),
        (TOMORROW, "then", "2:05 AM"),
        ("then", NINE, None),
    ],
)
def test_another_day_is_named(value, said_on, spoken):
    """A time without a day is of the day on which it was said."""
    assert spoken_time(value, said_on) == spoken


def told(**changed):
    return {"expected_at": HALF_PAST_NINE, "source": "crew", "given_at": NINE, "confidence": "medium", **changed}


@pytest.mark.parametrize(
    ("facts", "lines"),
    [
        (told(), [Line("outage_expected_crew", {"time": "9:30 PM", "given": "9:00 PM"})]),
        (told(source="operator"), [Line("outage_expected_operator", {"time": "9:30 PM", "given": "9:00 PM"})]),
        (
            told(source="system", confidence="low"),
            [Line("outage_expected_system", {"time": "9:30 PM", "given": "9:00 PM"}), Line("expected_unsure")],
        ),
        (told(source="planned", confidence="high"), [Line("outage_expected_planned", {"time": "9:30 PM"})]),
        (told(source="the mayor"), [Line("outage_expected", {"time": "9:30 PM"})]),
        (told(given_at=None), [Line("outage_expected", {"time": "9:30 PM"})]),
        (
            told(expected_at=TOMORROW),
            [Line("outage_expected_crew", {"time": "2:05 AM, 1 December", "given": "9:00 PM, 30 November"})],
        ),
        (told(expected_at=None, was_expected_at=HALF_PAST_NINE), [Line("expected_passed", {"time": "9:30 PM"})]),
        ({"expected_at": None}, []),
        ({"expected_at": "soon"}, []),
        ({}, []),
    ],
)
def test_when_the_power_is_back(facts, lines):
    """By whom, as of when, and how surely; a time that has passed is told as passed."""
    assert list(expected_lines(facts)) == lines


def test_an_outage_and_its_time():
    """Where it is first; without a time it is said that there is none yet."""
    known = Line("outage_known", {"area": "Delta 1"})
    assert outage_lines({"area": "Delta 1", "outage": {"cause": None, "expected_at": None}}) == (
        known,
        Line("no_time_yet"),
    )
    passed = {"expected_at": None, "was_expected_at": NINE}
    assert outage_lines({"area": "Delta 1", "outage": passed}) == (known, Line("expected_passed", {"time": "9:00 PM"}))
    for result in ({}, {"area": "", "outage": {}}, {"area": "Delta 1", "outage": None}):
        assert outage_lines(result) == ()


@pytest.mark.parametrize(
    ("outage", "asked", "lines"),
    [
        ({"cause": "cable fault"}, False, [Line("outage_cause", {"cause": "cable fault"})]),
        ({"cause": "cable fault"}, True, [Line("outage_cause", {"cause": "cable fault"})]),
        ({"cause": None}, False, []),
        ({"cause": None}, True, [Line("outage_cause_unknown")]),
        ({"cause": 7}, True, [Line("outage_cause_unknown")]),
        ({"cause": None, "source": "planned"}, True, []),
    ],
)
def test_why_the_power_is_out(outage, asked, lines):
    """Where it is known; that it is not, to who asks; planned work is its own reason."""
    known, *told, no_time = outage_lines({"area": "Delta 1", "outage": outage}, asked=asked)
    assert (known.phrase, told, no_time.phrase) == ("outage_known", lines, "no_time_yet")


def test_a_promise():
    """Only where the records promise it."""
    promised = {"promise_at": TOMORROW, "registered_at": NINE}
    assert promise_lines(promised) == (Line("promised_by", {"time": "2:05 AM, 1 December"}),)
    assert promise_lines({"promise_at": None}) == ()


@pytest.mark.parametrize(
    ("window", "line"),
    [
        ("as soon as possible", Line("callback_soon")),
        ("within 30 minutes", Line("callback_within", {"minutes": "30"})),
        ("within some minutes", Line("callback_booked", {"window": "within some minutes"})),
        ("today evening", Line("callback_evening")),
        ("tomorrow morning", Line("callback_morning")),
        ("afternoon", Line("callback_afternoon")),
        ("on Monday", Line("callback_booked", {"window": "on Monday"})),
    ],
)
def test_when_a_person_calls(window, line):
    """By the records' own words for it."""
    assert window_line(window) == line


def test_a_text():
    """Anything else is none."""
    assert [text_of(value) for value in ("x", "", None, 5)] == ["x", None, None, None]
