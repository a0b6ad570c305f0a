"""The events, in the logs and on the wire."""

import types
from typing import Any, Union, get_args, get_origin

import msgspec
import pytest
from hypothesis import given
from msgspec import UNSET, UnsetType
from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent

from npcl_voice.realtime import events as e
from npcl_voice.realtime import items, responses, session
from npcl_voice.realtime.codec import encode
from npcl_voice.realtime.happenings import Happening
from npcl_voice.realtime.items import Part
from npcl_voice.realtime.orders import Order
from npcl_voice.realtime.responses import ResponseError
from tests.realtime.strategies import CLIENT_EVENTS, SERVER_EVENTS, STEADY, of


class Line(msgspec.Struct, frozen=True):
    """How the rest of the house holds events."""

    said: e.ServerEvent | None = None
    asked: e.ClientEvent | None = None


@STEADY
@given(SERVER_EVENTS, CLIENT_EVENTS)
def test_events_live_inside_other_structs(said: Any, asked: Any) -> None:
    """A log line that holds events of both sides is read back as it was."""
    line = Line(said, asked)
    assert msgspec.json.decode(msgspec.json.encode(line), type=Line) == line


@STEADY
@given(of(e.RawEvent))
def test_a_raw_event_has_its_id(event: e.RawEvent) -> None:
    """An id is a string or it is none."""
    found = event.body.get("event_id")
    assert event.event_id == (found if isinstance(found, str) else None)


def test_a_raw_event_knows_its_id() -> None:
    """The id of an event that we do not act on, when it has a proper one."""
    assert e.RawEvent("a", {"event_id": "e1"}).event_id == "e1"
    assert e.RawEvent("a", {"event_id": 1}).event_id is None


@pytest.mark.parametrize(
    ("ours", "theirs"), [(e.KnownClientEvent, RealtimeClientEvent), (e.KnownServerEvent, RealtimeServerEvent)]
)
def test_every_event_has_the_name_that_the_official_library_knows(ours: Any, theirs: Any) -> None:
    """Each tag is a `type` of the official union, and each class is named after its tag."""
    union = get_args(theirs)[0]
    known = {get_args(member.model_fields["type"].annotation)[0] for member in get_args(union)}
    for kind in get_args(ours):
        tag = kind.__struct_config__.tag
        assert tag in known
        camel = "".join(word.title() for word in tag.replace(".", "_").split("_"))
        assert kind.__name__ in (camel, f"{camel}Event")


DEFAULTS = {
    "InputAudio": {"transcript": None},
    "OutputText": {"text": ""},
    "OutputAudio": {"transcript": None},
    "Pcm": {"rate": 24_000},
    "SessionConfig": {"type": "realtime"},
    "Response": {"id": "", "object": "realtime.response", "output": ()},
    "ErrorDetail": {"type": "server_error", "message": ""},
    "ConversationItemTruncated": {"content_index": 0, "audio_end_ms": 0},
    "ConversationItemInputAudioTranscriptionDelta": {"content_index": 0, "delta": ""},
    "ConversationItemInputAudioTranscriptionCompleted": {"content_index": 0, "transcript": ""},
    "ConversationItemInputAudioTranscriptionFailed": {"content_index": 0, "error": ResponseError()},
    "InputAudioBufferSpeechStarted": {"audio_start_ms": 0},
    "InputAudioBufferSpeechStopped": {"audio_end_ms": 0},
    "InputAudioBufferTimeoutTriggered": {"audio_start_ms": 0, "audio_end_ms": 0},
    "InputAudioBufferDtmfEventReceived": {"received_at": 0},
    "ResponseOutputItemAdded": {"output_index": 0},
    "ResponseOutputItemDone": {"output_index": 0},
    "ResponseContentPartAdded": {"output_index": 0, "content_index": 0, "part": Part("audio")},
    "ResponseContentPartDone": {"output_index": 0, "content_index": 0, "part": Part("audio")},
    "ResponseOutputAudioDelta": {"output_index": 0, "content_index": 0, "delta": b""},
    "ResponseOutputAudioDone": {"output_index": 0, "content_index": 0},
    "ResponseOutputAudioTranscriptDelta": {"output_index": 0, "content_index": 0, "delta": ""},
    "ResponseOutputAudioTranscriptDone": {"output_index": 0, "content_index": 0, "transcript": ""},
    "ResponseOutputTextDelta": {"output_index": 0, "content_index": 0, "delta": ""},
    "ResponseOutputTextDone": {"output_index": 0, "content_index": 0, "text": ""},
    "ResponseFunctionCallArgumentsDelta": {"output_index": 0, "call_id": "", "delta": ""},
    "ResponseFunctionCallArgumentsDone": {"output_index": 0, "call_id": "", "name": "", "arguments": ""},
    "RateLimitsUpdated": {"rate_limits": ()},
}
"""What stands for a field that was left out, where that is neither null nor absence."""

STRUCTS = [
    kind
    for module in (e, items, responses, session)
    for kind in (getattr(module, name) for name in module.__all__)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
]


@pytest.mark.parametrize("kind", STRUCTS, ids=lambda kind: kind.__name__)
def test_what_was_left_out(kind: type[msgspec.Struct]) -> None:
    """Null where null may stand, absence where absence means something, else the value above."""
    expected = DEFAULTS.get(kind.__name__, {})
    for field in msgspec.structs.fields(kind):
        members = get_args(field.type) if get_origin(field.type) in (Union, types.UnionType) else (field.type,)
        if field.name in expected:
            assert field.default == expected[field.name]
        elif not field.required:
            assert field.default is (UNSET if UnsetType in members else None)
            assert field.default is UNSET or type(None) in members


@pytest.mark.parametrize("kind", [*STRUCTS, *get_args(Happening), *get_args(Order)], ids=lambda kind: kind.__name__)
def test_what_was_said_cannot_be_changed(kind: type[msgspec.Struct]) -> None:
    """Events, their pieces, happenings and orders are frozen."""
    assert kind.__struct_config__.frozen


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (e.InputAudioBufferAppend(b""), b'{"type":"input_audio_buffer.append","audio":""}'),
        (e.InputAudioBufferCommit(), b'{"type":"input_audio_buffer.commit"}'),
        (e.InputAudioBufferClear(), b'{"type":"input_audio_buffer.clear"}'),
        (e.ConversationItemDelete("a"), b'{"type":"conversation.item.delete","item_id":"a"}'),
        (e.ConversationItemRetrieve("a"), b'{"type":"conversation.item.retrieve","item_id":"a"}'),
        (
            e.ConversationItemTruncate("a", 0, 0),
            b'{"type":"conversation.item.truncate","item_id":"a","content_index":0,"audio_end_ms":0}',
        ),
        (
            e.ConversationItemCreate(items.FunctionCallOutput("c", "")),
            b'{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c","output":""}}',
        ),
        (e.ResponseCreate(), b'{"type":"response.create"}'),
        (e.ResponseCreate(session.ResponseParameters()), b'{"type":"response.create","response":{}}'),
        (e.ResponseCancel(), b'{"type":"response.cancel"}'),
        (
            e.SessionUpdate(session.SessionConfig()),
            b'{"type":"session.update","session":{"type":"realtime"}}',
        ),
    ],
)
def test_a_client_writes_nothing_that_it_does_not_say(event: e.ClientEvent, text: bytes) -> None:
    """No nulls where something was left out."""
    assert encode(event) == text


def test_items_and_contents_have_their_names_on_the_wire() -> None:
    """Kinds of items, contents, tools, formats and detections, as the API calls them."""
    tags = {kind.__name__: kind.__struct_config__.tag for kind in STRUCTS if kind.__struct_config__.tag}
    assert {name: tag for name, tag in tags.items() if not hasattr(e, name) or name in session.__all__} == {
        "InputText": "input_text",
        "InputAudio": "input_audio",
        "InputImage": "input_image",
        "OutputText": "output_text",
        "OutputAudio": "output_audio",
        "OtherContent": "other",
        "Message": "message",
        "FunctionCall": "function_call",
        "FunctionCallOutput": "function_call_output",
        "ItemReference": "item_reference",
        "OtherItem": "other",
        "Pcm": "audio/pcm",
        "Pcmu": "audio/pcmu",
        "Pcma": "audio/pcma",
        "ServerVad": "server_vad",
        "SemanticVad": "semantic_vad",
        "FunctionTool": "function",
        "OtherTool": "other",
        "FunctionChoice": "function",
        "McpChoice": "mcp",
    }
    assert tags["RawEvent"] == "raw"
