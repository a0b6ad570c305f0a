"""What a client of a Realtime server may say: sizes, ranges and words.

Limits are those of the OpenAI Realtime guide and OpenAPI text where it states them (append,
metadata, voice speed, idle timeout, output tokens) and those seen of the live service elsewhere
(32 characters of an id, 256,000 of a text). What the embedded engine cannot do (pictures, MCP
servers, stored prompts) is refused by name instead of being accepted and forgotten.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, Never

import msgspec

from npcl_voice.errors import RemoteProtocolError
from npcl_voice.realtime import events as e
from npcl_voice.realtime import items as i
from npcl_voice.realtime import session as s

__all__ = ["MAX_APPEND_BYTES", "MAX_EVENT_ID", "MAX_ID", "MAX_TEXT", "check", "check_shape", "echoed", "shortened"]

MAX_APPEND_BYTES: Final = 15 * 2**20
"""Bytes of sound in one `input_audio_buffer.append`."""
MAX_ID: Final = 32
"""Characters of an item's or a call's id that a client chooses."""
MAX_EVENT_ID: Final = 512
"""Characters of an event's id."""
MAX_TEXT: Final = 256_000
"""Characters of the text of one item, of instructions, and of the tools written as JSON."""
MAX_CONTENTS: Final = 64
"""Contents of one message."""
MAX_METADATA: Final = (16, 64, 512)
"""Pairs; characters of a key; characters of a value."""
MAX_MS: Final = 60_000
"""Longest padding and longest closing silence, in milliseconds."""

_ROLES: Final[Mapping[str, tuple[type, ...]]] = {
    "system": (i.InputText,),
    "user": (i.InputText, i.InputAudio),
    "assistant": (i.OutputText,),
}
"""What a client may put into the message of each role: an assistant's sound cannot be put in."""

_STATUSES: Final = ("in_progress", "completed", "incomplete")
_EFFORTS: Final = ("minimal", "low", "medium", "high", "xhigh")
_FUNCTION = re.compile(r"[A-Za-z0-9_-]{1,64}")


def shortened(text: str, limit: int = 300) -> str:
    """The text, cut to `limit` characters: what is refused is not sent back at length."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def echoed(event_id: object) -> str | None:
    """The event's id, where it can be sent back."""
    return event_id if isinstance(event_id, str) and len(event_id) <= MAX_EVENT_ID else None


def check_shape(body: Mapping[str, Any]) -> None:
    """Hold an event's plain JSON to what its struct cannot tell. Raises RemoteProtocolError."""
    event_id = body.get("event_id")
    if event_id is not None and not isinstance(event_id, str):
        _refuse("event_id is not a string", "event_id")
    if body.get("type") == "session.update":
        session = body.get("session")
        if isinstance(session, dict) and "type" not in session:
            msg = "missing required parameter: 'session.type'"
            raise RemoteProtocolError(msg, code="missing_required_parameter", param="session.type")


def check(event: e.KnownClientEvent, body: Mapping[str, Any] | None = None) -> None:
    """Hold an event to the rules; `body` is its plain JSON, in which unknown keys are looked for.

    Raises RemoteProtocolError.
    """
    _length(event.event_id, MAX_EVENT_ID, "event_id")
    match event:
        case e.InputAudioBufferAppend():
            if len(event.audio) > MAX_APPEND_BYTES:
                _too_long("audio", MAX_APPEND_BYTES)
        case e.SessionUpdate():
            _known_keys((body or {}).get("session"), event.session, "session")
            _session(event.session)
        case e.ConversationItemCreate():
            _item(event.item, "item", reference=False)
        case e.ResponseCreate() if event.response is not None:
            _known_keys((body or {}).get("response"), event.response, "response")
            _parameters(event.response)
        case _:
            pass


def _refuse(message: str, param: str, code: str = "invalid_value") -> Never:
    raise RemoteProtocolError(shortened(message), code=code, param=shortened(param, 200))


def _too_long(param: str, limit: int) -> Never:
    _refuse(f"'{param}' is longer than {limit}", param, "string_above_max_length")


def _length(text: str | None, limit: int, param: str) -> None:
    if text is not None and len(text) > limit:
        _too_long(param, limit)


def _identity(text: str | None, param: str) -> None:
    """An id that a client chose: absent, or 1 to 32 characters."""
    if text == "":
        _refuse(f"'{param}' is empty", param)
    _length(text, MAX_ID, param)


def _one_of(value: Any, allowed: tuple[str, ...], param: str) -> None:
    """A word of a list; absent and null are no word."""
    if isinstance(value, str) and value not in allowed:
        _refuse(f"'{param}' is '{value}', not one of {', '.join(allowed)}", param)


def _between(value: Any, low: float, high: float, param: str) -> None:
    """A number in a range; absent and null are no number."""
    if isinstance(value, (int, float)) and not low <= value <= high:
        _refuse(f"'{param}' is not between {low} and {high}", param)


def _known_keys(found: Any, value: Any, path: str) -> None:
    """Refuse the first key that its struct does not know; items and tools may have more keys."""
    if isinstance(found, list):
        for index, (inner, part) in enumerate(zip(found, value, strict=True)):
            _known_keys(inner, part, f"{path}[{index}]")
    elif isinstance(found, dict) and isinstance(value, msgspec.Struct) and not isinstance(value, (i.Item, s.Tool)):
        known = {*value.__struct_fields__, value.__struct_config__.tag_field}
        if isinstance(value, s.SessionConfig):
            known -= {"id", "object", "expires_at"}
        for key, inner in found.items():
            if key not in known:
                _refuse(f"unknown parameter: '{path}.{key}'", f"{path}.{key}", "unknown_parameter")
            _known_keys(inner, getattr(value, key, None), f"{path}.{key}")


def _session(session: s.SessionConfig) -> None:
    _one_of(session.type, ("realtime", "transcription"), "session.type")
    _shared(session, "session")
    _truncation(session.truncation)
    _tracing(session.tracing)
    if session.include and set(session.include) != {"item.input_audio_transcription.logprobs"}:
        _refuse("only 'item.input_audio_transcription.logprobs' can be included", "session.include")
    if not session.audio:
        return
    if session.audio.input:
        _hearing(session.audio.input, "session.audio.input")
    if session.audio.output:
        _speaking(session.audio.output, "session.audio.output")
        _between(session.audio.output.speed, 0.25, 1.5, "session.audio.output.speed")


def _parameters(parameters: s.ResponseParameters) -> None:
    _one_of(parameters.conversation, ("auto", "none"), "response.conversation")
    _shared(parameters, "response")
    for index, item in enumerate(parameters.input or ()):
        _item(item, f"response.input[{index}]", reference=True)
    if parameters.audio and parameters.audio.output:
        _speaking(parameters.audio.output, "response.audio.output")
    pairs, key_limit, value_limit = MAX_METADATA
    metadata = parameters.metadata or {}
    if len(metadata) > pairs:
        _refuse(f"'response.metadata' has more than {pairs} pairs", "response.metadata")
    for key, value in metadata.items():
        _length(key, key_limit, "response.metadata")
        _length(value, value_limit, f"response.metadata.{key}")


def _shared(found: s.SessionConfig | s.ResponseParameters, path: str) -> None:
    """What a session and a single response both may set."""
    if found.output_modalities is not msgspec.UNSET and found.output_modalities not in (None, ("audio",), ("text",)):
        _refuse("output_modalities is ['audio'] or ['text']", f"{path}.output_modalities")
    if found.instructions:
        _length(found.instructions, MAX_TEXT, f"{path}.instructions")
    if found.tools:
        _tools(found.tools, f"{path}.tools")
    if isinstance(found.tool_choice, s.McpChoice):
        _refuse("this server has no MCP tools", f"{path}.tool_choice")
    _one_of(found.tool_choice, ("auto", "none", "required"), f"{path}.tool_choice")
    if found.reasoning:
        _one_of(found.reasoning.effort, _EFFORTS, f"{path}.reasoning.effort")
    _one_of(found.max_output_tokens, ("inf",), f"{path}.max_output_tokens")
    _between(found.max_output_tokens, 1, 4096, f"{path}.max_output_tokens")
    if found.prompt:
        _refuse("this server has no stored prompts", f"{path}.prompt")


def _tools(tools: tuple[s.Tool, ...], path: str) -> None:
    names = set()
    for index, tool in enumerate(tools):
        if not isinstance(tool, s.FunctionTool):
            _refuse("this server has no tools but functions", f"{path}[{index}].type")
        if not _FUNCTION.fullmatch(tool.name) or tool.name in names:
            _refuse("a function's name is 1 to 64 of A-Z a-z 0-9 _ -, and its own", f"{path}[{index}].name")
        names.add(tool.name)
    if len(msgspec.json.encode(tools)) > MAX_TEXT:
        _too_long(path, MAX_TEXT)


def _truncation(truncation: Any) -> None:
    param = "session.truncation"
    _one_of(truncation, ("auto", "disabled"), param)
    if isinstance(truncation, dict):
        try:
            found = msgspec.convert(truncation, _RetentionRatio)
        except msgspec.ValidationError as fault:
            _refuse(str(fault), param)
        _between(found.retention_ratio, 0, 1, f"{param}.retention_ratio")


def _tracing(tracing: Any) -> None:
    param = "session.tracing"
    _one_of(tracing, ("auto",), param)
    if isinstance(tracing, dict):
        try:
            msgspec.convert(tracing, _Tracing)
        except msgspec.ValidationError as fault:
            _refuse(str(fault), param)


class _TokenLimits(msgspec.Struct, forbid_unknown_fields=True):
    post_instructions: int | None = None


class _RetentionRatio(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="retention_ratio"):
    retention_ratio: float
    token_limits: _TokenLimits | None = None


class _Tracing(msgspec.Struct, forbid_unknown_fields=True):
    workflow_name: str | None = None
    group_id: str | None = None
    metadata: dict[str, Any] | None = None


def _format(audio_format: Any, path: str) -> None:
    if isinstance(audio_format, s.Pcm) and audio_format.rate != 24_000:
        _refuse("audio/pcm has a rate of 24000", f"{path}.format.rate")


def _hearing(audio: s.AudioInput, path: str) -> None:
    _format(audio.format, path)
    if audio.noise_reduction:
        _one_of(audio.noise_reduction.type, ("near_field", "far_field"), f"{path}.noise_reduction.type")
    if audio.transcription:
        _one_of(audio.transcription.delay, _EFFORTS, f"{path}.transcription.delay")
        for name in ("model", "language"):
            _length(getattr(audio.transcription, name), MAX_EVENT_ID, f"{path}.transcription.{name}")
        _length(audio.transcription.prompt, MAX_TEXT, f"{path}.transcription.prompt")
    path = f"{path}.turn_detection"
    match audio.turn_detection:
        case s.ServerVad() as vad:
            _between(vad.threshold, 0, 1, f"{path}.threshold")
            _between(vad.prefix_padding_ms, 0, MAX_MS, f"{path}.prefix_padding_ms")
            _between(vad.silence_duration_ms, 0, MAX_MS, f"{path}.silence_duration_ms")
            _between(vad.idle_timeout_ms, 5_000, 30_000, f"{path}.idle_timeout_ms")
        case s.SemanticVad() as vad:
            _one_of(vad.eagerness, ("low", "medium", "high", "auto"), f"{path}.eagerness")
        case _:
            pass


def _speaking(audio: s.AudioOutput | s.ResponseAudioOutput, path: str) -> None:
    _format(audio.format, path)
    if audio.voice:
        voice = audio.voice.id if isinstance(audio.voice, s.VoiceId) else audio.voice
        _length(voice, MAX_EVENT_ID, f"{path}.voice")


def _item(item: i.Item, path: str, *, reference: bool) -> None:
    """An item that a client may put in."""
    match item:
        case i.Message():
            _message(item, path)
        case i.FunctionCall():
            _identity(item.call_id, f"{path}.call_id")
            if not _FUNCTION.fullmatch(item.name):
                _refuse("a function's name is 1 to 64 of A-Z a-z 0-9 _ -", f"{path}.name")
            _length(item.arguments, MAX_TEXT, f"{path}.arguments")
        case i.FunctionCallOutput():
            _identity(item.call_id, f"{path}.call_id")
            _length(item.output, MAX_TEXT, f"{path}.output")
        case i.ItemReference() if reference:
            return
        case _:
            _refuse("a client cannot put in an item of this type", f"{path}.type")
    _identity(item.id, f"{path}.id")
    _one_of(item.status, _STATUSES, f"{path}.status")


def _message(message: i.Message, path: str) -> None:
    if message.role not in _ROLES:
        _refuse(f"'{path}.role' is not one of {', '.join(_ROLES)}", f"{path}.role")
    if len(message.content) > MAX_CONTENTS:
        _refuse(f"'{path}.content' has more than {MAX_CONTENTS} parts", f"{path}.content")
    length = 0
    for index, content in enumerate(message.content):
        if not isinstance(content, _ROLES[message.role]):
            msg = f"a client cannot put this type of content into a message of the {message.role}"
            _refuse(msg, f"{path}.content[{index}].type")
        if isinstance(content, i.InputAudio) and not content.audio:
            msg = f"missing required parameter: '{path}.content[{index}].audio'"
            _refuse(msg, f"{path}.content[{index}].audio", "missing_required_parameter")
        length += len(i.words_of(content))
        if length > MAX_TEXT:
            _too_long(f"{path}.content[{index}]", MAX_TEXT)
