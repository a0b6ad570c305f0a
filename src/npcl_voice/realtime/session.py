"""A session's configuration, and what a single response may override of it.

In `SessionConfig` and below it an absent key differs from null: absent leaves a value as it is,
null clears it. Absent is `msgspec.UNSET`. What a server reports is read with the same structs.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from npcl_voice.realtime.items import Item

__all__ = [
    "Audio",
    "AudioFormat",
    "AudioInput",
    "AudioOutput",
    "FunctionChoice",
    "FunctionTool",
    "McpChoice",
    "NoiseReduction",
    "OtherTool",
    "Pcm",
    "Pcma",
    "Pcmu",
    "Reasoning",
    "ResponseAudio",
    "ResponseAudioOutput",
    "ResponseParameters",
    "SemanticVad",
    "ServerVad",
    "SessionConfig",
    "Tool",
    "ToolChoice",
    "Transcription",
    "TurnDetection",
    "Voice",
    "VoiceId",
    "bytes_per_ms",
]


class Pcm(msgspec.Struct, frozen=True, tag_field="type", tag="audio/pcm"):
    """Signed 16-bit little-endian mono; 24 kHz is the only rate there is."""

    rate: int = 24_000


class Pcmu(msgspec.Struct, frozen=True, tag_field="type", tag="audio/pcmu"):
    """G.711 mu-law at 8 kHz."""


class Pcma(msgspec.Struct, frozen=True, tag_field="type", tag="audio/pcma"):
    """G.711 A-law at 8 kHz."""


AudioFormat = Pcm | Pcmu | Pcma


def bytes_per_ms(format: AudioFormat) -> int:
    """Bytes of one millisecond of that format: 48 or 8."""
    return 48 if isinstance(format, Pcm) else 8


class NoiseReduction(msgspec.Struct, frozen=True, omit_defaults=True):
    """Filtering of the caller's sound before it is listened to."""

    type: str | None = None
    """`near_field` or `far_field`."""
    strength: float | None = None


class Transcription(msgspec.Struct, frozen=True, omit_defaults=True):
    """The recogniser that writes down what the caller says."""

    model: str | None = None
    language: str | None = None
    """ISO 639-1, such as `en`."""
    prompt: str | None = None
    languages: tuple[str, ...] | None = None
    keywords: tuple[str, ...] | None = None
    delay: str | None = None
    """`minimal`, `low`, `medium`, `high` or `xhigh`."""


class ServerVad(msgspec.Struct, frozen=True, tag_field="type", tag="server_vad"):
    """Turns end after a stretch of silence."""

    threshold: float | None | UnsetType = UNSET
    """0 to 1; higher for noisy input."""
    prefix_padding_ms: int | None | UnsetType = UNSET
    """Sound kept from before the speech was noticed."""
    silence_duration_ms: int | None | UnsetType = UNSET
    """Silence that ends the turn."""
    idle_timeout_ms: int | None | UnsetType = UNSET
    """Silence after an answer that makes a turn of its own; 5,000 to 30,000."""
    create_response: bool | None | UnsetType = UNSET
    """Whether the server answers by itself at the end of a turn."""
    interrupt_response: bool | None | UnsetType = UNSET
    """Whether the server cancels its answer when the caller speaks."""


class SemanticVad(msgspec.Struct, frozen=True, tag_field="type", tag="semantic_vad"):
    """Turns end when the caller seems to have said what they wanted."""

    eagerness: str | None | UnsetType = UNSET
    """`low`, `medium`, `high` or `auto`: at most 8, 4, 2 or 4 seconds of waiting."""
    create_response: bool | None | UnsetType = UNSET
    """Whether the server answers by itself at the end of a turn."""
    interrupt_response: bool | None | UnsetType = UNSET
    """Whether the server cancels its answer when the caller speaks."""


TurnDetection = ServerVad | SemanticVad


class VoiceId(msgspec.Struct, frozen=True):
    """A voice of one's own, by its id."""

    id: str


Voice = str | VoiceId


class AudioInput(msgspec.Struct, frozen=True):
    """How the caller's sound comes in and what is done with it."""

    format: AudioFormat | None | UnsetType = UNSET
    noise_reduction: NoiseReduction | None | UnsetType = UNSET
    """Null: off."""
    transcription: Transcription | None | UnsetType = UNSET
    """Null: off."""
    turn_detection: TurnDetection | None | UnsetType = UNSET
    """Null: the client says when a turn ends."""


class AudioOutput(msgspec.Struct, frozen=True):
    """How the assistant's sound goes out."""

    format: AudioFormat | None | UnsetType = UNSET
    voice: Voice | None | UnsetType = UNSET
    """Fixed once the assistant has been heard."""
    speed: float | None | UnsetType = UNSET
    """0.25 to 1.5."""


class Audio(msgspec.Struct, frozen=True):
    """Sound both ways."""

    input: AudioInput | UnsetType = UNSET
    output: AudioOutput | UnsetType = UNSET


class FunctionTool(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="function"):
    """A function that the assistant may ask for."""

    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None
    """JSON Schema of its arguments."""


class OtherTool(msgspec.Struct, frozen=True, tag_field="type", tag="other"):
    """A tool of another kind (MCP), as it came."""

    body: dict[str, Any]
    """The whole JSON object."""


Tool = FunctionTool | OtherTool


class FunctionChoice(msgspec.Struct, frozen=True, tag_field="type", tag="function"):
    """The assistant must call this function."""

    name: str


class McpChoice(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="mcp"):
    """The assistant must use this MCP server."""

    server_label: str
    name: str | None = None


ToolChoice = str | FunctionChoice | McpChoice
"""`auto`, `none`, `required`, or a certain tool."""


class Reasoning(msgspec.Struct, frozen=True, omit_defaults=True):
    """How hard the model thinks before it answers."""

    effort: str | None = None
    """`minimal`, `low`, `medium`, `high` or `xhigh`."""


class SessionConfig(msgspec.Struct, frozen=True):
    """A session's settings, whole or in part."""

    type: str = "realtime"
    """`realtime`, or `transcription` for a session that only listens."""
    model: str | None | UnsetType = UNSET
    output_modalities: tuple[str, ...] | None | UnsetType = UNSET
    """`("audio",)`, which includes a transcript, or `("text",)`."""
    instructions: str | None | UnsetType = UNSET
    audio: Audio | UnsetType = UNSET
    tools: tuple[Tool, ...] | None | UnsetType = UNSET
    tool_choice: ToolChoice | None | UnsetType = UNSET
    parallel_tool_calls: bool | None | UnsetType = UNSET
    reasoning: Reasoning | None | UnsetType = UNSET
    max_output_tokens: int | str | None | UnsetType = UNSET
    """1 to 4,096, or `inf`."""
    truncation: str | dict[str, Any] | None | UnsetType = UNSET
    """`auto`, `disabled` or an object of type `retention_ratio`."""
    tracing: str | dict[str, Any] | None | UnsetType = UNSET
    prompt: dict[str, Any] | None | UnsetType = UNSET
    include: tuple[str, ...] | None | UnsetType = UNSET
    id: str | UnsetType = UNSET
    """Set by the server."""
    object: str | UnsetType = UNSET
    """`realtime.session`, set by the server."""
    expires_at: int | None | UnsetType = UNSET
    """Unix seconds, set by the server."""


class ResponseAudioOutput(msgspec.Struct, frozen=True, omit_defaults=True):
    """Format and voice of one response."""

    format: AudioFormat | None = None
    voice: Voice | None = None


class ResponseAudio(msgspec.Struct, frozen=True, omit_defaults=True):
    """Sound of one response."""

    output: ResponseAudioOutput | None = None


class ResponseParameters(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `response.create` may set for the one response it asks for."""

    conversation: str | None = None
    """`auto`, or `none` for a response beside the conversation."""
    input: tuple[Item, ...] | None = None
    """Stands in place of the conversation as what is answered; empty: nothing."""
    instructions: str | None = None
    """Stands in place of the session's instructions."""
    output_modalities: tuple[str, ...] | None = None
    audio: ResponseAudio | None = None
    tools: tuple[Tool, ...] | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    reasoning: Reasoning | None = None
    max_output_tokens: int | str | None = None
    metadata: dict[str, str] | None = None
    """Echoed in `response.created` and `response.done`."""
    prompt: dict[str, Any] | None = None
