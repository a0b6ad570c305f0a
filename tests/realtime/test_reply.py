"""What a server owes its client about its answers: from the wish to the one end."""

import pytest

from npcl_voice.realtime import events as e
from npcl_voice.realtime import items as i
from npcl_voice.realtime import orders as o
from npcl_voice.realtime import session as s
from npcl_voice.realtime.responses import ResponseError, StatusDetails
from npcl_voice.realtime.server import MAX_REPLIES, Out, ServerSession
from tests.realtime.joined import MANUAL, MS
from tests.realtime.serving import TEXT, begun, names, only, refused, sound, typed


def test_a_response_is_asked_of_the_engine_with_everything_it_needs() -> None:
    """What the client left out is the session's, references are resolved, metadata comes back."""
    server = begun(s.SessionConfig(instructions="Be brief."))
    server.receive(e.ConversationItemCreate(typed("a")))
    wish = s.ResponseParameters(
        conversation="none", input=(i.ItemReference("a"), typed("b")), metadata={"task": "topic"}, max_output_tokens=9
    )
    out = server.receive(e.ResponseCreate(wish))
    assert names(out) == ["response.created", "RespondTo"]
    parameters = only(out, o.RespondTo).parameters
    assert parameters.instructions == "Be brief."
    assert [i.item_id_of(item) for item in parameters.input] == ["a", "b"]
    assert parameters.input[0] == server.items[0]
    response = only(out, e.ResponseCreated).response
    assert response == e.Response(
        id="resp_1",
        status="in_progress",
        conversation_id=None,
        output_modalities=("audio",),
        max_output_tokens=9,
        audio=s.ResponseAudio(s.ResponseAudioOutput(s.Pcm(), "marin")),
        metadata={"task": "topic"},
    )
    done = only(server.finish("resp_1"), e.ResponseDone).response
    assert done.metadata == {"task": "topic"}
    assert done.usage.input_tokens == 3 + 2 + 2


def test_a_response_beside_the_conversation_leaves_no_items() -> None:
    """It runs while another is active, and its message is not truncated or found."""
    server = begun(MANUAL)
    server.receive(e.ResponseCreate())
    server.receive(e.ResponseCreate(s.ResponseParameters(conversation="none", input=())))
    assert server.active == "resp_1"
    out = [*server.text("resp_2", "aside"), *server.audio("resp_2", b"\0" * 50 * MS), *server.finish("resp_2")]
    assert names(out) == [
        "response.output_item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.done",
        "rate_limits.updated",
    ]
    assert server.items == ()
    assert server.active == "resp_1"
    assert only(out, e.ResponseDone).response.conversation_id is None


def test_so_many_responses_at_once_and_no_more() -> None:
    """One is active, the others beside it, and there is an end to it."""
    server = begun(MANUAL)
    server.receive(e.ResponseCreate())
    out = server.receive(e.ResponseCreate(event_id="c"))
    assert refused(out) == ("conversation_already_has_active_response", None, "c")
    message = "Conversation already has an active response in progress: resp_1. Wait until it is done."
    assert only(out, e.ErrorEvent).error.message == message
    aside = e.ResponseCreate(s.ResponseParameters(conversation="none"), event_id="c")
    for _ in range(MAX_REPLIES - 1):
        assert names(server.receive(aside)) == ["response.created", "RespondTo"]
    out = server.receive(aside)
    assert refused(out) == ("rate_limit_exceeded", None, "c")
    assert only(out, e.ErrorEvent).error.message == "16 responses are under way already"


def test_a_response_is_cancelled_by_id_or_because_it_is_active() -> None:
    """What was said stays, as an incomplete item; what was held is not sent."""
    server = begun(MANUAL)
    server.receive(e.ResponseCreate())
    server.receive(e.ResponseCreate(s.ResponseParameters(conversation="none")))
    out = server.receive(e.ResponseCancel("resp_2"))
    assert out[-1] == o.CancelResponse("resp_2", "client_cancelled")
    server.text("resp_1", "A long story")
    server.audio("resp_1", b"\0" * 120 * MS)
    assert server.audio("resp_1", b"\0" * 49 * MS) == []
    out = server.receive(e.ResponseCancel())
    assert names(out) == [
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
        "rate_limits.updated",
        "CancelResponse",
    ]
    response = only(out, e.ResponseDone).response
    assert response.status_details == StatusDetails("cancelled", "client_cancelled")
    item = i.Message(
        "assistant", (i.OutputAudio("A long story"),), id="item_1", object="realtime.item", status="incomplete"
    )
    assert response.output == (item,)
    assert server.items == (item,)
    assert response.usage.output_token_details.audio_tokens == 3
    assert refused(server.receive(e.ResponseCancel()))[0] == "response_cancel_not_active"


def test_what_comes_of_a_response_that_is_over_is_dropped() -> None:
    """The engine may be late."""
    server = begun(MANUAL)
    server.receive(e.ResponseCreate())
    server.receive(e.ResponseCancel())
    assert server.begin_message("resp_1") == ("", [])
    assert server.text("resp_1", "a") == []
    assert server.audio("resp_1", b"\0" * 9600) == []
    assert server.end_message("resp_1") == []
    assert server.call_function("resp_1", "f", "{}") == []
    assert server.finish("resp_1") == []


def test_sound_is_sent_in_pieces_of_50_to_200_ms() -> None:
    """What is less waits for more, or for the end; samples are not cut."""
    server = begun(MANUAL)
    server.receive(e.ResponseCreate())

    def lengths(out: list[Out]) -> list[int]:
        return [len(step.delta) for step in out if isinstance(step, e.ResponseOutputAudioDelta)]

    assert lengths(server.audio("resp_1", b"")) == []
    assert lengths(server.audio("resp_1", b"\0" * (50 * MS - 1))) == []
    assert lengths(server.audio("resp_1", b"\0" * 2)) == [50 * MS]
    assert lengths(server.audio("resp_1", b"\0" * (450 * MS))) == [200 * MS, 200 * MS, 50 * MS]
    assert lengths(server.audio("resp_1", b"\0" * (250 * MS - 2))) == [200 * MS]
    assert lengths(server.end_message("resp_1")) == [50 * MS - 2]
    assert lengths(server.audio("resp_1", b"\0")) == []
    assert lengths(server.end_message("resp_1")) == []
    assert server.end_message("resp_1") == []


def test_sound_in_a_telephone_format_has_pieces_of_the_same_time() -> None:
    """Eight bytes a millisecond, and odd lengths are whole there."""
    server = begun(MANUAL)
    output = s.ResponseAudio(s.ResponseAudioOutput(s.Pcma()))
    server.receive(e.ResponseCreate(s.ResponseParameters(audio=output)))
    out = server.audio("resp_1", b"\0" * 401)
    assert len(only(out, e.ResponseOutputAudioDelta).delta) == 401
    out = server.finish("resp_1")
    assert only(out, e.ResponseDone).response.usage.output_token_details.audio_tokens == 1


def test_a_message_begins_when_it_is_said_or_needed() -> None:
    """A second one completes the first; an empty word says nothing."""
    server = begun(TEXT)
    server.receive(e.ResponseCreate())
    assert server.text("resp_1", "") == []
    item_id, out = server.begin_message("resp_1")
    assert item_id == "item_1"
    assert names(out) == ["response.output_item.added", "conversation.item.added", "response.content_part.added"]
    item = i.Message("assistant", (), id="item_1", object="realtime.item", status="in_progress")
    assert only(out, e.ResponseOutputItemAdded).item == only(out, e.ConversationItemAdded).item == item
    assert out[2].part == i.Part("text", text="")  # type: ignore[union-attr]
    item_id, out = server.begin_message("resp_1")
    assert item_id == "item_2"
    assert only(out, e.ResponseOutputTextDone).item_id == "item_1"
    assert only(out, e.ResponseContentPartAdded).output_index == 1
    assert only(out, e.ConversationItemAdded).previous_item_id == "item_1"
    assert names(server.text("resp_1", "a")) == ["response.output_text.delta"]
    response = only(server.finish("resp_1"), e.ResponseDone).response
    assert [i.text_of(item) for item in response.output] == ["", "a"]


def test_a_message_that_was_deleted_is_not_done_in_the_conversation() -> None:
    """The response still tells of it."""
    server = begun(TEXT)
    server.receive(e.ResponseCreate())
    server.text("resp_1", "a")
    server.receive(e.ConversationItemDelete("item_1"))
    assert names(server.end_message("resp_1")) == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
    ]
    assert server.items == ()


def test_a_function_is_called_with_everything_in_order() -> None:
    """What was being said is complete first; the call's id is new."""
    server = begun(MANUAL)
    server.receive(e.ConversationItemCreate(i.FunctionCall("f", "{}", "call_1", id="mine")))
    server.receive(e.ResponseCreate())
    server.text("resp_1", "One moment.")
    out = server.call_function("resp_1", "no_supply", '{"area":"x"}')
    assert names(out) == [
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.output_item.added",
        "conversation.item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "conversation.item.done",
        "response.output_item.done",
    ]
    item = i.FunctionCall(
        "no_supply", '{"area":"x"}', "call_2", id="item_2", object="realtime.item", status="completed"
    )
    assert server.items[-1] == item
    assert only(out, e.ResponseFunctionCallArgumentsDone) == e.ResponseFunctionCallArgumentsDone(
        "resp_1", "item_2", 1, "call_2", "no_supply", '{"area":"x"}', event_id="event_18"
    )
    begun_item = only(out, e.ResponseOutputItemAdded).item
    assert begun_item == i.FunctionCall(
        "no_supply", "", "call_2", id="item_2", object="realtime.item", status="in_progress"
    )
    response = only(server.finish("resp_1"), e.ResponseDone).response
    assert response.output[1] == item
    assert response.usage.output_tokens == -(-len("One moment.no_supply" + '{"area":"x"}') // 4)
    out = server.receive(e.ConversationItemCreate(i.FunctionCallOutput("call_2", "{}")))
    assert names(out)[-1] == "ItemAdded"


@pytest.mark.parametrize(
    ("status", "reason", "error", "details"),
    [
        ("completed", None, None, None),
        ("incomplete", "max_output_tokens", None, StatusDetails("incomplete", "max_output_tokens")),
        (
            "failed",
            None,
            ResponseError("server_error", "server_error", "ill"),
            StatusDetails("failed", error=ResponseError("server_error", "server_error", "ill")),
        ),
    ],
)
def test_a_response_ends_once(
    status: str, reason: str | None, error: ResponseError | None, details: StatusDetails | None
) -> None:
    """With its status, and a message that is as complete as it is."""
    server = begun(TEXT)
    server.receive(e.ResponseCreate())
    server.text("resp_1", "a")
    out = server.finish("resp_1", status, reason, error)
    response = only(out, e.ResponseDone).response
    assert (response.status, response.status_details, response.conversation_id) == (status, details, "conv_1")
    assert response.output[0].status == ("completed" if status == "completed" else "incomplete")
    assert names(out)[-2:] == ["response.done", "rate_limits.updated"]
    assert server.active is None
    assert server.finish("resp_1") == []


def spoken(ms: int) -> ServerSession:
    """A server that has said `ms` of item_1."""
    server = begun(MANUAL)
    server.receive(e.ResponseCreate())
    server.text("resp_1", "A long story")
    server.audio("resp_1", b"\0" * ms * MS)
    return server


@pytest.mark.parametrize("finished", [True, False])
def test_a_message_is_truncated_where_it_was_heard(finished: bool) -> None:
    """Words go, sound is shorter from then on, also while it is being said."""
    server = spoken(200)
    if finished:
        server.finish("resp_1")
    out = server.receive(e.ConversationItemTruncate("item_1", 0, 120))
    assert names(out) == ["conversation.item.truncated", "Truncated"]
    assert out[-1] == o.Truncated("item_1", 120)
    server.audio("resp_1", b"\0" * 200 * MS)
    server.finish("resp_1")
    assert i.text_of(server.items[0]) == ""
    out = server.receive(e.ConversationItemTruncate("item_1", 0, 121))
    assert refused(out) == ("invalid_value", "audio_end_ms", None)
    assert out[0].error.message == "Audio content of 120ms is already shorter than what audio_end_ms asks for"  # type: ignore[union-attr]
    assert server.receive(e.ConversationItemTruncate("item_1", 0, 0))[-1] == o.Truncated("item_1", 0)
    assert server.receive(e.ConversationItemTruncate("item_1", 0, 0))[-1] == o.Truncated("item_1", 0)


@pytest.mark.parametrize(
    ("content_index", "audio_end_ms", "param"),
    [(1, 0, "content_index"), (0, -1, "audio_end_ms"), (0, 201, "audio_end_ms")],
)
def test_a_truncation_has_bounds(content_index: int, audio_end_ms: int, param: str) -> None:
    """Nothing happens outside of them."""
    server = spoken(200)
    server.finish("resp_1")
    out = server.receive(e.ConversationItemTruncate("item_1", content_index, audio_end_ms))
    assert refused(out) == ("invalid_value", param, None)
    assert i.text_of(server.items[0]) == "A long story"


def test_a_message_without_sound_is_not_truncated() -> None:
    """Words that have not been spoken yet were not heard."""
    server = begun(MANUAL)
    server.receive(e.ResponseCreate())
    server.text("resp_1", "A")
    out = server.receive(e.ConversationItemTruncate("item_1", 0, 0))
    assert refused(out) == ("invalid_value", "item_id", None)


def test_the_caller_speaks_no_answer() -> None:
    """A turn with sound is not the assistant's."""
    server = begun(MANUAL)
    server.receive(sound(100))
    server.receive(e.InputAudioBufferCommit())
    assert refused(server.receive(e.ConversationItemTruncate("item_1", 0, 0))) == ("invalid_value", "item_id", None)


def cached(server: ServerSession) -> int:
    """Tokens that a new response reads cheaply."""
    out = server.receive(e.ResponseCreate())
    response_id = only(out, o.RespondTo).response_id
    done = only(server.finish(response_id), e.ResponseDone)
    tokens = done.response.usage.input_token_details.cached_tokens
    assert isinstance(tokens, int)
    return tokens


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        (e.SessionUpdate(s.SessionConfig(max_output_tokens=9)), 1 + 3 + 4 + 2),
        (e.SessionUpdate(s.SessionConfig(instructions="new")), 0),
        (e.SessionUpdate(s.SessionConfig(tools=(s.FunctionTool("f"),))), 0),
        (e.ConversationItemDelete("a"), 0),
        (e.ConversationItemTruncate("item_1", 0, 50), 0),
    ],
)
def test_what_was_read_is_cheaper_until_the_past_is_changed(between: e.ClientEvent, expected: int) -> None:
    """Instructions, tools, deletion and truncation break the cache."""
    server = spoken(200)
    server.receive(e.SessionUpdate(s.SessionConfig(instructions="x")))
    server.finish("resp_1")
    server.receive(e.ConversationItemCreate(typed("a")))
    assert cached(server) == 0
    assert cached(server) == 1 + 3 + 4 + 2
    server.receive(between)
    assert cached(server) == expected
