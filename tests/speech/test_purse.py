"""The purse: caps per call and per day, for all calls of a process."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.speech.purse import MOST_CALLS, Purse


class Wall:
    """A clock on the wall that somebody sets."""

    def __init__(self) -> None:
        self.shows = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.shows


@pytest.fixture
def wall() -> Wall:
    return Wall()


def test_a_call_ends_where_its_cap_is(wall) -> None:
    """It may go on until it has cost its cap; another call is not touched by that."""
    purse = Purse(1.0, 50.0, wall)
    purse.charge("a", 0.75)
    assert purse.call_over("a") is None
    purse.charge("a", 0.25)
    assert purse.call_over("a") == "spend_call"
    assert purse.call_over("b") is None
    assert purse.may_begin() is None
    assert purse.call_spent("a") == purse.day_spent() == 1.0


def test_a_day_ends_where_its_cap_is(wall) -> None:
    """All calls together; those that go on may not either. A new day begins with nothing spent."""
    purse = Purse(10.0, 1.0, wall)
    purse.charge("a", 0.5)
    purse.charge("b", 0.5)
    assert purse.may_begin() == "spend_day"
    assert purse.call_over("a") == "spend_day"
    wall.shows += timedelta(minutes=1)
    assert purse.may_begin() is None
    assert purse.call_over("a") is None
    assert (purse.day_spent(), purse.call_spent("a")) == (0.0, 0.5)


def test_a_clock_that_is_set_back_frees_no_money(wall) -> None:
    """The day that was spent stays spent until a later one comes."""
    purse = Purse(10.0, 1.0, wall)
    purse.charge("a", 1.0)
    wall.shows -= timedelta(days=2)
    assert purse.may_begin() == "spend_day"
    wall.shows += timedelta(days=3)
    assert purse.may_begin() is None


@pytest.mark.parametrize(
    ("per_call", "per_day", "reason", "words"),
    [
        (0.0, 50.0, "spend_call", "nothing may be spent (NPCL_SPEND_PER_CALL=0)"),
        (1.0, 0.0, "spend_day", "nothing may be spent (NPCL_SPEND_PER_DAY=0)"),
        (1.0, 50.0, None, "at most $1.00 a call and $50.00 a day"),
        (0.005, 12_345.5, None, "at most $0.005 a call and $12,345.50 a day"),
    ],
)
def test_a_cap_of_nothing_lets_nothing_begin(wall, per_call, per_day, reason, words) -> None:
    """0 is a cap like any other, and the line that is shown at the start says so."""
    purse = Purse(per_call, per_day, wall)
    assert purse.may_begin() == reason
    assert (purse.call_over("a") is not None) == (reason is not None)
    assert purse.describe() == words


def test_a_call_that_is_over_is_forgotten(wall) -> None:
    """Its money stays in the day's."""
    purse = Purse(1.0, 50.0, wall)
    purse.charge("a", 1.0)
    purse.forget("a")
    purse.forget("never there")
    assert (purse.call_spent("a"), purse.day_spent()) == (0.0, 1.0)


def test_calls_that_nobody_ends_do_not_fill_the_memory(wall) -> None:
    """The one that was charged longest ago goes first."""
    purse = Purse(1.0, 1_000_000.0, wall)
    for number in range(MOST_CALLS):
        purse.charge(f"{number}", 0.5)
    purse.charge("0", 0.25)
    purse.charge("one more", 0.5)
    assert (purse.call_spent("0"), purse.call_spent("1"), purse.call_spent("one more")) == (0.75, 0.0, 0.5)


@pytest.mark.parametrize("usd", [-0.01, float("nan"), float("inf")])
def test_what_is_no_amount_is_refused(wall, usd: float) -> None:
    """It would open the purse for ever, or close it."""
    purse = Purse(1.0, 50.0, wall)
    with pytest.raises(ValueError, match="no amount of money"):
        purse.charge("a", usd)
    assert purse.day_spent() == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 2)), max_size=40))
def test_the_day_is_the_sum_of_its_calls(charges) -> None:
    """Whatever is charged, no cent is lost or doubled, and each cap is passed by the last charge at most."""
    purse = Purse(3.0, 10.0, Wall())
    made = 0.0
    for call_id, usd in charges:
        if purse.may_begin() is None and purse.call_over(call_id) is None:
            purse.charge(call_id, usd)
            made += usd
    assert purse.day_spent() == pytest.approx(made)
    assert purse.day_spent() == pytest.approx(sum(map(purse.call_spent, "abc")))
    assert purse.day_spent() < 10 + 2
    assert all(purse.call_spent(call_id) < 3 + 2 for call_id in "abc")
