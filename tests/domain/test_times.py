"""Times as people here write and read them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.domain.times import INDIA, as_shown, read_time
from npcl_voice.errors import RuleError

NOW = datetime(2026, 11, 22, 20, 45, 12, 345678, tzinfo=UTC)
"""Already the 23rd in India."""


def test_a_time_is_shown_in_india_with_its_zone():
    """Whole seconds, and the offset that India has all year."""
    assert as_shown(NOW) == "2026-11-23T02:15:12+05:30"
    assert INDIA.utcoffset(None) == timedelta(hours=5, minutes=30)
    assert str(INDIA) == "IST"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("18:30", "2026-11-23T18:30:00+05:30"),
        (" 9:05 ", "2026-11-23T09:05:00+05:30"),
        ("00:00", "2026-11-23T00:00:00+05:30"),
        ("2026-11-22T18:30", "2026-11-22T18:30:00+05:30"),
        (" 2026-11-22 18:30:07 ", "2026-11-22T18:30:07+05:30"),
        ("2026-11-22T18:30+00:00", "2026-11-23T00:00:00+05:30"),
        ("2026-11-22", "2026-11-22T00:00:00+05:30"),
    ],
)
def test_a_time_is_read(text, shown):
    """The clock means today in India; a date means India unless it has a zone."""
    at = read_time(text, NOW)
    assert as_shown(at) == shown
    assert at.microsecond == 0


@pytest.mark.parametrize("text", ["25:00", "18:60", "118:30", "", "tomorrow", "2026-13-01T10:00", "18.30"])
def test_what_is_no_time_is_refused(text):
    """The line says what was typed and how to write it."""
    with pytest.raises(RuleError) as refused:
        read_time(text, NOW)
    assert refused.value.reason == "bad_time"
    assert str(refused.value) == f"'{text}' is no time; write 18:30 for today, or 2026-11-22T18:30"


FIRST, LAST = datetime(1970, 1, 2), datetime(2200, 1, 1)  # noqa: DTZ001 - the zone is drawn beside them


@given(st.datetimes(timezones=st.just(UTC), min_value=FIRST, max_value=LAST))
def test_what_is_shown_can_be_read(at):
    """Reading is the reverse of showing, to the second."""
    assert read_time(as_shown(at), NOW) == at.replace(microsecond=0)
