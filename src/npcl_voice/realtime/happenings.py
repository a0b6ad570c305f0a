"""What a server's events mean to the one who talks with it."""

import msgspec

from npcl_voice.realtime.events import RateLimit, ServerEvent
from npcl_voice.realtime.faults import Action

__all__ = [
    "AssistantAudio",
    "AssistantText",
    "CallerStarted",
    "CallerStopped",
    "Fault",
    "Happening",
    "Heard",
    "HeardNothing",
    "HeardPartly",
    "MessageEnded",
    "Passed",
    "RateLimits",
    "ResponseBegan",
    "ResponseEnded",
    "SessionReady",
    "ToolCalled",
    "TurnCommitted",
]


class SessionReady(msgspec.Struct, frozen=True):
    """The server has taken our settings: sound may flow. Once in a session."""


class CallerStarted(msgspec.Struct, frozen=True):
    """The caller began to speak."""

    item_id: str
    audio_start_ms: int


class CallerStopped(msgspec.Struct, frozen=True):
    """The caller's turn is over."""

    item_id: str
    audio_end_ms: int


class TurnCommitted(msgspec.Struct, frozen=True):
    """The caller's turn is an item of the conversation now."""

    item_id: str


class HeardPartly(msgspec.Struct, frozen=True):
    """The words of a turn so far."""

    item_id: str
    text: str
    """All of them from the start of the turn."""


class Heard(msgspec.Struct, frozen=True):
    """The words of a turn. Once for an item."""

    item_id: str
    text: str


class HeardNothing(msgspec.Struct, frozen=True):
    """No words could be made of a turn. Once for an item, in place of `Heard`."""

    item_id: str
    code: str
    """The server's code, `empty` for no words, `idle_timeout` for a turn of silence."""


class ResponseBegan(msgspec.Struct, frozen=True):
    """The server is answering."""

    response_id: str


class AssistantAudio(msgspec.Struct, frozen=True):
    """More of the assistant's sound."""

    response_id: str
    item_id: str
    content_index: int
    data: bytes
    """In the session's output format."""


class AssistantText(msgspec.Struct, frozen=True):
    """More of the assistant's words, spoken or written."""

    response_id: str
    item_id: str
    content_index: int
    delta: str


class MessageEnded(msgspec.Struct, frozen=True):
    """One message of an answer is complete; its sound may still be playing. Once for an item."""

    response_id: str
    item_id: str
    text: str


class ToolCalled(msgspec.Struct, frozen=True):
    """The assistant wants a tool to be run. Once for a call."""

    response_id: str
    item_id: str
    call_id: str
    name: str
    arguments: str
    """JSON text as the model wrote it, not checked."""


class ResponseEnded(msgspec.Struct, frozen=True):
    """An answer is over, however it ended; also one that was refused before it began."""

    response_id: str
    """Empty for a refused one."""
    status: str
    """`completed`, `cancelled`, `incomplete` or `failed`."""
    reason: str | None
    error_code: str | None
    error_message: str | None
    called_tools: bool
    """Whether a `ToolCalled` came from it. The outputs of a completed one's calls go before the next answer."""
    action: Action = Action.IGNORE
    """Whether asking again may help: RETRY, or not: STOP and IGNORE."""
    retry_after_s: float | None = None
    """Seconds to wait before that, where the server says so."""


class Fault(msgspec.Struct, frozen=True):
    """The server refused something, or broke."""

    code: str
    message: str
    action: Action
    """What is to be done about the session; REPAIR has been done already."""
    event_id: str | None
    """Our event that caused it."""
    retry_after_s: float | None = None
    """Seconds to wait before a new session, where the server says so."""


class RateLimits(msgspec.Struct, frozen=True):
    """How much may still be asked for."""

    limits: tuple[RateLimit, ...]


class Passed(msgspec.Struct, frozen=True):
    """An event without a meaning of its own here, as it came."""

    event: ServerEvent


Happening = (
    SessionReady
    | CallerStarted
    | CallerStopped
    | TurnCommitted
    | HeardPartly
    | Heard
    | HeardNothing
    | ResponseBegan
    | AssistantAudio
    | AssistantText
    | MessageEnded
    | ToolCalled
    | ResponseEnded
    | Fault
    | RateLimits
    | Passed
)
