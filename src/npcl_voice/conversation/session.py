"""What we ask of an engine when we join it: format, turn detection, tools, instructions.

We own the turns (ADR 0004): the engine detects speech, and neither answers nor interrupts by itself.
"""

import msgspec

from npcl_voice.audio.frame import Codec, Format
from npcl_voice.config import Turns
from npcl_voice.conversation.events import Traits
from npcl_voice.conversation.questions import expectation_of
from npcl_voice.meaning.expectation import Kind
from npcl_voice.realtime.session import (
    Audio,
    AudioFormat,
    AudioInput,
    AudioOutput,
    FunctionTool,
    Pcm,
    Pcma,
    Pcmu,
    ServerVad,
    SessionConfig,
    Transcription,
)

__all__ = ["asked_of", "session_for", "silence_for", "wire_format", "with_recogniser", "with_silence", "written_in"]


def wire_format(line: Format) -> AudioFormat:
    """The protocol's name of a line's format: G.711 goes through untouched, all else as 24 kHz PCM.

    Raises ValueError for a format that no engine takes.
    """
    match line.codec, line.rate_hz:
        case Codec.PCM16, 24_000:
            return Pcm()
        case Codec.PCMU, 8_000:
            return Pcmu()
        case Codec.PCMA, 8_000:
            return Pcma()
    msg = f"no engine takes {line.codec.value} at {line.rate_hz} Hz"
    raise ValueError(msg)


def session_for(
    line: Format, *, voice: bool, turns: Turns, tools: tuple[FunctionTool, ...], instructions: str, language: str | None
) -> SessionConfig:
    """The configuration of a session for a call on this line; without a language the recogniser finds it itself."""
    return SessionConfig(
        output_modalities=("audio",) if voice else ("text",),
        instructions=instructions,
        audio=Audio(
            input=AudioInput(
                format=wire_format(line),
                transcription=Transcription(language=language),
                turn_detection=ServerVad(
                    threshold=0.5,
                    prefix_padding_ms=turns.prefix_padding_ms,
                    silence_duration_ms=turns.silence_ms_any,
                    create_response=False,
                    interrupt_response=False,
                ),
            ),
            output=AudioOutput(format=wire_format(line)),
        ),
        tools=tools,
        tool_choice="auto",
    )


def asked_of(settings: SessionConfig, traits: Traits) -> SessionConfig:
    """The same, with the voice and the recogniser of this engine, where it has a choice of them."""
    if not traits.transcriber and not traits.voice:
        return settings
    heard, spoken = _sides(settings)
    if traits.transcriber and heard.transcription:
        named = msgspec.structs.replace(heard.transcription, model=traits.transcriber)
        heard = msgspec.structs.replace(heard, transcription=named)
    if traits.voice:
        spoken = msgspec.structs.replace(spoken, voice=traits.voice)
    return msgspec.structs.replace(settings, audio=Audio(heard, spoken))


def silence_for(question: str | None, turns: Turns) -> int:
    """Milliseconds of silence that end a turn which answers this question."""
    match expectation_of(question).kind:
        case Kind.NUMBER:
            return turns.silence_ms_number
        case Kind.YES_NO:
            return turns.silence_ms_yes_no
        case _:
            return turns.silence_ms_any


def with_silence(settings: SessionConfig, silence_ms: int) -> SessionConfig:
    """Of the settings nothing but the turn detection, whole: whether a server merges parts of it is not known."""
    detection = _sides(settings)[0].turn_detection
    assert isinstance(detection, ServerVad)
    detection = msgspec.structs.replace(detection, silence_duration_ms=silence_ms)
    return SessionConfig(audio=Audio(input=AudioInput(turn_detection=detection)))


def written_in(settings: SessionConfig, language: str) -> SessionConfig:
    """The same, with what the caller says written down in that language."""
    heard, spoken = _sides(settings)
    if not heard.transcription:
        return settings
    named = msgspec.structs.replace(heard.transcription, language=language)
    return msgspec.structs.replace(settings, audio=Audio(msgspec.structs.replace(heard, transcription=named), spoken))


def with_recogniser(settings: SessionConfig) -> SessionConfig | None:
    """Of the settings nothing but the recogniser; None where it finds the language itself, or there is none."""
    named = _sides(settings)[0].transcription
    if not named or named.language is None:
        return None
    return SessionConfig(audio=Audio(input=AudioInput(transcription=named)))


def _sides(settings: SessionConfig) -> tuple[AudioInput, AudioOutput]:
    audio = settings.audio or Audio()
    return audio.input or AudioInput(), audio.output or AudioOutput()
