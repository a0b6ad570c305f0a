"""Everything that can happen in a call, and how it stands in a log."""

import msgspec
import pytest

from npcl_voice.audio.frame import PCMU, Frame
from npcl_voice.conversation.events import (
    CallAnswered,
    CallerAudio,
    CallerHungUp,
    CallerKeyed,
    CallerText,
    CallEvent,
    DeviceBack,
    DeviceGone,
    EngineOffered,
    IntentFailed,
    IntentFinished,
    ModelJoined,
    ModelLost,
    ModelSent,
    Played,
    ProcessingFailed,
    SayAudio,
    SayFailed,
    SayRendered,
    TimePassed,
    Traits,
)
from npcl_voice.realtime.events import InputAudioBufferCommitted

FRAME = {"data": "/w==", "format": {"codec": "pcmu", "rate_hz": 8000}}
EVENTS = [
    (
        CallAnswered(PCMU),
        {"kind": "call_answered", "format": FRAME["format"], "voice": True, "caller_number": None, "at": None},
    ),
    (CallerAudio(Frame(b"\xff", PCMU)), {"kind": "caller_audio", "frame": FRAME}),
    (CallerAudio(Frame(b"\xff", PCMU), False), {"kind": "caller_audio", "frame": FRAME, "speech": False}),
    (CallerText("hello"), {"kind": "caller_text", "text": "hello"}),
    (CallerKeyed("1"), {"kind": "caller_keyed", "digit": "1"}),
    (CallerHungUp(), {"kind": "caller_hung_up"}),
    (DeviceGone(), {"kind": "device_gone"}),
    (DeviceBack("Headset"), {"kind": "device_back", "name": "Headset"}),
    (Played(80, 1), {"kind": "played", "samples": 80, "stream": 1}),
    (ModelJoined("local", "no key"), {"kind": "model_joined", "engine": "local", "reason": "no key"}),
    (
        ModelJoined("openai", "first choice", Traits(opens=True, voice="marin")),
        {
            "kind": "model_joined",
            "engine": "openai",
            "reason": "first choice",
            "traits": {"opens": True, "voice": "marin"},
        },
    ),
    (ModelLost("closed"), {"kind": "model_lost", "reason": "closed"}),
    (
        ModelLost("all gone", "close_1006", final=True),
        {"kind": "model_lost", "reason": "all gone", "code": "close_1006", "final": True},
    ),
    (EngineOffered("openai", "it is back"), {"kind": "engine_offered", "engine": "openai", "reason": "it is back"}),
    (
        ModelSent(InputAudioBufferCommitted("i1")),
        {
            "kind": "model_sent",
            "event": {
                "type": "input_audio_buffer.committed",
                "event_id": None,
                "item_id": "i1",
                "previous_item_id": None,
            },
        },
    ),
    (
        SayAudio(1, "Hello.", Frame(b"\xff", PCMU)),
        {"kind": "say_audio", "say_id": 1, "text": "Hello.", "frame": FRAME},
    ),
    (SayRendered(1), {"kind": "say_rendered", "say_id": 1}),
    (SayFailed(1, "no voice"), {"kind": "say_failed", "say_id": 1, "reason": "no voice"}),
    (
        IntentFinished("c1", "bye", {"ok": True}),
        {"kind": "intent_finished", "call_id": "c1", "name": "bye", "result": {"ok": True}},
    ),
    (IntentFailed("c1", "bye", "bug"), {"kind": "intent_failed", "call_id": "c1", "name": "bye", "reason": "bug"}),
    (
        ProcessingFailed("conversation", "KeyError"),
        {"kind": "processing_failed", "where": "conversation", "error": "KeyError"},
    ),
    (TimePassed(), {"kind": "time_passed"}),
]


@pytest.mark.parametrize(("event", "written"), EVENTS, ids=lambda value: getattr(value, "kind", None))
def test_how_an_event_is_written(event, written):
    """Its name and its fields; a replay reads it back the same."""
    assert msgspec.json.decode(msgspec.json.encode(event)) == written
    assert msgspec.convert(written, CallEvent) == event


def test_every_event_is_listed():
    """The list above is whole."""
    assert {type(event) for event, _ in EVENTS} == set(CallEvent.__args__)
