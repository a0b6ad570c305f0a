"""What a server owes its client, duty by duty: settings, items, refusals, the end. Whole turns are in test_joined."""

import msgspec
import pytest
from msgspec import UNSET

from npcl_voice.errors import RemoteProtocolError
from npcl_voice.realtime import events as e
from npcl_voice.realtime import items as i
from npcl_voice.realtime import orders as o
from npcl_voice.realtime import session as s
from npcl_voice.realtime.responses import ResponseError, StatusDetails
from npcl_voice.realtime.server import ServerSession
from tests.realtime.joined import HEARD, MANUAL, MS, strictly
from tests.realtime.serving import begun, names, only, refused, sound, typed


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
    assert names(out) == ["session.updated", "Configured"]
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
    assert names(server.receive(e.SessionUpdate(update))) == ["session.updated", "Configured"]


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
        "TurnTaken",
    ]
    assert refused(server.receive(e.ResponseCreate())) == ("invalid_value", "type", None)
    out = server.receive(e.SessionUpdate(s.SessionConfig(type="realtime")))
    assert refused(out) == ("invalid_value", "session.type", None)
    assert names(server.receive(e.SessionUpdate(s.SessionConfig(type="transcription")))) == [
        "session.updated",
        "Configured",
    ]


def test_items_are_added_where_the_client_wants_them() -> None:
    """With its id or one of ours, first, last or after another."""
    server = begun()
    out = server.receive(e.ConversationItemCreate(typed("mine")))
    assert names(out) == ["conversation.item.added", "conversation.item.done", "ItemAdded"]
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


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (e.SessionUpdate(s.SessionConfig(type="transcription")), "the session's type cannot be changed any more"),
        (e.ConversationItemCreate(typed("item_1")), "an item with id 'item_1' is announced"),
        (e.ConversationItemDelete("z" * 65), f"no item with id '{'z' * 63}…'"),
        (e.ConversationItemTruncate("a", 0, 0), "only an assistant's spoken message can be truncated"),
        (e.ResponseCancel(), "Cancellation failed: no active response found"),
        (
            e.ResponseCreate(s.ResponseParameters(input=(i.ItemReference("z"),))),
            "the item that is referred to does not exist",
        ),
        (e.RawEvent("x" * 101, {}), f"Invalid value: '{'x' * 99}…' is not an event of this server."),
    ],
)
def test_a_refusal_says_what_is_wrong(event: e.ClientEvent, message: str) -> None:
    """In a sentence for the one who wrote the client."""
    server = begun()
    server.receive(e.ConversationItemCreate(typed("a")))
    server.speech_started(0)
    assert only(server.receive(event), e.ErrorEvent).error.message == message


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
        "CancelResponse",
        "response.done",
        "rate_limits.updated",
        "CancelResponse",
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
