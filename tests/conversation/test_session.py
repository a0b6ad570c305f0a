"""What we ask of an engine when we join it."""

import pytest

from npcl_voice.audio.frame import PCM_8K, PCM_16K, PCM_24K, PCMA, PCMU, Codec, Format
from npcl_voice.config import Turns
from npcl_voice.conversation.events import Traits
from npcl_voice.conversation.session import asked_of, session_for, silence_for, wire_format, with_silence
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


def _asked(**traits):
    whole = session_for(PCMU, voice=True, turns=Turns(), tools=(), instructions="", language="en")
    return asked_of(whole, Traits(**traits))


def test_an_engine_s_own_voice_and_recogniser():
    """They are asked for where there is a choice of them, and all else stays."""
    plain = _asked()
    assert plain == session_for(PCMU, voice=True, turns=Turns(), tools=(), instructions="", language="en")
    asked = _asked(voice="marin", transcriber="gpt-live-transcribe")
    assert asked.audio.output == AudioOutput(format=Pcmu(), voice="marin")
    assert asked.audio.input.transcription == Transcription(language="en", model="gpt-live-transcribe")
    assert asked.audio.input.turn_detection == plain.audio.input.turn_detection
    assert asked.tool_choice == "auto"
    assert _asked(voice="marin").audio.input == plain.audio.input
    assert _asked(transcriber="x").audio.output == plain.audio.output


def test_a_recogniser_of_settings_that_ask_for_none():
    """Nothing is written down where nobody wants it."""
    assert asked_of(SessionConfig(), Traits(transcriber="x")).audio == Audio(AudioInput(), AudioOutput())


@pytest.mark.parametrize(
    ("question", "milliseconds"),
    [(None, 480), ("help", 480), ("consumer_number", 850), ("confirm_consumer_number", 300)],
)
def test_the_silence_that_ends_an_answer(question, milliseconds):
    """By the kind of answer that is expected."""
    assert silence_for(question, Turns()) == milliseconds


def test_a_change_of_that_silence():
    """The turn detection whole, and nothing else."""
    changed = with_silence(_asked(voice="marin"), 850)
    assert changed == SessionConfig(
        audio=Audio(
            input=AudioInput(
                turn_detection=ServerVad(
                    threshold=0.5,
                    prefix_padding_ms=300,
                    silence_duration_ms=850,
                    create_response=False,
                    interrupt_response=False,
                )
            )
        )
    )
