"""What we ask of an engine when we join it: format, turn detection, tools, instructions.

We own the turns (ADR 0004): the engine detects speech, and neither answers nor interrupts by itself.
"""

from npcl_voice.audio.frame import Codec, Format
from npcl_voice.config import Turns
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

__all__ = ["session_for", "wire_format"]


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
    line: Format, *, voice: bool, turns: Turns, tools: tuple[FunctionTool, ...], instructions: str, language: str
) -> SessionConfig:
    """The configuration of a session for a call on this line."""
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
