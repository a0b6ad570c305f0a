"""Who answers when: one response at a time, whoever asks."""

import msgspec
import pytest

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime import items as i
from npcl_voice.realtime.faults import Action
from npcl_voice.realtime.responses import Response, ResponseError, StatusDetails
from npcl_voice.realtime.rules import MAX_TEXT
from tests.realtime.answering import (
    ACTIVE,
    FIRST,
    NOT_ACTIVE,
    SECOND,
    begun,
    create,
    done,
    ended,
    refusal,
    tool,
)


def test_an_answer_is_asked_for_and_comes() -> None:
    """It is under way from the moment when it is asked for."""
    answers = begun()
    assert not answers.busy
    assert answers.request(FIRST) == create("e1", FIRST)
    assert answers.busy
    assert answers.created(Response("r")) == ([h.ResponseBegan("r")], [])
    assert answers.busy
    assert answers.done(done("r")) == ([ended("r")], [])
    assert not answers.busy


@pytest.mark.parametrize("begun_already", [True, False])
def test_the_latest_wish_is_sent_when_the_way_is_free(begun_already: bool) -> None:
    """One, however many there were."""
    answers = begun()
    answers.request(None)
    if begun_already:
        answers.created(Response("r"))
    assert answers.request(FIRST) == []
    assert answers.request(SECOND) == []
    assert answers.done(done("r")) == ([ended("r")], create("e2", SECOND))
    assert answers.done(done("s")) == ([ended("s")], [])


@pytest.mark.parametrize("status", ["cancelled", "incomplete", "failed", "completed", "a_new_one", None])
def test_every_end_frees_the_way(status: str | None) -> None:
    """However it ended; no status is a good one."""
    answers = begun()
    answers.request(None)
    answers.request(None)
    answers.created(Response("r"))
    action = Action.RETRY if status == "failed" else Action.IGNORE
    end = msgspec.structs.replace(ended("r", status or "completed"), action=action)
    assert answers.done(done("r", status)) == ([end], create("e2"))


def test_an_end_says_why() -> None:
    """Reason, code and message."""
    answers = begun()
    error = ResponseError("tokens", "rate_limit_exceeded", "Please try again in 6.5s.")
    details = StatusDetails("failed", "content_filter", error)
    response = Response("r", status="failed", status_details=details, output=None)
    assert answers.done(response)[0] == [
        h.ResponseEnded("r", "failed", "content_filter", "rate_limit_exceeded", error.message, False, Action.RETRY, 6.5)
    ]
    cancelled = Response("s", status="cancelled", status_details=StatusDetails("cancelled", "turn_detected"))
    assert answers.done(cancelled)[0] == [h.ResponseEnded("s", "cancelled", "turn_detected", None, None, False)]


def test_what_comes_twice_counts_once() -> None:
    """A second beginning, a second end, and a beginning after the end."""
    answers = begun()
    answers.request(None)
    answers.created(Response("r"))
    assert answers.created(Response("r")) == ([], [])
    answers.done(done("r"))
    assert answers.done(done("r")) == ([], [])
    assert answers.created(Response("r")) == ([], [])
    assert not answers.busy


def test_a_beginning_that_comes_twice_is_not_the_next_one() -> None:
    """The next one is still awaited."""
    answers = begun()
    answers.request(None)
    answers.created(Response("r"))
    answers.done(done("r"))
    answers.request(None)
    answers.created(Response("r"))
    assert answers.busy
    answers.done(done("r"))
    assert answers.busy


def test_a_server_may_answer_by_itself_meanwhile() -> None:
    """Two at once: the way is free when both are over."""
    answers = begun()
    answers.created(Response("r"))
    answers.created(Response("s"))
    assert answers.request(None) == []
    assert answers.done(done("r")) == ([ended("r")], [])
    assert answers.done(done("s")) == ([ended("s")], create("e1"))


@pytest.mark.parametrize("event_id", ["e1", None])
@pytest.mark.parametrize("known", [True, False])
def test_a_create_that_came_second_is_sent_again(event_id: str | None, known: bool) -> None:
    """After the other one's end, whether we had heard of the other one or not."""
    answers = begun()
    answers.request(FIRST)
    if known:
        answers.created(Response("r"))
    assert answers.refused(refusal(ACTIVE, event_id)) == ([], [])
    assert answers.busy
    assert answers.refused(refusal(ACTIVE, event_id)) == ([], [])
    assert answers.done(done("r")) == ([ended("r")], create("e2", FIRST))
    assert answers.busy


def test_a_later_wish_goes_before_the_refused_one() -> None:
    """The latest counts."""
    answers = begun()
    answers.request(FIRST)
    answers.request(SECOND)
    answers.refused(refusal(ACTIVE, "e1"))
    assert answers.done(done("r"))[1] == create("e2", SECOND)


def test_a_refusal_of_something_else_is_no_wish() -> None:
    """An unknown event, or one that was cancelled since."""
    answers = begun()
    answers.request(None)
    answers.refused(refusal(ACTIVE, "x"))
    answers.created(Response("r"))
    assert answers.done(done("r"))[1] == []
    answers.request(None)
    answers.created(Response("s"))
    answers.cancel()
    answers.refused(refusal(ACTIVE, "e2"))
    assert answers.done(done("s"))[1] == []


def test_another_refusal_frees_the_way() -> None:
    """The one who waits hears that there will be no answer."""
    answers = begun()
    answers.request(None)
    answers.request(FIRST)
    assert answers.refused(refusal("bad_response_create", "other")) == ([], [])
    assert answers.refused(refusal("invalid_value", None)) == ([], [])
    failed = h.ResponseEnded("", "failed", None, "bad_response_create", "no", False)
    assert answers.refused(refusal("bad_response_create", "e1")) == ([failed], create("e2", FIRST))
    failed = h.ResponseEnded("", "failed", None, "invalid_request_error", "no", False, Action.RETRY)
    assert answers.refused(refusal(None, "e2")) == ([failed], [])
    assert not answers.busy
    answers.refused(refusal(ACTIVE, "e2"))
    assert not answers.busy
    assert answers.done(done("r"))[1] == []


def test_an_answer_that_was_taken_for_ours_and_was_not() -> None:
    """The refusal of ours may come after its end; it is wanted still."""
    answers = begun()
    answers.request(FIRST)
    answers.created(Response("r"))
    answers.done(done("r"))
    assert answers.refused(refusal(ACTIVE, "e1")) == ([], [])
    assert answers.busy
    assert answers.done(done("s"))[1] == create("e2", FIRST)


def test_a_refusal_that_names_no_event_but_can_only_be_the_answers() -> None:
    """It frees the way like one that does; where nothing is awaited it concerns nobody."""
    answers = begun()
    assert answers.refused(refusal("bad_response_create", None)) == ([], [])
    answers.request(None)
    failed = h.ResponseEnded("", "failed", None, "bad_response_create", "no", False)
    assert answers.refused(refusal("bad_response_create", None)) == ([failed], [])
    assert not answers.busy


@pytest.mark.parametrize("event_id", [None, "x"])
def test_a_late_word_of_an_answer_in_the_way_blocks_nothing(event_id: str | None) -> None:
    """The one that it speaks of is over."""
    answers = begun()
    answers.request(None)
    answers.done(done("r"))
    answers.refused(refusal(ACTIVE, event_id))
    assert not answers.busy
    assert answers.request(FIRST) == create("e2", FIRST)


def test_cancelling_an_answer_that_is_awaited() -> None:
    """It has no id yet; when it begins it is cancelled already, and what was wanted is not any more."""
    answers = begun()
    answers.request(None)
    answers.request(FIRST)
    assert answers.cancel() == [e.ResponseCancel(event_id="e2")]
    assert answers.cancel() == []
    answers.created(Response("r"))
    assert answers.cancel() == []
    assert answers.audio(e.ResponseOutputAudioDelta("r", "a", delta=b"x")) == []
    assert answers.request(SECOND) == []
    assert answers.done(done("r", "cancelled")) == ([ended("r", "cancelled")], create("e3", SECOND))
    answers.created(Response("s"))
    assert len(answers.audio(e.ResponseOutputAudioDelta("s", "a", delta=b"x"))) == 1


def test_cancelling_an_answer_that_never_begins() -> None:
    """Its end is enough."""
    answers = begun()
    answers.request(None)
    answers.cancel()
    assert answers.done(done("r", "completed", tool())) == (
        [ended("r", "cancelled")],
        [e.ConversationItemDelete("f", event_id="e3")],
    )
    assert not answers.busy


def test_cancelling_all_that_is_under_way() -> None:
    """Each by its id."""
    answers = begun()
    assert answers.cancel() == []
    answers.created(Response("r"))
    answers.created(Response("s"))
    assert answers.cancel() == [e.ResponseCancel("r", event_id="e1"), e.ResponseCancel("s", event_id="e2")]


def test_nothing_was_there_to_be_cancelled() -> None:
    """Nothing more is to be expected of it, and the next may come."""
    answers = begun()
    answers.created(Response("r"))
    answers.item_done("r", tool())
    answers.cancel()
    answers.request(FIRST)
    assert answers.refused(refusal(NOT_ACTIVE, "x")) == ([], [])
    assert answers.refused(refusal(NOT_ACTIVE, "e1")) == (
        [ended("r", "cancelled", called_tools=True)],
        create("e2", FIRST),
    )
    assert answers.refused(refusal(NOT_ACTIVE, None)) == ([], [])
    assert answers.refused(refusal(NOT_ACTIVE, "e1")) == ([], [])
    assert answers.done(done("r")) == ([], [])


def test_cancellations_that_are_refused_without_a_name_are_taken_in_order() -> None:
    """Those that did cancel something are not among them."""
    answers = begun()
    answers.created(Response("r"))
    answers.cancel()
    answers.done(done("r", "cancelled"))
    answers.created(Response("s"))
    answers.cancel()
    answers.done(done("s", "completed"))
    answers.created(Response("t"))
    answers.cancel()
    assert answers.refused(refusal(NOT_ACTIVE, None)) == ([], [])
    assert answers.busy
    assert answers.refused(refusal(NOT_ACTIVE, None)) == ([ended("t", "cancelled")], [])
    assert answers.refused(refusal(NOT_ACTIVE, None)) == ([], [])


def test_a_cancellation_that_came_after_the_servers_own() -> None:
    """What ends by turn detection leaves our cancellation without an object: its refusal is still to come."""
    answers = begun()
    answers.created(Response("r"))
    answers.cancel()
    answers.done(Response("r", status="cancelled", status_details=StatusDetails("cancelled", "turn_detected")))
    answers.created(Response("s"))
    answers.cancel()
    assert answers.refused(refusal(NOT_ACTIVE, None)) == ([], [])
    assert answers.busy


def test_an_answer_that_was_given_up_and_was_there_after_all() -> None:
    """Its end frees the way that it was in."""
    answers = begun()
    answers.created(Response("r"))
    answers.cancel()
    answers.refused(refusal(NOT_ACTIVE, "e1"))
    answers.request(FIRST)
    answers.refused(refusal(ACTIVE, "e2"))
    assert answers.busy
    assert answers.audio(e.ResponseOutputAudioDelta("r", "a", delta=b"x")) == []
    assert answers.done(done("r", "cancelled")) == ([], create("e3", FIRST))


def test_a_create_that_got_lost_was_to_be_cancelled() -> None:
    """The one who waits hears of it; a later one is not meant."""
    answers = begun()
    answers.request(None)
    answers.cancel()
    assert answers.refused(refusal(NOT_ACTIVE, "e2")) == ([ended("", "cancelled")], [])
    answers.request(None)
    answers.cancel()
    answers.done(done("r"))
    answers.request(None)
    assert answers.refused(refusal(NOT_ACTIVE, "e4")) == ([], [])
    assert answers.busy


def test_a_response_that_only_the_server_knows() -> None:
    """It can be cancelled too, and if it is not there, the way is free."""
    answers = begun()
    answers.request(FIRST)
    answers.refused(refusal(ACTIVE, "e1"))
    assert answers.cancel() == [e.ResponseCancel(event_id="e2")]
    assert answers.request(SECOND) == []
    assert answers.refused(refusal(NOT_ACTIVE, "e2")) == ([], create("e3", SECOND))


@pytest.mark.parametrize("seen", [True, False])
def test_an_answer_in_the_way_that_is_cancelled(seen: bool) -> None:
    """Nothing of it gets through, whether our own was cancelled before or it is cancelled now."""
    answers = begun()
    answers.request(FIRST)
    if seen:
        answers.refused(refusal(ACTIVE, "e1"))
        assert answers.cancel() == [e.ResponseCancel(event_id="e2")]
    else:
        assert answers.cancel() == [e.ResponseCancel(event_id="e2")]
        answers.refused(refusal(ACTIVE, "e1"))
    assert answers.cancel() == []
    assert answers.audio(e.ResponseOutputAudioDelta("r", "a", delta=b"x")) == [h.ResponseBegan("r")]
    assert answers.cancel() == []
    assert answers.done(done("r", "cancelled")) == ([ended("r", "cancelled")], [])
    assert not answers.busy


def test_an_answer_without_an_id_does_not_end_the_next_one() -> None:
    """A server may leave it out."""
    answers = begun()
    for _ in range(2):
        assert answers.created(Response()) == ([h.ResponseBegan("")], [])
        assert answers.done(Response(status="completed")) == ([ended("")], [])


def test_whatever_comes_of_an_answer_begins_it() -> None:
    """Its beginning may be missing; until its end it is under way, and was the one that was awaited."""
    answers = begun()
    answers.request(None)
    words = e.ResponseOutputTextDelta("r", "a", delta="x")
    assert answers.words(words) == [h.ResponseBegan("r"), h.AssistantText("r", "a", 0, "x")]
    assert answers.created(Response("r")) == ([], [])
    assert answers.request(FIRST) == []
    assert answers.done(done("r")) == ([ended("r")], create("e2", FIRST))


@pytest.mark.parametrize("late", ["cancelled", "over"])
def test_late_sound_and_words_are_dropped(late: str) -> None:
    """Nothing of an answer that is cancelled or over gets through."""
    answers = begun()
    answers.created(Response("r"))
    if late == "over":
        answers.done(done("r"))
    else:
        answers.cancel()
    assert answers.audio(e.ResponseOutputAudioDelta("r", "a", delta=b"x")) == []
    assert answers.received_bytes("a") == 0
    assert answers.words(e.ResponseOutputTextDelta("r", "a", delta="x")) == []
    assert answers.all_words(e.ResponseOutputTextDone("r", "a", text="x"), "x") == []
    assert answers.item_done("r", i.Message("assistant", (), id="a")) == ([], [])


def test_sound_and_words_come_with_their_place() -> None:
    """Also of a response of which we were not told; empty ones are no news."""
    answers = begun()
    assert answers.audio(e.ResponseOutputAudioDelta("r", "a", 0, 1, b"xy")) == [
        h.ResponseBegan("r"),
        h.AssistantAudio("r", "a", 1, b"xy"),
    ]
    assert answers.audio(e.ResponseOutputAudioDelta("r", "a", 0, 1, b"z")) == [h.AssistantAudio("r", "a", 1, b"z")]
    assert answers.audio(e.ResponseOutputAudioDelta("r", "a", 0, 1, b"")) == []
    assert answers.received_bytes("a") == 3
    words = e.ResponseOutputAudioTranscriptDelta("r", "a", 0, 1, "one ")
    assert answers.words(words) == [h.AssistantText("r", "a", 1, "one ")]
    assert answers.words(e.ResponseOutputTextDelta("r", "a", 0, 1, "")) == []


def test_all_words_are_news_where_none_came_before() -> None:
    """Part by part."""
    answers = begun()
    answers.words(e.ResponseOutputAudioTranscriptDelta("r", "a", 0, 0, "one"))
    assert answers.all_words(e.ResponseOutputAudioTranscriptDone("r", "a", 0, 0, "one"), "one") == []
    second = e.ResponseOutputTextDone("r", "a", 0, 1, "two")
    assert answers.all_words(second, "two") == [h.AssistantText("r", "a", 1, "two")]
    assert answers.all_words(second, "two") == []
    assert answers.item_done("r", i.Message("assistant", (), id="a"))[0] == [h.MessageEnded("r", "a", "one two")]


def test_a_message_ends_with_its_words() -> None:
    """Those of the item, or else those that came before."""
    answers = begun()
    answers.words(e.ResponseOutputTextDelta("r", "a", delta="one "))
    answers.words(e.ResponseOutputTextDelta("r", "a", delta="two"))
    bare = i.Message("assistant", (), id="a")
    assert answers.item_done("r", bare) == ([h.MessageEnded("r", "a", "one two")], [])
    assert answers.item_done("r", bare) == ([], [])
    answers.words(e.ResponseOutputTextDelta("r", "b", delta="one two"))
    whole = i.Message("assistant", (i.OutputAudio("one two three"),), id="b")
    assert answers.item_done("r", whole) == ([h.MessageEnded("r", "b", "one two three")], [])
    for _ in range(2):
        assert answers.item_done("r", i.Message("assistant", ())) == ([h.MessageEnded("r", "", "")], [])
    assert answers.item_done("r", i.OtherItem({"type": "mcp_call", "id": "a"})) == ([], [])


def test_words_are_kept_up_to_a_limit() -> None:
    """A server that does not stop fills no memory."""
    answers = begun()
    for _ in range(2):
        answers.words(e.ResponseOutputTextDelta("r", "a", delta="x" * MAX_TEXT))
    assert answers.item_done("r", i.Message("assistant", (), id="a"))[0] == [h.MessageEnded("r", "a", "x" * MAX_TEXT)]
