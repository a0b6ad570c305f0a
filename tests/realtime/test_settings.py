"""A server's settings: the defaults, and what updates make of them."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from npcl_voice.errors import RemoteProtocolError
from npcl_voice.realtime import events as e
from npcl_voice.realtime import session as s
from npcl_voice.realtime.codec import encode
from npcl_voice.realtime.settings import Settings
from tests.realtime.joined import STRICT
from tests.realtime.strategies import PARAMETERS, SESSIONS, STEADY

FIRST = Settings.at_first("sess_1", "model", 3600)


def after(*updates: s.SessionConfig, voice_fixed: bool = False) -> Settings:
    settings = FIRST
    for update in updates:
        settings = settings.updated(update, voice_fixed=voice_fixed)
    return settings


def hearing(**audio: Any) -> s.SessionConfig:
    return s.SessionConfig(audio=s.Audio(input=s.AudioInput(**audio)))


def speaking(**audio: Any) -> s.SessionConfig:
    return s.SessionConfig(audio=s.Audio(output=s.AudioOutput(**audio)))


def test_what_holds_at_first() -> None:
    """The whole of it, as `session.created` tells it."""
    assert msgspec.to_builtins(FIRST.echo()) == {
        "type": "realtime",
        "object": "realtime.session",
        "id": "sess_1",
        "model": "model",
        "expires_at": 3600,
        "output_modalities": ("audio",),
        "instructions": "",
        "tools": (),
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "truncation": "auto",
        "tracing": None,
        "include": None,
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": 24000},
                "noise_reduction": None,
                "transcription": None,
                "turn_detection": {
                    "type": "server_vad",
                    "threshold": 0.5,
                    "prefix_padding_ms": 300,
                    "silence_duration_ms": 500,
                    "idle_timeout_ms": None,
                    "create_response": True,
                    "interrupt_response": True,
                },
            },
            "output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "marin", "speed": 1.0},
        },
    }
    assert (FIRST.creates, FIRST.interrupts, FIRST.transcribes, FIRST.answers) == (True, True, False, True)


def test_an_absent_key_changes_nothing_and_null_clears() -> None:
    """Only what is said is done."""
    full = s.SessionConfig(
        output_modalities=("text",),
        instructions="Be brief.",
        tools=(s.FunctionTool("f"),),
        tool_choice="none",
        parallel_tool_calls=False,
        reasoning=s.Reasoning("low"),
        max_output_tokens=100,
        truncation="disabled",
        tracing="auto",
        include=("item.input_audio_transcription.logprobs",),
    )
    settings = after(full, s.SessionConfig())
    for name in full.__struct_fields__:
        value = getattr(full, name)
        assert getattr(settings.session, name) == (value if value is not UNSET else getattr(FIRST.session, name))
    nulls = {name: None for name in full.__struct_fields__ if getattr(full, name) is not UNSET and name != "type"}
    assert after(full, s.SessionConfig(**nulls)) == FIRST


def test_the_connection_sets_what_the_client_cannot() -> None:
    """Model, id and expiry stay."""
    update = s.SessionConfig(model="other", id="mine", object="x", expires_at=1)
    assert after(update) == FIRST


def test_turn_detection_is_merged_while_its_type_stays() -> None:
    """And begins anew where it changes."""
    vad = after(hearing(turn_detection=s.ServerVad(silence_duration_ms=800)))
    assert vad.detection == s.ServerVad(0.5, 300, 800, None, True, True)
    vad = vad.updated(hearing(turn_detection=s.ServerVad(threshold=0.9, create_response=False)), voice_fixed=False)
    assert vad.detection == s.ServerVad(0.9, 300, 800, None, False, True)
    assert (vad.creates, vad.interrupts) == (False, True)
    vad = vad.updated(hearing(turn_detection=s.ServerVad(silence_duration_ms=None)), voice_fixed=False)
    assert vad.detection == s.ServerVad(0.9, 300, 500, None, False, True)
    semantic = vad.updated(hearing(turn_detection=s.SemanticVad(interrupt_response=False)), voice_fixed=False)
    assert semantic.detection == s.SemanticVad("auto", True, False)
    assert (semantic.creates, semantic.interrupts) == (True, False)
    semantic = semantic.updated(hearing(turn_detection=s.SemanticVad(eagerness="low")), voice_fixed=False)
    assert semantic.detection == s.SemanticVad("low", True, False)
    manual = semantic.updated(hearing(turn_detection=None), voice_fixed=False)
    assert (manual.detection, manual.creates, manual.interrupts) == (None, False, False)
    manual = manual.updated(hearing(format=s.Pcmu()), voice_fixed=False)
    assert (manual.detection, manual.input_format) == (None, s.Pcmu())
    again = manual.updated(hearing(turn_detection=s.ServerVad(), format=None), voice_fixed=False)
    assert again == FIRST


def test_of_a_transcription_three_keys_are_kept() -> None:
    """Strict clients fail on the others."""
    asked = s.Transcription("ours", "en", "names", ("en", "hi"), ("NPCL",), "low")
    settings = after(hearing(transcription=asked, noise_reduction=s.NoiseReduction("near_field")))
    assert settings.input.transcription == s.Transcription("ours", "en", "names")
    assert settings.transcribes
    assert settings.input.noise_reduction == s.NoiseReduction("near_field")
    assert not settings.updated(hearing(transcription=None), voice_fixed=False).transcribes


def test_the_voice_is_a_word_and_can_be_fixed() -> None:
    """Once it is, another one is refused and the same one is not."""
    settings = after(speaking(voice=s.VoiceId("voice_1"), speed=1.5, format=s.Pcma()))
    assert settings.output == s.AudioOutput(s.Pcma(), "voice_1", 1.5)
    same = settings.updated(speaking(voice="voice_1", speed=None), voice_fixed=True)
    assert same.output == s.AudioOutput(s.Pcma(), "voice_1", 1.0)
    assert settings.updated(speaking(voice=None, format=None), voice_fixed=True).output.voice == "voice_1"
    with pytest.raises(RemoteProtocolError) as fault:
        settings.updated(speaking(voice="cedar"), voice_fixed=True)
    assert fault.value.code == "cannot_update_voice"
    assert fault.value.param == "session.audio.output.voice"
    assert fault.value.message == "Cannot update a conversation's voice if assistant audio is present."


def test_a_transcription_session_tells_of_hearing_only() -> None:
    """It neither answers nor speaks."""
    settings = after(s.SessionConfig(type="transcription", include=("item.input_audio_transcription.logprobs",)))
    assert settings.echo() == s.SessionConfig(
        type="transcription",
        audio=s.Audio(input=FIRST.input),
        include=("item.input_audio_transcription.logprobs",),
        id="sess_1",
        object="realtime.transcription_session",
        expires_at=3600,
    )
    assert (settings.answers, settings.creates, settings.interrupts) == (False, False, True)


def test_a_response_goes_by_the_session_where_nothing_is_wished() -> None:
    """All of it is filled in."""
    settings = after(
        s.SessionConfig(
            instructions="Be brief.",
            tools=(s.FunctionTool("f"),),
            tool_choice="required",
            parallel_tool_calls=False,
            reasoning=s.Reasoning("low"),
            max_output_tokens=100,
        )
    )
    assert settings.for_response(None) == s.ResponseParameters(
        conversation="auto",
        instructions="Be brief.",
        output_modalities=("audio",),
        audio=s.ResponseAudio(s.ResponseAudioOutput(s.Pcm(), "marin")),
        tools=(s.FunctionTool("f"),),
        tool_choice="required",
        parallel_tool_calls=False,
        reasoning=s.Reasoning("low"),
        max_output_tokens=100,
    )
    assert FIRST.for_response(None).parallel_tool_calls is None


def test_a_wish_goes_before_the_session() -> None:
    """Also where it is empty or false."""
    session = after(s.SessionConfig(instructions="Be brief.", tools=(s.FunctionTool("f"),), parallel_tool_calls=True))
    wish = s.ResponseParameters(
        conversation="none",
        input=(),
        instructions="",
        output_modalities=("text",),
        audio=s.ResponseAudio(s.ResponseAudioOutput(s.Pcmu(), s.VoiceId("voice_1"))),
        tools=(),
        tool_choice="none",
        parallel_tool_calls=False,
        reasoning=s.Reasoning("high"),
        max_output_tokens=7,
        metadata={"a": "b"},
    )
    expected = msgspec.structs.replace(wish, audio=s.ResponseAudio(s.ResponseAudioOutput(s.Pcmu(), "voice_1")))
    assert session.for_response(wish) == expected
    assert session.for_response(s.ResponseParameters(audio=s.ResponseAudio())).audio == s.ResponseAudio(
        s.ResponseAudioOutput(s.Pcm(), "marin")
    )


@STEADY
@given(st.lists(SESSIONS, max_size=4), st.none() | PARAMETERS)
def test_whatever_was_updated_strict_clients_understand_it(updates: list[s.SessionConfig], wish: Any) -> None:
    """Settings are whole, and the official library takes them."""
    settings = after(*updates)
    STRICT.validate_python(msgspec.json.decode(encode(e.SessionUpdated(settings.echo(), event_id="e"))))
    assert settings.output.voice
    parameters = settings.for_response(wish)
    unsaid = {"input", "metadata", "prompt", "reasoning", "parallel_tool_calls"}
    for name in set(parameters.__struct_fields__) - unsaid:
        assert getattr(parameters, name) is not None
