"""When a server is tried again, and when it is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.realtime.backoff import QUICK_S, Breaker, BreakerState, pause_s
from npcl_voice.realtime.faults import Action

OVER, RETRY, STOP = Action.FAIL_OVER, Action.RETRY, Action.STOP


def _breaker(chance=1.0):
    return Breaker(lambda: chance)


def _open(chance=1.0, at=0.0):
    """Three quick failures."""
    breaker = _breaker(chance)
    for late in (2, 1, 0):
        breaker.failed(at - late, OVER)
    return breaker


# Pauses.


def test_a_pause_is_spread_by_chance():
    """From nothing to all of it; it doubles with each attempt, up to eight seconds."""
    assert [pause_s(attempt, 1.0) for attempt in range(8)] == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert [pause_s(attempt, 0.5) for attempt in (0, 1, 9)] == [0.125, 0.25, 4.0]
    assert pause_s(3, 0.0) == 0.0
    assert pause_s(2, 1.0, first_s=0.5, longest_s=1.5) == 1.5


@given(st.integers(0, 10**9), st.floats(0, 1))
def test_a_pause_is_never_longer(attempt, chance):
    """However often it was tried."""
    assert 0 <= pause_s(attempt, chance) <= 8.0


# The breaker.


def test_a_server_that_works():
    """Every call may ask; failures that are not quick are no illness."""
    breaker = _breaker()
    for now in range(0, 600, 6):
        assert breaker.allows(float(now))
        breaker.tries(float(now))
        breaker.failed(float(now), RETRY)
    assert breaker.state(600.0) is BreakerState.CLOSED


def test_three_quick_failures_open_it():
    """Within ten seconds, the limit included; then nobody asks for five seconds."""
    breaker = _breaker()
    for now in (0.0, 5.0):
        breaker.failed(now, OVER)
        assert breaker.allows(now)
    breaker.failed(QUICK_S, OVER)
    assert breaker.state(10.0) is BreakerState.OPEN
    assert not breaker.allows(14.999)
    assert breaker.state(15.0) is BreakerState.HALF_OPEN


def test_how_long_it_rests_is_spread_by_chance():
    """From half of the time to all of it."""
    assert not _open(0.0).allows(2.499)
    assert _open(0.0).allows(2.5)
    assert not _open(0.5).allows(3.749)
    assert _open(0.5).allows(3.75)


def test_one_call_tries_it():
    """The others wait for what becomes of it, ten seconds at most: the one that tries may have hung up."""
    breaker = _open()
    assert breaker.allows(5.0)
    assert breaker.allows(5.0)
    breaker.tries(5.0)
    assert not breaker.allows(14.999)
    assert breaker.allows(15.0)
    breaker.succeeded(5.0)
    assert breaker.state(6.0) is BreakerState.CLOSED
    assert breaker.allows(6.0)


def test_a_trial_that_fails_doubles_the_rest():
    """Up to five minutes."""
    breaker, now, rests = _open(), 0.0, []
    for _ in range(8):
        begun = now
        while not breaker.allows(now):
            now += 0.5
        rests.append(now - begun)
        breaker.tries(now)
        breaker.failed(now, OVER)
    assert rests == [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0]


def test_one_illness_seen_by_many_calls_is_one():
    """A server that goes away with twenty calls rests as long as for three."""
    breaker = _breaker()
    for _ in range(20):
        breaker.failed(0.0, RETRY)
    assert not breaker.allows(4.999)
    assert breaker.allows(5.0)


def test_success_makes_it_new():
    """Failures before it do not count, and the next rest is a short one."""
    breaker = _open()
    breaker.tries(5.0)
    breaker.failed(5.0, OVER)
    breaker.tries(15.0)
    breaker.succeeded(15.0)
    breaker.failed(16.0, OVER)
    breaker.failed(16.0, OVER)
    assert breaker.allows(16.0)
    breaker.failed(16.0, OVER)
    assert not breaker.allows(20.999)
    assert breaker.allows(21.0)


def test_a_session_from_before_proves_nothing():
    """It was let in when the server was well; that new ones fail is as true as before."""
    breaker = _open(at=100.0)
    breaker.succeeded(99.0)
    assert not breaker.allows(100.0)
    breaker.succeeded(100.0)
    assert breaker.allows(100.0)


@pytest.mark.parametrize("before", [0, 5])
def test_an_account_that_is_refused(before):
    """Nobody asks for ten minutes, whatever else fails meanwhile; one failure is enough."""
    breaker = _breaker()
    for _ in range(before):
        breaker.failed(0.0, OVER)
    breaker.failed(0.0, STOP)
    breaker.failed(1.0, RETRY, retry_after_s=2.0)
    for _ in range(5):
        breaker.failed(2.0, OVER)
    assert not breaker.allows(599.999)
    assert breaker.allows(600.0)


def test_a_server_that_says_how_long_it_wants_to_be_left_alone():
    """It is, for as long; a shorter wish does not shorten a rest."""
    breaker = _breaker()
    breaker.failed(0.0, RETRY, retry_after_s=30.0)
    breaker.failed(1.0, RETRY, retry_after_s=5.0)
    assert not breaker.allows(29.999)
    assert breaker.allows(30.0)
    breaker = _breaker()
    breaker.failed(0.0, RETRY, retry_after_s=0.0)
    assert breaker.allows(0.0)
    breaker = _breaker()
    breaker.failed(0.0, RETRY, retry_after_s=30.0)
    breaker.failed(30.0, OVER)
    assert not breaker.allows(34.999)
    assert breaker.allows(35.0)
