"""What a Realtime server's engine is told to do: the part of a session that is not words on a wire."""

import msgspec

from npcl_voice.realtime.items import Item
from npcl_voice.realtime.session import ResponseParameters, SessionConfig

__all__ = [
    "AudioArrived",
    "BufferCleared",
    "CancelResponse",
    "Configured",
    "ItemAdded",
    "ItemDeleted",
    "Order",
    "RespondTo",
    "Truncated",
    "TurnTaken",
]


class Configured(msgspec.Struct, frozen=True):
    """These settings hold from now on."""

    session: SessionConfig
    """All of them."""


class AudioArrived(msgspec.Struct, frozen=True):
    """More of the caller's sound: listen to it."""

    data: bytes
    """Whole samples in the session's input format."""
    start_ms: int
    """Where in all sound of the session it begins, counted by what was received."""


class TurnTaken(msgspec.Struct, frozen=True):
    """The caller's turn, whoever ended it, is an item now: write down what was said."""

    item_id: str
    start_ms: int
    end_ms: int


class BufferCleared(msgspec.Struct, frozen=True):
    """Forget the sound that is not an item yet, and that the caller was speaking."""


class RespondTo(msgspec.Struct, frozen=True):
    """Answer, and end it with `finish`."""

    response_id: str
    parameters: ResponseParameters
    """Complete: what the client left out is the session's. `input` is None for the conversation."""


class CancelResponse(msgspec.Struct, frozen=True):
    """Stop answering: its `response.done` has been sent, what still comes of it is dropped."""

    response_id: str
    reason: str
    """`client_cancelled`, `turn_detected` or `session_expired`."""


class Truncated(msgspec.Struct, frozen=True):
    """Of an assistant's item only the beginning was heard."""

    item_id: str
    audio_end_ms: int


class ItemAdded(msgspec.Struct, frozen=True):
    """The client put an item into the conversation."""

    item: Item
    """With its sound, if it has any; the session does not keep that."""


class ItemDeleted(msgspec.Struct, frozen=True):
    """The client took an item out of the conversation."""

    item_id: str


Order = (
    Configured
    | AudioArrived
    | TurnTaken
    | BufferCleared
    | RespondTo
    | CancelResponse
    | Truncated
    | ItemAdded
    | ItemDeleted
)
