"""Quota: token buckets that are never below nothing nor above the limit, and a line that is fair."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.realtime.events import RateLimit
from npcl_voice.speech.quota import (
    FIRST_ANSWER_TOKENS,
    HELD_SHARE,
    LONGEST_PATIENCE_S,
    MOST_ANSWER_TOKENS,
    MOST_IN_FLIGHT,
    MOST_WAITING,
    Bucket,
    Line,
    Quota,
)

absurd = st.none() | st.integers(-(10**6), 10**13) | st.just(10**400)
any_float = st.none() | st.floats(allow_nan=True, allow_infinity=True)
limits = st.builds(
    RateLimit, st.sampled_from(["requests", "tokens", "input_tokens", None, ""]), absurd, absurd, any_float
)
steps = st.one_of(
    st.tuples(st.just("update"), st.lists(limits, max_size=4)),
    st.tuples(st.just("ask"), st.sampled_from("abcd")),
    st.tuples(st.just("done"), st.sampled_from("abcd"), st.none() | st.integers(-10, 10**7) | st.just(10**400)),
    st.tuples(st.just("empty")),
    st.tuples(st.just("time"), st.floats(0, 1_000)),
)


def tokens(limit: int, remaining: int | None, reset_s: float | None = 60.0) -> tuple[RateLimit, ...]:
    """The server tells its limit of tokens."""
    return (RateLimit("tokens", limit, remaining, reset_s),)


# A bucket.


def test_a_bucket_is_full_when_the_server_said_it_would_be() -> None:
    """It fills evenly, and not beyond its limit."""
    bucket = Bucket(1_000, 400, 30.0, now=10.0)
    assert [bucket.level(now) for now in (10, 25, 40, 99)] == [400, 700, 1_000, 1_000]
    assert bucket.level(5) == 400


def test_a_bucket_that_was_full_fills_within_a_minute() -> None:
    """Without a word of the server's about its pace."""
    bucket = Bucket(600, 600, 0.5, now=0.0)
    bucket.take(600, 0.0)
    assert (bucket.level(30), bucket.level(60)) == (300, 600)
    assert Bucket(600, 0, None, now=0.0).level(30) == 300


def test_a_bucket_is_never_planned_with_to_its_end() -> None:
    """Five in a hundred are left alone; what is more than the rest will never be there."""
    bucket = Bucket(1_000, 100, 90.0, now=0.0)
    assert bucket.wait_s(50, 0.0) == 0
    assert bucket.wait_s(60, 0.0) == pytest.approx(1)
    assert bucket.wait_s(950, 0.0) == pytest.approx(90)
    assert bucket.wait_s(951, 0.0) == math.inf


# The quota.


def test_without_a_word_of_the_server_there_is_no_limit() -> None:
    """Nobody waits for a limit that nobody named."""
    quota = Quota()
    quota.ask("call", "r", 0.0)
    quota.empty(0.0)
    assert quota.wait_s(1_000, 0.0) == 0
    assert quota.left(0.0) == {}


def test_an_answer_takes_what_the_last_ones_took() -> None:
    """A request and the expected tokens at once, the difference when it is done."""
    quota = Quota()
    quota.update((*tokens(40_000, 40_000), RateLimit("requests", 100, 100, 60.0)), 0.0)
    quota.ask("call", "r", 0.0)
    quota.ask("call", "r", 0.0)
    assert quota.left(0.0) == {"tokens": (40_000 - FIRST_ANSWER_TOKENS) / 40_000, "requests": 0.99}
    quota.done("call", "r", 1_000, 0.0)
    assert quota.left(0.0)["tokens"] == 39_000 / 40_000
    assert quota.answer_tokens == pytest.approx(FIRST_ANSWER_TOKENS * 0.8 + 1_000 * 0.2)
    quota.done("call", "r", 1_000, 0.0)
    assert quota.left(0.0)["tokens"] == 39_000 / 40_000


def test_what_an_answer_took_is_unknown_or_cannot_be() -> None:
    """The estimate stays as it was, and is never more than any answer could take."""
    quota = Quota()
    for count in (None, -1):
        quota.done("call", "r", count, 0.0)
        assert quota.answer_tokens == FIRST_ANSWER_TOKENS
    for _ in range(100):
        quota.done("call", "r", 10**400, 0.0)
    assert quota.answer_tokens <= MOST_ANSWER_TOKENS


def test_the_server_s_word_counts_more_than_ours() -> None:
    """It has seen the answers that are being made, of other processes too."""
    quota = Quota()
    quota.update(tokens(40_000, 40_000), 0.0)
    quota.ask("call", "r", 0.0)
    quota.update(tokens(40_000, 10_000), 0.0)
    quota.done("call", "r", 9_000, 0.0)
    assert quota.left(0.0) == {"tokens": 0.25}


def test_a_refused_answer_means_that_nothing_is_left() -> None:
    """Whatever we had counted."""
    quota = Quota()
    quota.update(tokens(40_000, 40_000), 0.0)
    quota.empty(0.0)
    assert quota.left(0.0) == {"tokens": 0.0}
    assert quota.wait_s(1, 0.0) == pytest.approx((FIRST_ANSWER_TOKENS + HELD_SHARE * 40_000) / 40_000 * 60)


def test_the_scarcer_limit_counts() -> None:
    """Tokens are there, requests are not."""
    quota = Quota()
    quota.update((*tokens(400_000, 400_000), RateLimit("requests", 100, 0, 50.0)), 0.0)
    assert quota.wait_s(1, 0.0) == pytest.approx(3)


@pytest.mark.parametrize(
    "told",
    [
        RateLimit(),
        RateLimit("tokens", 0, 0, 1.0),
        RateLimit("tokens", -5, 1, 1.0),
        RateLimit("tokens", 10**400, 1, 1.0),
        RateLimit("input_tokens", 10, 1, 1.0),
    ],
)
def test_a_limit_that_cannot_be_is_left_out(told: RateLimit) -> None:
    """What was known before stays."""
    quota = Quota()
    quota.update((told,), 0.0)
    assert quota.left(0.0) == {}
    quota.update(tokens(100, 50), 0.0)
    quota.update((told,), 0.0)
    assert quota.left(0.0) == {"tokens": 0.5}


def test_what_the_server_does_not_tell_stays_as_it_was() -> None:
    """A limit without what is left of it: what we had counted, or all of it."""
    quota = Quota()
    quota.update(tokens(1_000, None), 0.0)
    assert quota.left(0.0) == {"tokens": 1.0}
    quota.update(tokens(1_000, 600, None), 0.0)
    quota.update(tokens(500, None, math.nan), 0.0)
    assert quota.left(0.0) == {"tokens": 1.0}
    quota.update(tokens(1_000, 200, -3.0), 0.0)
    quota.update(tokens(2_000, None, 1e300), 0.0)
    assert quota.left(0.0) == {"tokens": 0.1}
    quota.update((RateLimit("tokens", 100, -7, 0.0),), 0.0)
    assert quota.left(0.0) == {"tokens": 0.0}
    quota.update((RateLimit("tokens", 100, 700, 5e-324),), 0.0)
    assert quota.left(0.0) == {"tokens": 1.0}


def test_answers_that_are_never_done_do_not_fill_the_memory() -> None:
    """The oldest are forgotten: their difference is lost, which the server's next word mends."""
    quota = Quota()
    for number in range(MOST_IN_FLIGHT + 1):
        quota.ask("call", f"{number}", 0.0)
    quota.update(tokens(10_000, 10_000), 0.0)
    quota.ask("call", "0", 0.0)
    assert quota.left(0.0) == {"tokens": (10_000 - FIRST_ANSWER_TOKENS) / 10_000}


@given(st.lists(steps, max_size=60))
def test_whatever_is_told_a_bucket_stays_within_its_limit(taken) -> None:
    """Never below nothing, never above the limit, never a wait that is no number; time makes it no emptier."""
    quota, now = Quota(), 0.0
    for step in taken:
        match step:
            case ("update", told):
                quota.update(told, now)
            case ("ask", response_id):
                quota.ask("call", response_id, now)
            case ("done", response_id, count):
                quota.done("call", response_id, count, now)
            case ("empty",):
                quota.empty(now)
            case ("time", seconds):
                before = quota.left(now)
                now += seconds
                assert all(quota.left(now)[name] >= share for name, share in before.items())
        assert all(0 <= share <= 1 for share in quota.left(now).values())
        assert quota.wait_s(1, now) >= 0
        assert 0 <= quota.wait_s(1, now) <= quota.wait_s(5, now)
        assert 0 < quota.answer_tokens <= MOST_ANSWER_TOKENS


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.floats(0.01, 86_400), st.integers(1, 50))
def test_after_the_wait_there_is_room(limit, remaining, reset_s, answers) -> None:
    """The wait that is told is neither too short nor, by more than a hair, too long."""
    quota = Quota()
    quota.update(tokens(limit, remaining, reset_s), 0.0)
    wait_s = quota.wait_s(answers, 0.0)
    if math.isfinite(wait_s):
        assert quota.wait_s(answers, wait_s * (1 + 1e-9) + 1e-6) == 0
        assert wait_s == 0 or quota.wait_s(answers, wait_s * 0.99) > 0
    else:
        assert quota.wait_s(answers, 1e9) == math.inf


# The line.


def test_the_line_is_first_come_first_served() -> None:
    """Who asks again keeps the place; who leaves makes room for those behind."""
    line = Line()
    assert all(line.join(call_id, 0.0) for call_id in "abca")
    assert [line.ahead_of(call_id, 1.0) for call_id in "abcd"] == [0, 1, 2, 3]
    assert line.ahead_of(None, 1.0) == len(line) == 3
    line.leave("a")
    line.leave("a")
    assert [line.ahead_of(call_id, 1.0) for call_id in "bc"] == [0, 1]


def test_whoever_has_gone_without_a_word_holds_nobody_up() -> None:
    """A call that asks keeps its place however long it waits."""
    line = Line()
    line.join("gone", 0.0)
    line.join("asks", 0.0)
    assert line.ahead_of("asks", LONGEST_PATIENCE_S) == 1
    assert line.ahead_of("asks", LONGEST_PATIENCE_S + 1) == 0
    assert line.ahead_of("asks", 2 * LONGEST_PATIENCE_S) == 0
    assert line.ahead_of("gone", 2 * LONGEST_PATIENCE_S) == 1


def test_the_line_has_an_end() -> None:
    """Beyond it nobody is let in, but who stands there keeps the place."""
    line = Line()
    assert all(line.join(f"{number}", 0.0) for number in range(MOST_WAITING))
    assert not line.join("one more", 0.0)
    assert line.join("7", 0.0)
    assert line.join("one more", LONGEST_PATIENCE_S + 1)


@given(st.lists(st.tuples(st.sampled_from(["join", "leave", "ask"]), st.sampled_from("abcdef")), max_size=60))
def test_nobody_overtakes(taken) -> None:
    """Of two that wait, the one that came first is served first, whatever happens around them."""
    line, right = Line(), []
    for now, (what, call_id) in enumerate(taken):
        if what == "join":
            line.join(call_id, now / 10)
            right += [] if call_id in right else [call_id]
        elif what == "leave":
            line.leave(call_id)
            right = [one for one in right if one != call_id]
        expected = right.index(call_id) if call_id in right else len(right)
        assert line.ahead_of(call_id, now / 10) == expected
        assert len(line) == len(right)
