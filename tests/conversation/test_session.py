"""What we ask of an engine when we join it."""

import pytest

from npcl_voice.audio.frame import PCM_8K, PCM_16K, PCM_24K, PCMA, PCMU, Codec, Format
from npcl_voice.config import Turns
from npcl_voice.conversation.session import session_for, wire_format
from npcl_voice.realtime.session import (
    Audio,
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

TOOLS = (FunctionTool("bye", "The caller is done.", {"type": "object"}),)


@pytest.mark.parametrize(("line", "wire"), [(PCM_24K, Pcm()), (PCMU, Pcmu()), (PCMA, Pcma())])
def test_a_line_s_format_goes_through(line, wire):
    """G.711 untouched, PCM at 24 kHz."""
    assert wire_format(line) == wire


@pytest.mark.parametrize(
    ("line", "named"),
    [(PCM_8K, "pcm16 at 8000 Hz"), (PCM_16K, "pcm16 at 16000 Hz"), (Format(Codec.PCMU, 16_000), "pcmu at 16000 Hz")],
)
def test_a_format_that_no_engine_takes(line, named):
    """It is a mistake of ours, and named."""
    with pytest.raises(ValueError, match=f"^no engine takes {named}$"):
        wire_format(line)


def test_a_session_with_voice():
    """Sound both ways, words for what is heard, and the turns left to us."""
    turns = Turns(prefix_padding_ms=200, silence_ms_any=500)
    session = session_for(PCMU, voice=True, turns=turns, tools=TOOLS, instructions="Be kind.", language="hi")
    assert session == SessionConfig(
        output_modalities=("audio",),
        instructions="Be kind.",
        audio=Audio(
            input=AudioInput(
                format=Pcmu(),
                transcription=Transcription(language="hi"),
                turn_detection=ServerVad(
                    threshold=0.5,
                    prefix_padding_ms=200,
                    silence_duration_ms=500,
                    create_response=False,
                    interrupt_response=False,
                ),
            ),
            output=AudioOutput(format=Pcmu()),
        ),
        tools=TOOLS,
        tool_choice="auto",
    )


def test_a_session_without_voice():
    """Answers come as text."""
    session = session_for(PCM_24K, voice=False, turns=Turns(), tools=(), instructions="", language="en")
    assert session.output_modalities == ("text",)
    assert session.audio.output == AudioOutput(format=Pcm())
    assert session.tools == ()
