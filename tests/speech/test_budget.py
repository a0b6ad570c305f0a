"""The budget: events of a provider become money and turns."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.realtime.events import (
    ConversationItemInputAudioTranscriptionCompleted,
    RateLimit,
    RateLimitsUpdated,
    RawEvent,
    ResponseCreated,
    ResponseDone,
)
from npcl_voice.realtime.responses import (
    InputTokens,
    OutputTokens,
    Response,
    ResponseError,
    StatusDetails,
    TranscriptionUsage,
    Usage,
)
from npcl_voice.speech.budget import MOST_CALLS, Budget
from npcl_voice.speech.purse import Purse

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
USAGE = Usage(2_000, 1_500, 500, InputTokens(1_000, 500), OutputTokens(100, 400))
COST = (1_000 * 4 + 500 * 32 + 100 * 24 + 400 * 64) / 1_000_000


def budget(model: str = "gpt-realtime-2.1", transcriber: str = "gpt-live-transcribe", **caps: float) -> Budget:
    return Budget(model, transcriber, Purse(caps.get("per_call", 1.0), caps.get("per_day", 50.0), lambda: NOW))


def done(usage: Usage | None = USAGE, status: str = "completed", code: str | None = None, id: str = "r"):
    """An answer is over."""
    details = StatusDetails(status, error=ResponseError(code=code)) if code else None
    return ResponseDone(response=Response(id=id, status=status, status_details=details, usage=usage))


def told(limit: int, remaining: int, reset_s: float = 60.0) -> RateLimitsUpdated:
    """The server tells its limit of tokens."""
    return RateLimitsUpdated(rate_limits=(RateLimit("tokens", limit, remaining, reset_s),))


def transcript(usage: TranscriptionUsage | None) -> ConversationItemInputAudioTranscriptionCompleted:
    return ConversationItemInputAudioTranscriptionCompleted(item_id="i", usage=usage)


# Money.


def test_answers_and_transcripts_are_charged_to_their_call() -> None:
    """Each at its own price; other events cost nothing."""
    here = budget()
    here.saw("a", done(), 0.0)
    here.saw("a", transcript(TranscriptionUsage("duration", seconds=60)), 0.0)
    here.saw("a", transcript(None), 0.0)
    here.saw("a", RawEvent("conversation.created", {}), 0.0)
    assert here.purse.call_spent("a") == pytest.approx(COST + 0.017)
    assert here.purse.call_spent("b") == 0
    assert here.guessed == 0
    assert here.cost_of(USAGE) == pytest.approx(COST)


@pytest.mark.parametrize("usage", [None, Usage(input_tokens=-1)])
def test_an_answer_without_a_usage_costs_what_the_last_ones_did(usage) -> None:
    """A server that tells nothing, or nonsense, does not get round the caps."""
    here = budget()
    here.saw("a", done(usage, "cancelled"), 0.0)
    assert here.purse.day_spent() == 0
    here.saw("a", done(), 0.0)
    here.saw("b", done(usage, "cancelled"), 0.0)
    assert here.purse.call_spent("b") == pytest.approx(COST)
    assert here.guessed == 2


def test_the_cost_of_an_answer_is_a_moving_average() -> None:
    """The newest counts a fifth."""
    here = budget()
    here.saw("a", done(), 0.0)
    here.saw("a", done(Usage()), 0.0)
    here.saw("b", done(None), 0.0)
    assert here.purse.call_spent("b") == pytest.approx(COST * 0.8)


def test_an_answer_that_was_never_made_costs_nothing() -> None:
    """A failed one has no usage; if it has, it is billed."""
    here = budget()
    here.saw("a", done(), 0.0)
    here.saw("b", done(None, "failed", "server_error"), 0.0)
    assert here.purse.call_spent("b") == 0
    here.saw("b", done(USAGE, "failed"), 0.0)
    assert here.purse.call_spent("b") == pytest.approx(COST)


def test_a_transcript_whose_length_cannot_be_is_not_charged() -> None:
    """It is counted among the guessed."""
    here = budget()
    here.saw("a", transcript(TranscriptionUsage("duration", seconds=-1)), 0.0)
    assert (here.purse.day_spent(), here.guessed) == (0, 1)


@pytest.mark.parametrize(
    ("model", "transcriber", "end"),
    [
        ("gpt-realtime-2.1", "whisper-1", ", by prices of July 2026"),
        ("ours", "whisper-1", "; no price of ours is known, so the dearest known is counted"),
        ("ours", "theirs", "; no price of ours and theirs is known, so the dearest known is counted"),
    ],
)
def test_the_caps_and_their_prices_are_told_in_one_line(model, transcriber, end) -> None:
    """Whoever starts a call sees what it may cost, and whether that is counted by a known price."""
    assert budget(model, transcriber).describe() == f"at most $1.00 a call and $50.00 a day{end}"
    nothing = budget(model, transcriber, per_call=0).describe()
    assert nothing == f"nothing may be spent (NPCL_SPEND_PER_CALL=0){end}"


def test_a_call_that_goes_on_elsewhere_does_not_get_its_money_back() -> None:
    """Only at its end is it forgotten; the day's money is not."""
    here = budget(per_call=COST, per_day=2 * COST)
    here.begin("a")
    here.saw("a", done(), 0.0)
    here.pause("a")
    assert here.call_over("a") == "spend_call"
    assert here.may_begin() is None
    here.forget("a")
    assert here.call_over("a") is None
    here.saw("b", done(), 0.0)
    assert here.may_begin() == "spend_day"


# Whose turn it is.


def test_a_new_call_begins_at_once_while_there_is_room() -> None:
    """Without limits, and with plenty left."""
    here = budget()
    assert here.wait_s(0.0) == 0
    assert here.ready("a", 0.0)
    here.saw("x", told(40_000, 40_000), 0.0)
    assert here.ready("a", 0.0)
    assert here.left(0.0) == {"tokens": 1.0}


def test_calls_that_go_on_come_before_a_new_one() -> None:
    """An answer of each is kept free: with room for three, the third new call waits for what two may need."""
    here = budget()
    here.saw("x", told(40_000, 8_000, 60.0), 0.0)  # 2,000 are never planned with, an answer takes 2,000
    for call_id in "ab":
        assert here.ready(call_id, 0.0)
        here.begin(call_id)
    assert here.ready("c", 0.0)
    here.begin("c")
    assert not here.ready("d", 0.0)
    assert here.wait_s(0.0, "d") == pytest.approx(2_000 / (32_000 / 60))
    assert here.ready("d", 3.8)
    here.pause("a")
    assert here.ready("d", 0.0)


def test_a_call_that_comes_back_goes_before_all_new_ones() -> None:
    """It needs room for its own answer; neither the line nor what is kept free for others holds it up."""
    here = budget()
    here.saw("x", told(40_000, 4_000, 60.0), 0.0)  # room for one answer
    here.begin("a")
    assert here.ready("a", 0.0)
    here.pause("a")
    here.begin("b")
    assert here.enqueue("new", 0.0)
    assert here.enqueue("a", 0.0)
    assert not here.ready("new", 0.0)
    assert here.ready("a", 0.0)
    assert here.wait_s(0.0, "a") == 0 < here.wait_s(0.0, "new")
    here.begin("a")
    here.pause("a")
    here.forget("a")
    assert not here.ready("a", 0.0)


def test_calls_that_went_elsewhere_do_not_fill_the_memory() -> None:
    """The one that went first is forgotten, and waits like a new one if it comes back."""
    here = budget()
    here.saw("x", told(40_000, 4_000, 60.0), 0.0)
    for number in range(MOST_CALLS + 1):
        here.begin(f"{number}")
        here.pause(f"{number}")
    here.begin("one that goes on")
    assert not here.ready("0", 0.0)
    assert here.ready("1", 0.0)
    here.pause("never here")
    assert not here.ready("never here", 0.0)


def test_more_calls_than_the_limit_carries_wait_for_ever() -> None:
    """The switch then takes the embedded engine at once."""
    here = budget()
    here.saw("x", told(4_000, 4_000), 0.0)
    here.begin("a")
    assert here.wait_s(0.0) == math.inf


def test_waiting_calls_have_their_turn_in_the_order_in_which_they_came() -> None:
    """The first may begin when there is room for it; the second only when there is room for both."""
    here = budget()
    here.saw("x", told(40_000, 2_000, 60.0), 0.0)
    assert here.enqueue("a", 0.0)
    assert here.enqueue("b", 0.0)
    assert here.waiting() == 2
    assert not here.ready("a", 0.0)
    first, second = here.wait_s(0.0, "a"), here.wait_s(0.0, "b")
    assert 0 < first < second < here.wait_s(0.0)
    assert not here.ready("b", second + 0.01)
    assert here.ready("a", first + 0.01)
    here.begin("a")
    assert not here.ready("b", first + 0.01)
    assert here.ready("b", second + 0.01)
    here.leave("b")
    assert here.waiting() == 0


def test_a_refusal_for_the_limits_holds_new_calls_back_at_once() -> None:
    """Both names that providers have for it; another failure does not."""
    for code, waits in (("rate_limit_exceeded", True), ("inference_rate_limit_exceeded", True), ("x", False)):
        here = budget()
        here.saw("a", told(40_000, 40_000), 0.0)
        here.saw("a", done(None, "failed", code), 0.0)
        assert (here.wait_s(0.0) > 0) == waits


def test_an_answer_is_taken_from_the_limit_when_it_begins() -> None:
    """Not only when the server has told its limits anew."""
    here = budget()
    here.saw("a", told(40_000, 40_000), 0.0)
    here.saw("a", ResponseCreated(response=Response(id="r")), 0.0)
    assert here.left(0.0) == {"tokens": 0.95}
    here.saw("a", done(Usage(total_tokens=6_000)), 0.0)
    assert here.left(0.0) == {"tokens": 0.85}


def test_what_a_call_says_after_its_end_keeps_nothing_free_for_it() -> None:
    """Late events are charged, but the call stays gone."""
    here = budget()
    here.saw("x", told(4_200, 4_200), 0.0)
    here.begin("a")
    here.forget("a")
    here.saw("a", done(Usage(total_tokens=2_000)), 0.0)
    assert here.wait_s(60.0) == 0


numbers = st.none() | st.integers(-5, 10**5) | st.just(10**400)
events = st.one_of(
    st.builds(done, st.none() | st.builds(Usage, numbers, numbers, numbers), st.sampled_from(["completed", "failed"])),
    st.builds(transcript, st.none() | st.builds(TranscriptionUsage, st.just("x"), st.none() | st.floats(), numbers)),
    st.builds(
        lambda *limit: RateLimitsUpdated(rate_limits=(RateLimit("tokens", *limit),)),
        numbers,
        numbers,
        st.none() | st.floats(),
    ),
)


@given(st.lists(st.tuples(st.sampled_from("abc"), events), max_size=40))
def test_whatever_a_server_says_the_budget_stays_sane(said) -> None:
    """Never an exception, never money that comes back, never a wait below nothing."""
    here, spent = budget(), 0.0
    for second, (call_id, event) in enumerate(said):
        here.saw(call_id, event, float(second))
        assert spent <= here.purse.day_spent() < math.inf
        spent = here.purse.day_spent()
        assert here.wait_s(float(second)) >= 0
        assert all(0 <= share <= 1 for share in here.left(float(second)).values())
