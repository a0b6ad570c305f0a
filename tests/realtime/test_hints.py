"""How long a server asks us to wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.realtime.hints import MAX_WAIT_S, wait_hint
from tests.realtime.strategies import STEADY


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Limit reached. Please try again in 6.232s.", 6.232),
        ("Rate limit reached: Please Try Again In 850ms. Visit the page", 0.85),
        ("try again in 1m26.4s", 86.4),
        ("try again in 1h2m3s", MAX_WAIT_S),
        ("Please retry after 6 seconds.", 6.0),
        ("Please retry after 1 minute 20 seconds, thank you", 80.0),
        ("try again in 20 milliseconds", 0.02),
        ("try again in 0s", 0.0),
        ("try again in 999999999h", MAX_WAIT_S),
        ("try again in 2min", 120.0),
    ],
)
def test_a_wait_is_read_from_the_sentence(message: str, seconds: float) -> None:
    """Whatever the unit, and no longer than anyone would wait."""
    assert wait_hint(message) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "message",
    [
        None,
        "",
        "try again later",
        "try again in 5 months",
        "try again in s",
        "after 6s",
        "try again in ٣s",
        " " * 2_000 + "try again in 5s",
    ],
)
def test_no_wait_is_read_where_none_is_told(message: str | None) -> None:
    """Nor from farther in than we look."""
    assert wait_hint(message) is None


@STEADY
@given(st.text("try again in0123456789.hms \n", max_size=60))
def test_no_message_makes_it_fall(message: str) -> None:
    """Whatever a server writes, the wait stays within its bounds."""
    assert 0 <= (wait_hint(f"try again in {message}") or 0.0) <= MAX_WAIT_S
