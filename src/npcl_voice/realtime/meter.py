"""What a response would cost: an estimate with which cost accounting can be exercised.

The service counts the caller's sound as one token per 100 ms and the assistant's as one per 50 ms;
four characters of text are about one token. What the last response read is cheaper to read again.
"""

from collections.abc import Iterable

import msgspec

from npcl_voice.realtime.history import Entry
from npcl_voice.realtime.items import FunctionCall, FunctionCallOutput, Message, text_of
from npcl_voice.realtime.responses import CachedTokens, InputTokens, OutputTokens, Usage
from npcl_voice.realtime.session import ResponseParameters

__all__ = ["Meter", "usage"]

_CALLER_MS_PER_TOKEN = 100
_ASSISTANT_MS_PER_TOKEN = 50
_CHARACTERS_PER_TOKEN = 4


class Meter:
    """Knows what a session's last response read."""

    def __init__(self) -> None:
        self._cached = (0, 0)

    def forget(self) -> None:
        """Instructions, tools or the past were changed: nothing of it can be read cheaply again."""
        self._cached = (0, 0)

    def read(self, parameters: ResponseParameters, context: Iterable[Entry]) -> InputTokens:
        """What a response reads before it answers; the next one reads as much more cheaply."""
        text = _tokens(len(parameters.instructions or ""), _CHARACTERS_PER_TOKEN)
        if parameters.tools:
            text += _tokens(len(msgspec.json.encode(parameters.tools)), _CHARACTERS_PER_TOKEN)
        audio = 0
        for entry in context:
            text += _tokens(_characters(entry), _CHARACTERS_PER_TOKEN)
            audio += _tokens(entry.audio_ms, _ms_per_token(entry))
        cached_text, cached_audio = min(text, self._cached[0]), min(audio, self._cached[1])
        self._cached = (text, audio)
        cached = CachedTokens(cached_text, cached_audio, 0)
        return InputTokens(text, audio, 0, cached_text + cached_audio, cached)


def usage(read: InputTokens, said: str, said_ms: int) -> Usage:
    """What a response costs that read so much, said these words and gave so many milliseconds of sound."""
    input_tokens = (read.text_tokens or 0) + (read.audio_tokens or 0)
    made = OutputTokens(_tokens(len(said), _CHARACTERS_PER_TOKEN), _tokens(said_ms, _ASSISTANT_MS_PER_TOKEN))
    output_tokens = (made.text_tokens or 0) + (made.audio_tokens or 0)
    return Usage(input_tokens + output_tokens, input_tokens, output_tokens, read, made)


def _tokens(amount: int, per_token: int) -> int:
    """Whole tokens, begun ones included."""
    return -(-amount // per_token)


def _ms_per_token(entry: Entry) -> int:
    spoken = isinstance(entry.item, Message) and entry.item.role == "assistant"
    return _ASSISTANT_MS_PER_TOKEN if spoken else _CALLER_MS_PER_TOKEN


def _characters(entry: Entry) -> int:
    """Characters that the model reads: of what the caller said it has the sound, not the words."""
    match entry.item:
        case FunctionCall() as call:
            return len(call.name) + len(call.arguments)
        case FunctionCallOutput() as answer:
            return len(answer.output)
        case Message(role="user") if entry.audio_ms:
            return 0
        case item:
            return len(text_of(item))
