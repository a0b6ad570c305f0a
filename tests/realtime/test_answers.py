"""Who answers when: one response at a time, whoever asks."""

import pytest

from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime import items as i
from npcl_voice.realtime.answers import Answers
from npcl_voice.realtime.responses import Response, ResponseError, StatusDetails
from npcl_voice.realtime.rules import MAX_TEXT
from npcl_voice.realtime.session import ResponseParameters

ACTIVE = "conversation_already_has_active_response"
NOT_ACTIVE = "response_cancel_not_active"
FIRST = ResponseParameters(instructions="first")
SECOND = ResponseParameters(instructions="second")


class Ids:
    """Counted ids."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        return f"e{self.count}"


def begun() -> Answers:
    return Answers(Ids())


def create(event_id: str, parameters: ResponseParameters | None = None) -> list[e.ResponseCreate]:
    return [e.ResponseCreate(parameters, event_id=event_id)]


def refusal(code: str | None, event_id: str | None) -> e.ErrorDetail:
    return e.ErrorDetail("invalid_request_error", "no", code, None, event_id)


def done(response_id: str, status: str | None = "completed", *output: i.Item) -> Response:
    return Response(response_id, status=status, output=output)


def ended(response_id: str, status: str = "completed", *, called_tools: bool = False) -> h.ResponseEnded:
    return h.ResponseEnded(response_id, status, None, None, None, called_tools)


def called(response_id: str, call_id: str = "c", item_id: str = "f") -> h.ToolCalled:
    return h.ToolCalled(response_id, item_id, call_id, "no_supply", "{}")


def tool(status: str | None = "completed", call_id: str | None = "c", item_id: str | None = "f") -> i.FunctionCall:
    return i.FunctionCall("no_supply", "{}", call_id, item_id, status=status)


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
    assert answers.done(done("r", status)) == ([ended("r", status or "completed")], create("e2"))


def test_an_end_says_why() -> None:
    """Reason, code and message."""
    answers = begun()
    details = StatusDetails("failed", "content_filter", ResponseError("tokens", "rate_limit_exceeded", "later"))
    response = Response("r", status="failed", status_details=details, output=None)
    assert answers.done(response)[0] == [
        h.ResponseEnded("r", "failed", "content_filter", "rate_limit_exceeded", "later", False)
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
    assert answers.refused(refusal("bad_response_create", None)) == ([], [])
    failed = h.ResponseEnded("", "failed", None, "bad_response_create", "no", False)
    assert answers.refused(refusal("bad_response_create", "e1")) == ([failed], create("e2", FIRST))
    failed = h.ResponseEnded("", "failed", None, "invalid_request_error", "no", False)
    assert answers.refused(refusal(None, "e2")) == ([failed], [])
    assert not answers.busy
    answers.refused(refusal(ACTIVE, "e2"))
    assert answers.done(done("r"))[1] == []


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
        [ended("r")],
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
    assert answers.refused(refusal(NOT_ACTIVE, None)) == ([], [])
    assert answers.refused(refusal(NOT_ACTIVE, "e1")) == (
        [ended("r", "cancelled", called_tools=True)],
        create("e2", FIRST),
    )
    assert answers.refused(refusal(NOT_ACTIVE, "e1")) == ([], [])
    assert answers.done(done("r")) == ([], [])


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
    assert answers.audio(e.ResponseOutputAudioDelta("r", "a", 0, 1, b"xy")) == [h.AssistantAudio("r", "a", 1, b"xy")]
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
    whole = i.Message("assistant", (i.OutputAudio("one two three"),), id="a")
    assert answers.item_done("r", whole) == ([h.MessageEnded("r", "a", "one two three")], [])
    assert answers.item_done("r", i.Message("assistant", ())) == ([h.MessageEnded("r", "", "")], [])
    assert answers.item_done("r", i.OtherItem({"type": "mcp_call", "id": "a"})) == ([], [])


def test_words_are_kept_up_to_a_limit() -> None:
    """A server that does not stop fills no memory."""
    answers = begun()
    for _ in range(2):
        answers.words(e.ResponseOutputTextDelta("r", "a", delta="x" * MAX_TEXT))
    assert answers.item_done("r", i.Message("assistant", (), id="a"))[0] == [h.MessageEnded("r", "a", "x" * MAX_TEXT)]


@pytest.mark.parametrize("status", ["completed", None])
def test_a_tool_is_called_once(status: str | None) -> None:
    """Item and response tell of the same call."""
    answers = begun()
    answers.created(Response("r"))
    assert answers.item_done("r", tool(status)) == ([called("r")], [])
    assert answers.item_done("r", tool(status)) == ([], [])
    assert answers.done(done("r", "completed", tool(status))) == ([ended("r", called_tools=True)], [])
    assert answers.item_done("r", tool(status)) == ([], [])
    assert answers.item_done("unknown", tool(status, "d")) == ([called("unknown", "d")], [])


def test_a_tool_is_called_though_only_the_end_tells_of_it() -> None:
    """A server may leave out the item's own event."""
    answers = begun()
    answers.created(Response("r"))
    message = i.Message("assistant", (), id="a")
    happened, to_send = answers.done(done("r", "completed", message, tool(), tool(None, "d", "g")))
    assert happened == [called("r"), called("r", "d", "g"), ended("r", called_tools=True)]
    assert to_send == []


def test_tools_and_a_wish_come_in_order() -> None:
    """A call that is taken out goes before the next answer."""
    answers = begun()
    answers.created(Response("r"))
    answers.request(None)
    assert answers.done(done("r", "incomplete", tool("incomplete"))) == (
        [ended("r", "incomplete")],
        [e.ConversationItemDelete("f", event_id="e1"), *create("e2")],
    )


@pytest.mark.parametrize(
    "item",
    [
        tool("incomplete"),
        tool("in_progress"),
        tool(call_id=None),
        tool(call_id=""),
        i.FunctionCall("", "{}", "c", "f"),
    ],
)
def test_a_call_that_is_not_whole_is_taken_out(item: i.FunctionCall) -> None:
    """It would wait for its output for ever; once is enough."""
    answers = begun()
    answers.created(Response("r"))
    assert answers.item_done("r", item) == ([], [e.ConversationItemDelete("f", event_id="e1")])
    assert answers.item_done("r", item) == ([], [])
    assert answers.done(done("r", "completed", item)) == ([ended("r")], [])


def test_a_call_of_a_cancelled_answer_is_taken_out() -> None:
    """Unless it was made before; without an id nothing can be done."""
    answers = begun()
    answers.created(Response("r"))
    answers.item_done("r", tool())
    answers.cancel()
    assert answers.item_done("r", tool(call_id="d", item_id="g")) == (
        [],
        [e.ConversationItemDelete("g", event_id="e2")],
    )
    assert answers.item_done("r", tool(call_id="d", item_id=None)) == ([], [])
    late = done("r", "completed", tool(), tool(call_id="d", item_id="g"), tool(call_id="x", item_id="h"))
    assert answers.done(late) == (
        [ended("r", called_tools=True)],
        [e.ConversationItemDelete("h", event_id="e3")],
    )


@pytest.mark.parametrize("status", ["cancelled", "incomplete", "failed"])
def test_a_call_of_an_answer_that_failed_is_not_made_at_its_end(status: str) -> None:
    """Only a completed answer's calls are."""
    answers = begun()
    assert answers.done(done("r", status, tool())) == (
        [ended("r", status)],
        [e.ConversationItemDelete("f", event_id="e1")],
    )
