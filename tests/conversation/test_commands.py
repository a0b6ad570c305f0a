"""Everything that a call can ask for, and how it stands in a log."""

import importlib
import inspect
import pkgutil

import msgspec
import pytest

from npcl_voice import conversation
from npcl_voice.audio.frame import PCMU, Frame
from npcl_voice.conversation.commands import (
    CallEnded,
    ChangeEngine,
    Claimed,
    Command,
    Doubted,
    EngineChanged,
    Failed,
    HandedOver,
    HangUp,
    HazardHeard,
    Latency,
    PausePlaying,
    Play,
    Report,
    ResumePlaying,
    RunIntent,
    Say,
    SendToModel,
    StateChanged,
    StopPlaying,
    ToolAnswered,
    Transcript,
)
from npcl_voice.realtime.events import ResponseCreate

COMMANDS = [
    (SendToModel(ResponseCreate()), {"kind": "send_to_model", "event": {"type": "response.create"}}),
    (
        Play(Frame(b"\xff", PCMU)),
        {"kind": "play", "frame": {"data": "/w==", "format": {"codec": "pcmu", "rate_hz": 8000}}},
    ),
    (PausePlaying(), {"kind": "pause_playing"}),
    (ResumePlaying(), {"kind": "resume_playing"}),
    (StopPlaying(2), {"kind": "stop_playing", "stream": 2}),
    (
        Say(1, "greeting", {"helpline": "1"}, "en"),
        {"kind": "say", "say_id": 1, "phrase": "greeting", "values": {"helpline": "1"}, "language": "en"},
    ),
    (
        RunIntent("c1", "bye", "{}", {"phone": "9"}),
        {"kind": "run_intent", "call_id": "c1", "name": "bye", "arguments": "{}", "facts": {"phone": "9"}},
    ),
    (HangUp("resolved"), {"kind": "hang_up", "outcome": "resolved"}),
    (
        Report(Transcript("caller", "hello")),
        {
            "kind": "report",
            "line": {"kind": "transcript", "who": "caller", "text": "hello", "heard_ms": None, "whole_ms": None},
        },
    ),
    (
        Report(Failed("policy", "KeyError")),
        {"kind": "report", "line": {"kind": "failed", "where": "policy", "error": "KeyError"}},
    ),
    (
        Report(StateChanged("listening", "listening", "none")),
        {"kind": "report", "line": {"kind": "state", "state": "listening", "floor": "listening", "matter": "none"}},
    ),
    (
        Report(ToolAnswered("bye", {}, {"ok": True})),
        {"kind": "report", "line": {"kind": "tool", "name": "bye", "arguments": {}, "result": {"ok": True}}},
    ),
    (
        ChangeEngine("retry", "close_1006", 1),
        {"kind": "change_engine", "action": "retry", "code": "close_1006", "urgency": 1},
    ),
    (Report(Latency("bridge", 1.5)), {"kind": "report", "line": {"kind": "latency", "stage": "bridge", "ms": 1.5}}),
    (
        Report(EngineChanged("local", "no key")),
        {"kind": "report", "line": {"kind": "engine", "name": "local", "reason": "no key"}},
    ),
    (
        Report(HandedOver("asked", "matter: none", {"phone": ("9", "keyed")}, ("a person",), "fire", "today evening")),
        {
            "kind": "report",
            "line": {
                "kind": "handover",
                "reason": "asked",
                "summary": "matter: none",
                "facts": {"phone": ["9", "keyed"]},
                "last_words": ["a person"],
                "hazard": "fire",
                "window": "today evening",
            },
        },
    ),
    (
        Report(Claimed("It is registered.", "commitment", False, 3)),
        {
            "kind": "report",
            "line": {
                "kind": "claim",
                "text": "It is registered.",
                "claim": "commitment",
                "backed": False,
                "sentence": 3,
            },
        },
    ),
    (Report(Doubted("It is")), {"kind": "report", "line": {"kind": "doubt", "text": "It is"}}),
    (Report(HazardHeard("P0")), {"kind": "report", "line": {"kind": "hazard", "level": "P0"}}),
    (
        Report(CallEnded("failed", ("000054324",))),
        {"kind": "report", "line": {"kind": "end", "outcome": "failed", "complaint_numbers": ["000054324"]}},
    ),
]


@pytest.mark.parametrize(("command", "written"), COMMANDS, ids=lambda value: getattr(value, "kind", None))
def test_how_a_command_is_written(command, written):
    """Its name and its fields, as scripts and logs read them; it is read back the same."""
    assert msgspec.json.decode(msgspec.json.encode(command)) == written
    if not isinstance(command, SendToModel):
        assert msgspec.convert(written, Command) == command


def test_every_command_is_listed():
    """The list above is whole."""
    kinds = {type(command) for command, _ in COMMANDS}
    assert kinds == set(Command.__args__)
    lines = {type(command.line) for command, _ in COMMANDS if isinstance(command, Report)}
    assert lines == set(msgspec.structs.fields(Report)[0].type.__args__)


def _structs():
    """Every struct of the room."""
    for _, name, _ in pkgutil.iter_modules(conversation.__path__, "npcl_voice.conversation."):
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if issubclass(kind, msgspec.Struct) and kind.__module__ == name:
                yield kind


def test_what_is_handed_around_does_not_change():
    """Only a turn does, whose end is not known at its beginning."""
    structs = set(_structs())
    assert {kind.__name__ for kind in structs if not kind.__struct_config__.frozen} == {"Turn"}
    assert len(structs) > 40
