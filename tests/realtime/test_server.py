"""What a server owes its client, duty by duty. Whole turns are in test_joined."""

from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from npcl_voice.errors import RemoteProtocolError
from npcl_voice.realtime import events as e
from npcl_voice.realtime import items as i
from npcl_voice.realtime import orders as o
from npcl_voice.realtime import session as s
from npcl_voice.realtime.responses import ResponseError, StatusDetails
from npcl_voice.realtime.server import MAX_REPLIES, Out, ServerSession
from tests.realtime.joined import HEARD, MANUAL, MS, strictly

TEXT = s.SessionConfig(output_modalities=("text",), audio=s.Audio(input=s.AudioInput(turn_detection=None)))
NEITHER = s.SessionConfig(
    audio=s.Audio(input=s.AudioInput(turn_detection=s.ServerVad(create_response=False, interrupt_response=False)))
)


def begun(*configurations: s.SessionConfig) -> ServerSession:
    server = ServerSession("sess_1", "model", 3600)
    server.open()
    for configuration in configurations:
        server.receive(e.SessionUpdate(configuration))
    return server


def names(out: list[Out]) -> list[str]:
    """Events by their names, orders by their kinds."""
    for step in out:
        if not isinstance(step, o.Order):
            strictly(step)
    return [str(step.__struct_config__.tag) for step in out]


def refused(out: list[Out]) -> tuple[str | None, str | None, str | None]:
    """Code, parameter and event id of the one error."""
    assert names(out) == ["error"]
    error = out[0].error  # type: ignore[union-attr]
    assert error.type == "invalid_request_error"
    return error.code, error.param, error.event_id


def only(out: list[Out], kind: type[Any]) -> Any:
    """The one step of that kind."""
    found = [step for step in out if isinstance(step, kind)]
    assert len(found) == 1
    return found[0]


def sound(ms: int) -> e.InputAudioBufferAppend:
    return e.InputAudioBufferAppend(b"\0" * ms * MS)


def typed(item_id: str | None = None, text: str = "hello") -> i.Message:
    return i.Message("user", (i.InputText(text),), id=item_id)


def test_the_first_word() -> None:
    """`session.created` with all settings."""
    server = ServerSession("sess_1", "model", 3600)
    (created,) = server.open()
    assert isinstance(created, e.SessionCreated)
    assert created.event_id == "event_1"
    assert created.session == server.settings
    assert (created.session.id, created.session.model, created.session.expires_at) == ("sess_1", "model", 3600)
    strictly(created)


def test_each_update_is_acknowledged_whole() -> None:
    """The engine hears of it after the client."""
    server = begun()
    out = server.receive(e.SessionUpdate(s.SessionConfig(instructions="Be brief.", model="other")))
    assert names(out) == ["session.updated", "configured"]
    assert out[0].session == out[1].session == server.settings  # type: ignore[union-attr]
    assert server.settings.instructions == "Be brief."
    assert server.settings.model == "model"


def test_a_refused_update_changes_nothing() -> None:
    """Not even what would have been right in it."""
    server = begun(MANUAL)
    server.receive(e.ResponseCreate())
    server.audio("resp_1", b"\0" * 50 * MS)
    before = server.settings
    update = s.SessionConfig(instructions="new", audio=s.Audio(output=s.AudioOutput(voice="cedar")))
    out = server.receive(e.SessionUpdate(update, event_id="c1"))
    assert refused(out) == ("cannot_update_voice", "session.audio.output.voice", "c1")
    assert server.settings == before
    out = server.receive(e.SessionUpdate(s.SessionConfig(max_output_tokens=0), event_id="c2"))
    assert refused(out) == ("invalid_value", "session.max_output_tokens", "c2")
    assert server.settings == before


def test_the_voice_may_change_until_it_was_heard() -> None:
    """Held sound was not."""
    server = begun(MANUAL)
    server.receive(e.ResponseCreate())
    server.audio("resp_1", b"\0" * 49 * MS)
    update = s.SessionConfig(audio=s.Audio(output=s.AudioOutput(voice="cedar")))
    assert names(server.receive(e.SessionUpdate(update))) == ["session.updated", "configured"]


def test_a_session_that_only_listens() -> None:
    """It makes turns and words and no answers; it cannot be changed into another once it has items."""
    server = begun(HEARD, s.SessionConfig(type="transcription"))
    assert server.settings.type == "transcription"
    server.receive(sound(500))
    server.speech_started(0)
    assert names(server.speech_stopped(400)) == [
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "turn_taken",
    ]
    assert refused(server.receive(e.ResponseCreate())) == ("invalid_value", "type", None)
    out = server.receive(e.SessionUpdate(s.SessionConfig(type="realtime")))
    assert refused(out) == ("invalid_value", "session.type", None)
    assert names(server.receive(e.SessionUpdate(s.SessionConfig(type="transcription")))) == [
        "session.updated",
        "configured",
    ]


def test_sound_arrives_with_its_place() -> None:
    """In whole samples; half a sample does not outlive its format."""
    server = begun()
    assert server.receive(e.InputAudioBufferAppend(b"\1")) == []
    assert server.receive(e.InputAudioBufferAppend(b"\2" + b"\0" * 959)) == [o.AudioArrived(b"\1\2" + b"\0" * 958, 0)]
    assert server.receive(e.InputAudioBufferAppend(b"\5\6")) == [o.AudioArrived(b"\0\5", 20)]
    server.receive(e.SessionUpdate(s.SessionConfig(audio=s.Audio(input=s.AudioInput(format=s.Pcmu())))))
    assert server.receive(e.InputAudioBufferAppend(b"\7" * 8)) == [o.AudioArrived(b"\7" * 8, 20)]
    assert server.position_ms == 21


def test_an_update_without_a_new_format_keeps_half_a_sample() -> None:
    """Settings may change in the middle of sound."""
    server = begun()
    server.receive(e.InputAudioBufferAppend(b"\1"))
    server.receive(e.SessionUpdate(s.SessionConfig()))
    assert server.receive(e.InputAudioBufferAppend(b"\2")) == [o.AudioArrived(b"\1\2", 0)]


def test_a_turn_has_a_hundred_milliseconds() -> None:
    """Less is refused."""
    server = begun(MANUAL)
    server.receive(e.InputAudioBufferAppend(b"\0" * (100 * MS - 2)))
    out = server.receive(e.InputAudioBufferCommit(event_id="c1"))
    assert refused(out) == ("input_audio_buffer_commit_empty", None, "c1")
    assert out[0].error.message == "the buffer holds 99 ms of audio, a turn has 100 ms at least"  # type: ignore[union-attr]
    server.receive(e.InputAudioBufferAppend(b"\0" * 2))
    out = server.receive(e.InputAudioBufferCommit())
    assert names(out) == [
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "turn_taken",
    ]
    item = only(out, e.ConversationItemDone).item
    assert item == i.Message("user", (i.InputAudio(),), id="item_1", object="realtime.item", status="completed")
    assert refused(server.receive(e.InputAudioBufferCommit()))[0] == "input_audio_buffer_commit_empty"


def test_the_second_turn_stands_behind_the_first() -> None:
    """Each event names the item before."""
    server = begun(MANUAL)
    for _ in range(2):
        server.receive(sound(100))
        out = server.receive(e.InputAudioBufferCommit())
    assert {step.previous_item_id for step in out if not isinstance(step, o.Order)} == {"item_1"}  # type: ignore[union-attr]
    assert out[-1] == o.TurnTaken("item_2", 100, 200)


def test_a_commit_in_the_middle_of_speech_takes_the_announced_id() -> None:
    """And the end that is noticed later is no second turn."""
    server = begun()
    server.receive(sound(500))
    assert only(server.speech_started(100), e.InputAudioBufferSpeechStarted).audio_start_ms == 100
    assert server.receive(e.InputAudioBufferCommit())[-1] == o.TurnTaken("item_1", 100, 500)
    assert server.speech_stopped(500) == []


def test_clear_forgets_sound_and_speech() -> None:
    """What was announced does not come."""
    server = begun()
    server.receive(sound(500))
    server.speech_started(0)
    assert names(server.receive(e.InputAudioBufferClear())) == ["input_audio_buffer.cleared", "buffer_cleared"]
    assert server.speech_stopped(400) == []
    assert refused(server.receive(e.InputAudioBufferCommit()))[0] == "input_audio_buffer_commit_empty"


def test_speech_is_announced_once() -> None:
    """A second start is no event; without detection there is none, and an announced one is forgotten."""
    server = begun()
    assert names(server.speech_started(0)) == ["input_audio_buffer.speech_started"]
    assert server.speech_started(10) == []
    server.receive(e.SessionUpdate(MANUAL))
    assert server.speech_stopped(100) == []
    assert server.speech_started(100) == []
    assert server.idled(0, 100) == []


def test_detection_may_leave_the_decision_to_the_client() -> None:
    """With both values false there are events and turns, no answer and no interruption."""
    server = begun(NEITHER)
    server.receive(sound(500))
    server.receive(e.ResponseCreate())
    assert names(server.speech_started(0)) == ["input_audio_buffer.speech_started"]
    assert names(server.speech_stopped(400))[-1] == "turn_taken"
    assert server.active == "resp_1"


def test_interruption_leaves_responses_beside_the_conversation_alone() -> None:
    """Only the conversation's own one is cancelled."""
    server = begun()
    server.receive(e.ResponseCreate(s.ResponseParameters(conversation="none")))
    assert server.active is None
    assert names(server.speech_started(0)) == ["input_audio_buffer.speech_started"]
    server.speech_stopped(0)
    assert server.active == "resp_2"
    out = server.speech_started(0)
    assert names(out) == [
        "input_audio_buffer.speech_started",
        "response.done",
        "rate_limits.updated",
        "cancel_response",
    ]
    assert out[-1] == o.CancelResponse("resp_2", "turn_detected")


def test_an_automatic_answer_while_one_is_under_way() -> None:
    """Without interruption there is none, and the client is told."""
    vad = s.ServerVad(interrupt_response=False)
    server = begun(s.SessionConfig(audio=s.Audio(input=s.AudioInput(turn_detection=vad))))
    server.receive(e.ResponseCreate())
    server.speech_started(0)
    out = server.speech_stopped(0)
    assert names(out)[-2:] == ["turn_taken", "error"]
    assert only(out, e.ErrorEvent).error.code == "conversation_already_has_active_response"
    assert only(out, e.ErrorEvent).error.event_id is None


def test_silence_may_be_a_turn() -> None:
    """The timeout is told first, then everything is as after speech."""
    server = begun()
    server.receive(sound(6000))
    out = server.idled(0, 6000)
    assert names(out) == [
        "input_audio_buffer.timeout_triggered",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "turn_taken",
        "response.created",
        "respond_to",
    ]
    assert out[0] == e.InputAudioBufferTimeoutTriggered("item_1", 0, 6000, event_id="event_2")
    server.speech_started(6000)
    assert server.idled(0, 6000) == []


def test_words_are_told_where_they_are_wanted() -> None:
    """Also while the caller speaks; each turn is completed once."""
    server = begun(HEARD, NEITHER)
    server.receive(sound(500))
    assert server.transcript_delta("item_1", "my") == []
    server.speech_started(0)
    (delta,) = server.transcript_delta("item_1", "my")
    assert delta == e.ConversationItemInputAudioTranscriptionDelta("item_1", 0, "my", event_id="event_5")
    assert server.transcript_delta("item_2", "my") == []
    assert server.transcript_delta("item_1", "") == []
    assert server.transcript_done("item_1", "my power", 0.5) == []
    server.speech_stopped(400)
    assert names(server.transcript_delta("item_1", " power")) == ["conversation.item.input_audio_transcription.delta"]
    (done,) = server.transcript_done("item_1", "my power", 0.5)
    assert strictly(done)["usage"] == {"type": "duration", "seconds": 0.5}  # type: ignore[arg-type]
    assert i.text_of(server.items[0]) == "my power"
    assert server.transcript_done("item_1", "again", 0.5) == []
    assert server.transcript_failed("item_1", "a", "b") == []
    assert server.transcript_delta("item_1", "more") == []


def test_a_failed_transcription() -> None:
    """The turn stays, its words do not come."""
    server = begun(HEARD, MANUAL)
    server.receive(sound(100))
    server.receive(e.InputAudioBufferCommit())
    (failed,) = server.transcript_failed("item_1", "audio_unintelligible", "no speech")
    assert failed == e.ConversationItemInputAudioTranscriptionFailed(
        "item_1", 0, ResponseError("transcription_error", "audio_unintelligible", "no speech"), event_id="event_7"
    )
    strictly(failed)
    assert len(server.items) == 1


def test_words_are_not_told_where_they_are_not_wanted() -> None:
    """The conversation knows them nevertheless, unless the item was deleted."""
    server = begun(MANUAL)
    for _ in range(3):
        server.receive(sound(100))
        server.receive(e.InputAudioBufferCommit())
    assert server.transcript_delta("item_1", "my") == []
    assert server.transcript_done("item_1", "my power", 0.1) == []
    assert i.text_of(server.items[0]) == "my power"
    assert server.transcript_failed("item_2", "a", "b") == []
    server.receive(e.ConversationItemDelete("item_3"))
    assert server.transcript_done("item_3", "gone", 0.1) == []
    assert len(server.items) == 2


def test_items_are_added_where_the_client_wants_them() -> None:
    """With its id or one of ours, first, last or after another."""
    server = begun()
    out = server.receive(e.ConversationItemCreate(typed("mine")))
    assert names(out) == ["conversation.item.added", "conversation.item.done", "item_added"]
    item = i.Message("user", (i.InputText("hello"),), id="mine", object="realtime.item", status="completed")
    assert out[-1] == o.ItemAdded(item)
    assert only(out, e.ConversationItemAdded).item == only(out, e.ConversationItemDone).item == item
    server.receive(e.ConversationItemCreate(typed("item_1"), "root"))
    out = server.receive(e.ConversationItemCreate(typed(), "item_1"))
    assert only(out, e.ConversationItemDone).previous_item_id == "item_1"
    assert [i.item_id_of(item) for item in server.items] == ["item_1", "item_2", "mine"]


@pytest.mark.parametrize(
    ("event", "answer"),
    [
        (e.ConversationItemCreate(typed("a"), event_id="c"), ("item_create_duplicate_item_id", "item.id", "c")),
        (e.ConversationItemCreate(typed("item_1")), ("item_create_duplicate_item_id", "item.id", None)),
        (e.ConversationItemCreate(typed("b"), "z"), ("invalid_value", "previous_item_id", None)),
        (e.ConversationItemCreate(i.FunctionCallOutput("c", "")), ("invalid_tool_call_id", "item.call_id", None)),
        (e.ConversationItemCreate(i.OtherItem({"type": "mcp_call"})), ("invalid_value", "item.type", None)),
        (e.ConversationItemRetrieve("z", event_id="c"), ("item_retrieve_invalid_item_id", "item_id", "c")),
        (e.ConversationItemDelete("z"), ("item_delete_invalid_item_id", "item_id", None)),
        (e.ConversationItemTruncate("z", 0, 0), ("item_truncate_invalid_item_id", "item_id", None)),
        (e.ConversationItemTruncate("a", 0, 0), ("invalid_value", "item_id", None)),
        (e.ConversationItemTruncate("f", 0, 0), ("invalid_value", "item_id", None)),
        (e.ConversationItemTruncate("t", 0, 0), ("invalid_value", "item_id", None)),
        (e.ResponseCancel(event_id="c"), ("response_cancel_not_active", None, "c")),
        (e.ResponseCancel("resp_9"), ("response_cancel_not_active", None, None)),
        (
            e.ResponseCreate(s.ResponseParameters(input=(typed(), i.ItemReference("z")))),
            ("invalid_value", "response.input[1].id", None),
        ),
        (e.RawEvent("output_audio_buffer.clear", {"event_id": "c"}), ("invalid_value", "type", "c")),
        (e.RawEvent("x" * 1000, {"event_id": "c" * 513}), ("invalid_value", "type", None)),
        (e.InputAudioBufferClear(event_id="c" * 513), ("string_above_max_length", "event_id", None)),
    ],
)
def test_what_does_not_fit_the_moment_is_refused(
    event: e.ClientEvent, answer: tuple[str, str | None, str | None]
) -> None:
    """With the code, the place and the id of the event; nothing else happens."""
    server = begun()
    server.receive(e.ConversationItemCreate(typed("a")))
    server.receive(e.ConversationItemCreate(i.FunctionCall("f", "{}", "call_f", id="f")))
    server.receive(e.ConversationItemCreate(i.Message("assistant", (i.OutputText("t"),), id="t")))
    server.receive(sound(100))
    server.speech_started(0)
    before = server.items
    assert refused(server.receive(event)) == answer
    assert server.items == before
    assert server.active is None


def test_the_sound_of_an_item_goes_to_the_engine_alone() -> None:
    """The client gets its transcript back, and the length is on the bill."""
    server = begun(MANUAL)
    item = i.Message("user", (i.InputAudio("hello", b"\0" * 200 * MS), i.InputText("x")), id="mine")
    out = server.receive(e.ConversationItemCreate(item))
    assert only(out, o.ItemAdded).item.content[0].audio == b"\0" * 200 * MS
    assert only(out, e.ConversationItemAdded).item.content == (i.InputAudio("hello"), i.InputText("x"))
    out = server.receive(e.ConversationItemRetrieve("mine"))
    assert names(out) == ["conversation.item.retrieved"]
    assert out[0].item.content[0].audio is UNSET  # type: ignore[union-attr]
    server.receive(e.ResponseCreate())
    usage = only(server.finish("resp_1"), e.ResponseDone).response.usage
    assert usage.input_token_details.audio_tokens == 2


def test_items_are_deleted() -> None:
    """Client and engine hear of it."""
    server = begun()
    server.receive(e.ConversationItemCreate(typed("a")))
    out = server.receive(e.ConversationItemDelete("a"))
    assert out == [e.ConversationItemDeleted("a", event_id="event_4"), o.ItemDeleted("a")]
    assert server.items == ()


def test_a_response_is_asked_of_the_engine_with_everything_it_needs() -> None:
    """What the client left out is the session's, references are resolved, metadata comes back."""
    server = begun(s.SessionConfig(instructions="Be brief."))
    server.receive(e.ConversationItemCreate(typed("a")))
    wish = s.ResponseParameters(
        conversation="none", input=(i.ItemReference("a"), typed("b")), metadata={"task": "topic"}, max_output_tokens=9
    )
    out = server.receive(e.ResponseCreate(wish))
    assert names(out) == ["response.created", "respond_to"]
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
    aside = e.ResponseCreate(s.ResponseParameters(conversation="none"), event_id="c")
    for _ in range(MAX_REPLIES - 1):
        assert names(server.receive(aside)) == ["response.created", "respond_to"]
    assert refused(server.receive(aside)) == ("rate_limit_exceeded", None, "c")


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
        "cancel_response",
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
    assert (begun_item.arguments, begun_item.status) == ("", "in_progress")
    response = only(server.finish("resp_1"), e.ResponseDone).response
    assert response.output[1] == item
    assert response.usage.output_tokens == -(-len("One moment.no_supply" + '{"area":"x"}') // 4)
    out = server.receive(e.ConversationItemCreate(i.FunctionCallOutput("call_2", "{}")))
    assert names(out)[-1] == "item_added"


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
    assert names(out) == ["conversation.item.truncated", "truncated"]
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


def test_expiry_ends_everything() -> None:
    """Each response fails, the error follows, and then there is silence."""
    server = begun(HEARD)
    server.receive(sound(500))
    server.speech_started(0)
    server.speech_stopped(400)
    server.receive(e.ResponseCreate(s.ResponseParameters(conversation="none")))
    server.speech_started(450)
    server.receive(e.ResponseCreate())
    out = server.expire("over")
    assert names(out) == [
        "response.done",
        "rate_limits.updated",
        "cancel_response",
        "response.done",
        "rate_limits.updated",
        "cancel_response",
        "error",
    ]
    error = ResponseError("invalid_request_error", "session_expired", "over")
    assert out[0].response.status_details == StatusDetails("failed", error=error)  # type: ignore[union-attr]
    assert out[2] == o.CancelResponse("resp_2", "session_expired")
    assert out[-1].error == e.ErrorDetail("invalid_request_error", "over", "session_expired")  # type: ignore[union-attr]
    assert server.receive(e.ResponseCreate()) == []
    assert server.speech_started(0) == []
    assert server.speech_stopped(0) == []
    assert server.idled(0, 0) == []
    assert server.transcript_done("item_1", "late", 1.0) == []
    assert server.error("late", None) == []
    assert server.expire() == []


def test_the_engine_may_tell_of_a_fault() -> None:
    """An error of the server's own, and one about text that could not be read."""
    server = begun()
    (event,) = server.error("out of memory " * 100, "server_error", kind="server_error")
    body = strictly(event)  # type: ignore[arg-type]
    assert (body["error"]["type"], body["error"]["code"], len(body["error"]["message"])) == (
        "server_error",
        "server_error",
        300,
    )
    out = server.refuse(RemoteProtocolError("not JSON", code="invalid_json", param="p", event_id="c"))
    assert refused(out) == ("invalid_json", "p", "c")
    assert msgspec.structs.asdict(out[0])["event_id"] == "event_3"
