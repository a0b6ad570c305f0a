"""Events to the text of a WebSocket frame, and back.

Events that come often and are flat (sound, words) are read in one step. The others are read as
plain JSON first: what a server says is read tolerantly (unknown keys, unknown kinds of items and
the names of the beta are no reason to lose a call), what a client says is held to the rules.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec

from npcl_voice.errors import LocalProtocolError, RemoteProtocolError
from npcl_voice.realtime import events as e
from npcl_voice.realtime.rules import check, check_shape, echoed, shortened
from npcl_voice.realtime.shapes import tolerant, unwrapped, wrapped

__all__ = ["BETA_NAMES", "MAX_DEPTH", "MAX_MESSAGE_BYTES", "decode_client", "decode_server", "encode"]

MAX_MESSAGE_BYTES: Final = 20 * 2**20 + 2**16
"""15 MiB of sound are 20 MiB of base64, and there is something around it."""

MAX_DEPTH: Final = 64
"""Objects and lists inside each other; a tool's JSON Schema seldom needs a third of it."""

BETA_NAMES: Final[Mapping[str, str]] = {
    "conversation.item.created": "conversation.item.added",
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
    "transcription_session.created": "session.created",
    "transcription_session.updated": "session.updated",
}
"""Names that servers used before general availability; read as the ones of today, never sent."""

_NESTED: Final = frozenset(
    (
        e.SessionUpdate,
        e.ConversationItemCreate,
        e.ResponseCreate,
        e.SessionCreated,
        e.SessionUpdated,
        e.ConversationItemAdded,
        e.ConversationItemDone,
        e.ConversationItemRetrieved,
        e.ResponseCreated,
        e.ResponseDone,
        e.ResponseOutputItemAdded,
        e.ResponseOutputItemDone,
    )
)
"""Events that hold items, tools or settings, which may be of a kind we do not know."""

_FlatClientEvent = (
    e.InputAudioBufferAppend
    | e.InputAudioBufferCommit
    | e.InputAudioBufferClear
    | e.ConversationItemRetrieve
    | e.ConversationItemTruncate
    | e.ConversationItemDelete
    | e.ResponseCancel
)
_FlatServerEvent = (
    e.ErrorEvent
    | e.ConversationItemTruncated
    | e.ConversationItemDeleted
    | e.ConversationItemInputAudioTranscriptionDelta
    | e.ConversationItemInputAudioTranscriptionCompleted
    | e.ConversationItemInputAudioTranscriptionFailed
    | e.InputAudioBufferSpeechStarted
    | e.InputAudioBufferSpeechStopped
    | e.InputAudioBufferCommitted
    | e.InputAudioBufferCleared
    | e.InputAudioBufferTimeoutTriggered
    | e.InputAudioBufferDtmfEventReceived
    | e.ResponseContentPartAdded
    | e.ResponseContentPartDone
    | e.ResponseOutputAudioDelta
    | e.ResponseOutputAudioDone
    | e.ResponseOutputAudioTranscriptDelta
    | e.ResponseOutputAudioTranscriptDone
    | e.ResponseOutputTextDelta
    | e.ResponseOutputTextDone
    | e.ResponseFunctionCallArgumentsDelta
    | e.ResponseFunctionCallArgumentsDone
    | e.RateLimitsUpdated
)


def _by_name(union: Any) -> dict[str, Any]:
    """The classes of a union by the names of their events."""
    return {str(kind.__struct_config__.tag): kind for kind in get_args(union)}


_CLIENT_EVENTS: Final = _by_name(e.KnownClientEvent)
_SERVER_EVENTS: Final = _by_name(e.KnownServerEvent)
_FLAT_CLIENT: Final = msgspec.json.Decoder(_FlatClientEvent)
_FLAT_SERVER: Final = msgspec.json.Decoder(_FlatServerEvent)
_JSON: Final = msgspec.json.Decoder()
_ENCODER: Final = msgspec.json.Encoder()

_AT = re.compile(r" - at `(?P<path>.*)`$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(?P<field>[^`]*)`")


def encode(event: e.ClientEvent | e.ServerEvent) -> bytes:
    """The event as UTF-8 JSON, for a text frame.

    Raises LocalProtocolError when it cannot be written (half a surrogate pair in a text).
    """
    try:
        if isinstance(event, e.RawEvent):
            return _ENCODER.encode({**event.body, "type": event.name})
        if type(event) in _NESTED:
            return _ENCODER.encode(unwrapped(msgspec.to_builtins(event)))
        return _ENCODER.encode(event)
    except UnicodeEncodeError as fault:
        msg = f"{type(event).__name__} holds text that is not Unicode"
        raise LocalProtocolError(msg) from fault


def decode_client(data: str | bytes) -> e.ClientEvent:
    """What a client says, held to the rules of the service.

    An event of an unknown name is a RawEvent. Raises RemoteProtocolError with the code, the
    parameter and, where it can be read, the event's id, as the `error` that answers it needs them.
    """
    _measure(data)
    try:
        event = _FLAT_CLIENT.decode(data)
        body = None
    except (ValueError, RecursionError):
        event = None
        body = _parse(data)
    try:
        if body is not None:
            event = _read_client(body)
        if not isinstance(event, e.RawEvent):
            check(event, body)
    except RemoteProtocolError as fault:
        fault.event_id = echoed(body.get("event_id") if body is not None else event.event_id)
        raise
    return event  # type: ignore[no-any-return]


def decode_server(data: str | bytes) -> e.ServerEvent:
    """What a server says, read tolerantly.

    An event of an unknown name is a RawEvent. Raises RemoteProtocolError when it cannot be read.
    """
    _measure(data)
    try:
        return _FLAT_SERVER.decode(data)  # type: ignore[no-any-return]
    except (ValueError, RecursionError):
        body = _parse(data)
    name = _name(body)
    name = BETA_NAMES.get(name, name)
    kind = _SERVER_EVENTS.get(name)
    if kind is None:
        return _raw(name, body)
    body = tolerant({**body, "type": name})
    try:
        return _convert(body, kind)  # type: ignore[no-any-return]
    except RemoteProtocolError:
        return _convert(_without_nulls(body), kind)  # type: ignore[no-any-return]


def _read_client(body: dict[str, Any]) -> Any:
    """A client's event of any kind, from its JSON object."""
    name = _name(body)
    kind = _CLIENT_EVENTS.get(name)
    if kind is None:
        return _raw(name, body)
    check_shape(body)
    return _convert(wrapped(body), kind)


def _raw(name: str, body: Mapping[str, Any]) -> e.RawEvent:
    """An event that we do not act on."""
    return e.RawEvent(name, {key: value for key, value in body.items() if key != "type"})


def _measure(data: str | bytes) -> None:
    """Refuse what is too long to be looked at."""
    if len(data) > MAX_MESSAGE_BYTES:
        msg = f"a message of {len(data)} is longer than {MAX_MESSAGE_BYTES} bytes"
        raise RemoteProtocolError(msg, code="string_above_max_length")


def _parse(data: str | bytes) -> dict[str, Any]:
    """The JSON object in a frame."""
    try:
        body = _JSON.decode(data)
    except (ValueError, RecursionError) as fault:
        msg = "the message is not JSON, or is nested too deeply"
        raise RemoteProtocolError(msg, code="invalid_json") from fault
    if not isinstance(body, dict):
        msg = "the message is not a JSON object"
        raise RemoteProtocolError(msg, code="invalid_event")
    level: list[Any] = [body]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return body
    msg = f"the message is nested deeper than {MAX_DEPTH} levels"
    raise RemoteProtocolError(msg, code="invalid_json")


def _name(body: Mapping[str, Any]) -> str:
    """The event's name."""
    if "type" not in body:
        msg = "the event has no type"
        raise RemoteProtocolError(msg, code="missing_required_parameter", param="type")
    name = body["type"]
    if not isinstance(name, str):
        msg = "the event's type is not a string"
        raise RemoteProtocolError(msg, code="invalid_value", param="type")
    return name


def _convert(body: Mapping[str, Any], kind: Any) -> Any:
    """The object as a struct, or the reason why not."""
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as fault:
        text = str(fault)
        at = _AT.search(text)
        path = at["path"].removeprefix("$").removeprefix(".") if at else ""
        missing = _MISSING.match(text)
        if missing:
            param = f"{path}.{missing['field']}" if path else missing["field"]
            msg = f"missing required parameter: '{param}'"
            raise RemoteProtocolError(msg, code="missing_required_parameter", param=param) from fault
        raise RemoteProtocolError(shortened(text), code="invalid_value", param=path or None) from fault


def _without_nulls(value: Any) -> Any:
    """The same without the keys that hold null: a server's null is read as nothing."""
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value]
    return value
