"""What a response has become, and what it cost."""

import msgspec

from npcl_voice.realtime.items import Item
from npcl_voice.realtime.session import ResponseAudio

__all__ = [
    "CachedTokens",
    "InputTokens",
    "OutputTokens",
    "Response",
    "ResponseError",
    "StatusDetails",
    "TranscriptionUsage",
    "Usage",
]


class ResponseError(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a response or a transcription failed."""

    type: str | None = None
    code: str | None = None
    message: str | None = None
    param: str | None = None


class StatusDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """More about a status that is not plain success."""

    type: str | None = None
    """The status itself."""
    reason: str | None = None
    """`turn_detected`, `client_cancelled`, `max_output_tokens` or `content_filter`."""
    error: ResponseError | None = None


class CachedTokens(msgspec.Struct, frozen=True):
    """Tokens read at the lower price, by kind."""

    text_tokens: int | None = None
    audio_tokens: int | None = None
    image_tokens: int | None = None


class InputTokens(msgspec.Struct, frozen=True):
    """Tokens read, by kind; cached ones are among them."""

    text_tokens: int | None = None
    audio_tokens: int | None = None
    image_tokens: int | None = None
    cached_tokens: int | None = None
    cached_tokens_details: CachedTokens | None = None


class OutputTokens(msgspec.Struct, frozen=True):
    """Tokens made, by kind."""

    text_tokens: int | None = None
    audio_tokens: int | None = None


class Usage(msgspec.Struct, frozen=True):
    """What a response is billed by."""

    total_tokens: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    input_token_details: InputTokens | None = None
    output_token_details: OutputTokens | None = None


class TranscriptionUsage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a transcription is billed by: tokens or seconds."""

    type: str
    """`tokens` or `duration`."""
    seconds: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    input_token_details: InputTokens | None = None


class Response(msgspec.Struct, frozen=True):
    """A response as `response.created` and `response.done` report it."""

    id: str = ""
    object: str = "realtime.response"
    status: str | None = None
    """`in_progress`, `completed`, `cancelled`, `incomplete` or `failed`."""
    status_details: StatusDetails | None = None
    output: tuple[Item, ...] | None = ()
    conversation_id: str | None = None
    """Null for a response beside the conversation."""
    output_modalities: tuple[str, ...] | None = None
    max_output_tokens: int | str | None = None
    audio: ResponseAudio | None = None
    usage: Usage | None = None
    metadata: dict[str, str] | None = None
