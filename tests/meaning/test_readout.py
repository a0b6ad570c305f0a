"""Amounts, dates, times and durations as they are said aloud in India."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.domain.times import INDIA
from npcl_voice.meaning.readout import MONTHS, amount, clock, day, day_of_month, duration, number, ordinal, time_of_day

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=INDIA)
"""A Tuesday."""


@pytest.mark.parametrize(
    ("rupees", "english", "hindi"),
    [
        (
            "123456.50",
            "one lakh twenty three thousand four hundred fifty six rupees and fifty paise",
            "एक लाख तेईस हज़ार चार सौ छप्पन रुपये पचास पैसे",
        ),
        ("0", "zero rupees", "शून्य रुपये"),
        ("1", "one rupee", "एक रुपया"),
        ("0.01", "one paisa", "एक पैसा"),
        ("0.50", "fifty paise", "पचास पैसे"),
        ("900.00", "nine hundred rupees", "नौ सौ रुपये"),
        ("12500000", "one crore twenty five lakh rupees", "एक करोड़ पच्चीस लाख रुपये"),
        ("1.999", "two rupees", "दो रुपये"),
    ],
)
def test_an_amount(rupees: str, english: str, hindi: str) -> None:
    """Lakh and crore; paise only where there are some."""
    assert amount(rupees, "en") == english
    assert amount(rupees, "hi") == hindi


@pytest.mark.parametrize("rupees", ["", "abc", "-1", "1,000", "nan", "inf", "1e13", "9" * 40])
def test_what_is_no_sum_is_refused(rupees: str) -> None:
    """Nothing is read that was not understood."""
    with pytest.raises(ValueError, match="is no sum"):
        amount(rupees, "en")


@pytest.mark.parametrize(
    ("time", "today", "other_day", "hindi"),
    [
        ("21:30", "nine thirty tonight", "nine thirty at night", "रात साढ़े नौ बजे"),
        ("13:15", "one fifteen this afternoon", "one fifteen in the afternoon", "दोपहर सवा एक बजे"),
        ("16:45", "four forty five this afternoon", "four forty five in the afternoon", "शाम पौने पाँच बजे"),
        ("09:20", "nine twenty this morning", "nine twenty in the morning", "सुबह नौ बजकर बीस मिनट"),
        ("06:00", "six o'clock this morning", "six o'clock in the morning", "सुबह छह बजे"),
        ("18:05", "six oh five this evening", "six oh five in the evening", "शाम छह बजकर पाँच मिनट"),
        ("13:30", "one thirty this afternoon", "one thirty in the afternoon", "दोपहर डेढ़ बजे"),
        ("14:30", "two thirty this afternoon", "two thirty in the afternoon", "दोपहर ढाई बजे"),
        ("12:45", "twelve forty five this afternoon", "twelve forty five in the afternoon", "दोपहर पौने एक बजे"),
        ("12:00", "twelve noon", "twelve noon", "दोपहर बारह बजे"),
        ("00:00", "twelve midnight", "twelve midnight", "रात बारह बजे"),
        ("00:10", "twelve ten tonight", "twelve ten at night", "रात बारह बजकर दस मिनट"),
        ("04:00", "four o'clock this morning", "four o'clock in the morning", "सुबह चार बजे"),
    ],
)
def test_a_time_of_day(time: str, today: str, other_day: str, hindi: str) -> None:
    """With the part of the day; Hindi by quarters where there is one."""
    hour, minute = map(int, time.split(":"))
    at = NOW.replace(hour=hour, minute=minute)
    assert clock(at, "en", NOW) == today
    assert clock(at, "en", NOW - timedelta(days=1)) == other_day
    assert time_of_day(hour, minute, "en") == other_day
    assert clock(at, "hi", NOW) == time_of_day(hour, minute, "hi") == hindi
    assert clock(at.astimezone(UTC), "hi", NOW) == hindi


@pytest.mark.parametrize(
    ("away", "english", "hindi"),
    [
        (0, "today", "आज"),
        (1, "tomorrow, twenty fifth November", "कल, पच्चीस नवंबर"),
        (-1, "yesterday, twenty third November", "कल, तेईस नवंबर"),
        (2, "Thursday, twenty sixth November", "परसों, छब्बीस नवंबर"),
        (-2, "Sunday, twenty second November", "बाईस नवंबर, रविवार"),
        (6, "Monday, thirtieth November", "तीस नवंबर, सोमवार"),
        (7, "first December", "एक दिसंबर"),
        (-10, "fourteenth November", "चौदह नवंबर"),
        (60, "twenty third January twenty twenty seven", "तेईस जनवरी दो हज़ार सत्ताईस"),
        (-24 * 365, "thirtieth November two thousand two", "तीस नवंबर दो हज़ार दो"),
    ],
)
def test_a_day(away: int, english: str, hindi: str) -> None:
    """The weekday within a week; `kal` and `parson` never without the date, since they mean two days each."""
    assert day(NOW + timedelta(days=away), "en", NOW) == english
    assert day(NOW + timedelta(days=away), "hi", NOW) == hindi


def test_a_date() -> None:
    """With its year where that is named."""
    assert day_of_month(10, 12, "en") == "tenth December"
    assert day_of_month(10, 12, "hi") == "दस दिसंबर"
    assert day_of_month(10, 12, "en", in_year=2026) == "tenth December twenty twenty six"
    assert day_of_month(10, 12, "hi", in_year=2026) == "दस दिसंबर दो हज़ार छब्बीस"


def test_the_day_is_india_s() -> None:
    """Half past midnight in India is still yesterday elsewhere."""
    assert day(datetime(2026, 11, 24, 19, 0, tzinfo=UTC), "en", NOW) == "tomorrow, twenty fifth November"


@pytest.mark.parametrize(
    ("minutes", "english", "hindi"),
    [
        (0, "zero minutes", "शून्य मिनट"),
        (1, "one minute", "एक मिनट"),
        (30, "half an hour", "आधा घंटा"),
        (45, "forty five minutes", "पैंतालीस मिनट"),
        (60, "one hour", "एक घंटा"),
        (75, "one hour fifteen minutes", "सवा घंटा"),
        (80, "one hour twenty minutes", "एक घंटा बीस मिनट"),
        (90, "one and a half hours", "डेढ़ घंटा"),
        (105, "one hour forty five minutes", "पौने दो घंटे"),
        (120, "two hours", "दो घंटे"),
        (135, "two hours fifteen minutes", "सवा दो घंटे"),
        (150, "two and a half hours", "ढाई घंटे"),
        (210, "three and a half hours", "साढ़े तीन घंटे"),
        (765, "twelve hours forty five minutes", "पौने तेरह घंटे"),
        (200, "three hours twenty minutes", "तीन घंटे बीस मिनट"),
    ],
)
def test_a_duration(minutes: int, english: str, hindi: str) -> None:
    """Halves and, in Hindi, quarters by their own words."""
    assert duration(minutes, "en") == english
    assert duration(minutes, "hi") == hindi


def test_a_length_of_time_is_not_negative() -> None:
    """Whoever asks has made a mistake."""
    with pytest.raises(ValueError, match="not negative"):
        duration(-1, "en")


def test_somebody_s_number_is_read_digit_by_digit() -> None:
    """In groups."""
    assert number("2990417365", "en") == "two nine nine zero, four one seven, three six five"
    assert number("2990417365", "hi") == "दो नौ नौ शून्य, चार एक सात, तीन छह पाँच"


def test_places_in_a_row() -> None:
    """First to thirty-first, as days of a month want them."""
    assert [ordinal(number) for number in (1, 2, 3, 5, 8, 9, 12, 20, 21, 30, 31)] == (
        "first,second,third,fifth,eighth,ninth,twelfth,twentieth,twenty first,thirtieth,thirty first".split(",")
    )
    assert len(MONTHS) == 12


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**6))
def test_every_time_can_be_said(seconds: int, minutes: int) -> None:
    """No hour, minute or day is left without words, and none has figures."""
    there = NOW + timedelta(seconds=seconds)
    for language in ("en", "hi"):
        of_day = time_of_day(there.hour, there.minute, language)
        for said in (of_day, clock(there, language, NOW), day(there, language, NOW), duration(minutes, language)):
            assert said
            assert not any(letter.isdigit() for letter in said)
