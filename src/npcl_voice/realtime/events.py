"""The events that either side sends or acts on, under the names of the GA Realtime API.

A class is named after its event (`input_audio_buffer.append` is `InputAudioBufferAppend`). Sound is
`bytes` here and base64 on the wire. Every other event is a `RawEvent` and is passed on. Fields that
a server should send but may forget have a default; what we write always holds them.
"""

from typing import Any

import msgspec

from npcl_voice.realtime.items import Item, Part
from npcl_voice.realtime.responses import Response, ResponseError, TranscriptionUsage
from npcl_voice.realtime.session import ResponseParameters, SessionConfig

__all__ = [
    "ClientEvent",
    "ConversationItemAdded",
    "ConversationItemCreate",
    "ConversationItemDelete",
    "ConversationItemDeleted",
    "ConversationItemDone",
    "ConversationItemInputAudioTranscriptionCompleted",
    "ConversationItemInputAudioTranscriptionDelta",
    "ConversationItemInputAudioTranscriptionFailed",
    "ConversationItemRetrieve",
    "ConversationItemRetrieved",
    "ConversationItemTruncate",
    "ConversationItemTruncated",
    "ErrorDetail",
    "ErrorEvent",
    "InputAudioBufferAppend",
    "InputAudioBufferClear",
    "InputAudioBufferCleared",
    "InputAudioBufferCommit",
    "InputAudioBufferCommitted",
    "InputAudioBufferDtmfEventReceived",
    "InputAudioBufferSpeechStarted",
    "InputAudioBufferSpeechStopped",
    "InputAudioBufferTimeoutTriggered",
    "KnownClientEvent",
    "KnownServerEvent",
    "RateLimit",
    "RateLimitsUpdated",
    "RawEvent",
    "ResponseCancel",
    "ResponseContentPartAdded",
    "ResponseContentPartDone",
    "ResponseCreate",
    "ResponseCreated",
    "ResponseDone",
    "ResponseFunctionCallArgumentsDelta",
    "ResponseFunctionCallArgumentsDone",
    "ResponseOutputAudioDelta",
    "ResponseOutputAudioDone",
    "ResponseOutputAudioTranscriptDelta",
    "ResponseOutputAudioTranscriptDone",
    "ResponseOutputItemAdded",
    "ResponseOutputItemDone",
    "ResponseOutputTextDelta",
    "ResponseOutputTextDone",
    "ServerEvent",
    "SessionCreated",
    "SessionUpdate",
    "SessionUpdated",
]


class RawEvent(msgspec.Struct, frozen=True, tag_field="type", tag="raw"):
    """An event of either side that we do not act on, as it came.

    `raw` is its tag inside our own logs only; on the wire it has its true name.
    """

    name: str
    """The event's `type`."""
    body: dict[str, Any]
    """Its other keys."""

    @property
    def event_id(self) -> str | None:
        """Its id, when it has a proper one."""
        found = self.body.get("event_id")
        return found if isinstance(found, str) else None


class _ClientEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What all events of a client share."""

    event_id: str | None = None
    """The client's own id; an `error` that the event causes names it."""


class SessionUpdate(_ClientEvent, frozen=True, tag="session.update"):
    """Change the session's settings; only present keys change."""

    session: SessionConfig


class InputAudioBufferAppend(_ClientEvent, frozen=True, tag="input_audio_buffer.append"):
    """More of the caller's sound, in the session's input format."""

    audio: bytes


class InputAudioBufferCommit(_ClientEvent, frozen=True, tag="input_audio_buffer.commit"):
    """Make a user item of the sound so far."""


class InputAudioBufferClear(_ClientEvent, frozen=True, tag="input_audio_buffer.clear"):
    """Forget the sound so far."""


class ConversationItemCreate(_ClientEvent, frozen=True, tag="conversation.item.create"):
    """Put an item into the conversation."""

    item: Item
    previous_item_id: str | None = None
    """After which item: `root` for the first place, None for the last."""


class ConversationItemRetrieve(_ClientEvent, frozen=True, tag="conversation.item.retrieve"):
    """Ask for an item as the server has it."""

    item_id: str


class ConversationItemTruncate(_ClientEvent, frozen=True, tag="conversation.item.truncate"):
    """Cut an assistant's spoken item where the caller stopped hearing it."""

    item_id: str
    content_index: int
    audio_end_ms: int


class ConversationItemDelete(_ClientEvent, frozen=True, tag="conversation.item.delete"):
    """Take an item out of the conversation."""

    item_id: str


class ResponseCreate(_ClientEvent, frozen=True, tag="response.create"):
    """Ask for an answer."""

    response: ResponseParameters | None = None


class ResponseCancel(_ClientEvent, frozen=True, tag="response.cancel"):
    """Stop an answer."""

    response_id: str | None = None
    """Which; None: the active one."""


class _ServerEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What all events of a server share."""

    event_id: str | None = None
    """The server's own id, unique in its session."""


class ErrorDetail(msgspec.Struct, frozen=True):
    """What went wrong."""

    type: str = "server_error"
    """`invalid_request_error`, `server_error` or another class of fault."""
    message: str = ""
    code: str | None = None
    param: str | None = None
    """The field at fault."""
    event_id: str | None = None
    """The client's event that caused it."""


class ErrorEvent(_ServerEvent, frozen=True, tag="error"):
    """Something was refused or broke; the session usually goes on."""

    error: ErrorDetail


class SessionCreated(_ServerEvent, frozen=True, tag="session.created"):
    """The session is open: always the first event."""

    session: SessionConfig


class SessionUpdated(_ServerEvent, frozen=True, tag="session.updated"):
    """The settings as they are now, whole."""

    session: SessionConfig


class ConversationItemAdded(_ServerEvent, frozen=True, tag="conversation.item.added"):
    """An item entered the conversation; it may not be finished."""

    item: Item
    previous_item_id: str | None = None


class ConversationItemDone(_ServerEvent, frozen=True, tag="conversation.item.done"):
    """An item is final."""

    item: Item
    previous_item_id: str | None = None


class ConversationItemRetrieved(_ServerEvent, frozen=True, tag="conversation.item.retrieved"):
    """The item that was asked for."""

    item: Item


class ConversationItemTruncated(_ServerEvent, frozen=True, tag="conversation.item.truncated"):
    """A spoken item was cut."""

    item_id: str
    content_index: int = 0
    audio_end_ms: int = 0


class ConversationItemDeleted(_ServerEvent, frozen=True, tag="conversation.item.deleted"):
    """An item left the conversation."""

    item_id: str


class ConversationItemInputAudioTranscriptionDelta(
    _ServerEvent, frozen=True, tag="conversation.item.input_audio_transcription.delta"
):
    """More of the words that the caller said."""

    item_id: str
    content_index: int = 0
    delta: str = ""


class ConversationItemInputAudioTranscriptionCompleted(
    _ServerEvent, frozen=True, tag="conversation.item.input_audio_transcription.completed"
):
    """All the words of a caller's turn; may come long after the turn."""

    item_id: str
    content_index: int = 0
    transcript: str = ""
    usage: TranscriptionUsage | None = None
    """Never null in what we send."""


class ConversationItemInputAudioTranscriptionFailed(
    _ServerEvent, frozen=True, tag="conversation.item.input_audio_transcription.failed"
):
    """The recogniser could not write down a turn; the turn itself is fine."""

    item_id: str
    content_index: int = 0
    error: ResponseError = ResponseError()


class InputAudioBufferSpeechStarted(_ServerEvent, frozen=True, tag="input_audio_buffer.speech_started"):
    """The caller began to speak."""

    item_id: str
    """The id that the turn's item will get."""
    audio_start_ms: int = 0
    """Where in all sound of the session it began, padding included."""


class InputAudioBufferSpeechStopped(_ServerEvent, frozen=True, tag="input_audio_buffer.speech_stopped"):
    """The caller's turn is over."""

    item_id: str
    audio_end_ms: int = 0


class InputAudioBufferCommitted(_ServerEvent, frozen=True, tag="input_audio_buffer.committed"):
    """The sound so far became a user item."""

    item_id: str
    previous_item_id: str | None = None


class InputAudioBufferCleared(_ServerEvent, frozen=True, tag="input_audio_buffer.cleared"):
    """The sound so far is forgotten."""


class InputAudioBufferTimeoutTriggered(_ServerEvent, frozen=True, tag="input_audio_buffer.timeout_triggered"):
    """The caller was silent for so long that a silent turn was made."""

    item_id: str
    audio_start_ms: int = 0
    audio_end_ms: int = 0


class InputAudioBufferDtmfEventReceived(_ServerEvent, frozen=True, tag="input_audio_buffer.dtmf_event_received"):
    """The caller pressed a key (SIP only)."""

    event: str
    """The key."""
    received_at: int = 0
    """Unix seconds."""


class ResponseCreated(_ServerEvent, frozen=True, tag="response.created"):
    """An answer begins."""

    response: Response


class ResponseDone(_ServerEvent, frozen=True, tag="response.done"):
    """An answer is over, however it ended: once for every `response.created`."""

    response: Response


class ResponseOutputItemAdded(_ServerEvent, frozen=True, tag="response.output_item.added"):
    """An item of an answer begins."""

    response_id: str
    item: Item
    output_index: int = 0


class ResponseOutputItemDone(_ServerEvent, frozen=True, tag="response.output_item.done"):
    """An item of an answer is over; only a `completed` one counts."""

    response_id: str
    item: Item
    output_index: int = 0


class _Place(_ServerEvent, frozen=True):
    """Where in an answer something belongs."""

    response_id: str
    item_id: str
    output_index: int = 0
    content_index: int = 0


class ResponseContentPartAdded(_Place, frozen=True, tag="response.content_part.added"):
    """A stretch of speech or text begins."""

    part: Part = Part("audio")


class ResponseContentPartDone(_Place, frozen=True, tag="response.content_part.done"):
    """A stretch of speech or text is over."""

    part: Part = Part("audio")


class ResponseOutputAudioDelta(_Place, frozen=True, tag="response.output_audio.delta"):
    """More of the assistant's sound; comes faster than it is played."""

    delta: bytes = b""


class ResponseOutputAudioDone(_Place, frozen=True, tag="response.output_audio.done"):
    """All sound of this part has been sent."""


class ResponseOutputAudioTranscriptDelta(_Place, frozen=True, tag="response.output_audio_transcript.delta"):
    """More of the words that are spoken."""

    delta: str = ""


class ResponseOutputAudioTranscriptDone(_Place, frozen=True, tag="response.output_audio_transcript.done"):
    """All words that are spoken."""

    transcript: str = ""


class ResponseOutputTextDelta(_Place, frozen=True, tag="response.output_text.delta"):
    """More of a written answer."""

    delta: str = ""


class ResponseOutputTextDone(_Place, frozen=True, tag="response.output_text.done"):
    """All of a written answer."""

    text: str = ""


class ResponseFunctionCallArgumentsDelta(_ServerEvent, frozen=True, tag="response.function_call_arguments.delta"):
    """More of a tool's arguments."""

    response_id: str
    item_id: str
    output_index: int = 0
    call_id: str = ""
    delta: str = ""


class ResponseFunctionCallArgumentsDone(_ServerEvent, frozen=True, tag="response.function_call_arguments.done"):
    """All of a tool's arguments."""

    response_id: str
    item_id: str
    output_index: int = 0
    call_id: str = ""
    name: str = ""
    arguments: str = ""


class RateLimit(msgspec.Struct, frozen=True):
    """How much may still be asked for."""

    name: str | None = None
    """`requests` or `tokens`."""
    limit: int | None = None
    remaining: int | None = None
    reset_seconds: float | None = None


class RateLimitsUpdated(_ServerEvent, frozen=True, tag="rate_limits.updated"):
    """The limits after an answer."""

    rate_limits: tuple[RateLimit, ...] = ()


KnownClientEvent = (
    SessionUpdate
    | InputAudioBufferAppend
    | InputAudioBufferCommit
    | InputAudioBufferClear
    | ConversationItemCreate
    | ConversationItemRetrieve
    | ConversationItemTruncate
    | ConversationItemDelete
    | ResponseCreate
    | ResponseCancel
)
"""Client events that we send or act on."""

KnownServerEvent = (
    ErrorEvent
    | SessionCreated
    | SessionUpdated
    | ConversationItemAdded
    | ConversationItemDone
    | ConversationItemRetrieved
    | ConversationItemTruncated
    | ConversationItemDeleted
    | ConversationItemInputAudioTranscriptionDelta
    | ConversationItemInputAudioTranscriptionCompleted
    | ConversationItemInputAudioTranscriptionFailed
    | InputAudioBufferSpeechStarted
    | InputAudioBufferSpeechStopped
    | InputAudioBufferCommitted
    | InputAudioBufferCleared
    | InputAudioBufferTimeoutTriggered
    | InputAudioBufferDtmfEventReceived
    | ResponseCreated
    | ResponseDone
    | ResponseOutputItemAdded
    | ResponseOutputItemDone
    | ResponseContentPartAdded
    | ResponseContentPartDone
    | ResponseOutputAudioDelta
    | ResponseOutputAudioDone
    | ResponseOutputAudioTranscriptDelta
    | ResponseOutputAudioTranscriptDone
    | ResponseOutputTextDelta
    | ResponseOutputTextDone
    | ResponseFunctionCallArgumentsDelta
    | ResponseFunctionCallArgumentsDone
    | RateLimitsUpdated
)
"""Server events that we send or act on."""

ClientEvent = KnownClientEvent | RawEvent
ServerEvent = KnownServerEvent | RawEvent
