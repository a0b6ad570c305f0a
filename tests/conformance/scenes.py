"""What every client has to hold: scenes, and what must have happened in each."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.conformance.tap import Passed

COMPLAINT_NUMBER = "000054321"
"""What the client's tool gives back; see `clients/caller.py`."""
CONSUMER_NUMBER = "2000123456"
MIN_SOUND_MS = 500
MIN_PEAK = 1_000
MIN_HEARD_MS = 300
"""A caller who breaks in has heard so much at least."""

HARMLESS = frozenset({"response_cancel_not_active"})
"""What a server answers to a request that came a moment too late; the service does the same."""


@dataclass(frozen=True)
class Spoken:
    """A line that the caller says; `over` the answer before it, or after it."""

    text: str
    over: bool = False


@dataclass(frozen=True)
class Typed:
    """A line that the caller types."""

    text: str


@dataclass(frozen=True)
class Scene:
    """A short talk, and what must have happened in it."""

    name: str
    lines: tuple[Spoken | Typed, ...]
    missing: Callable[[dict[str, Any], Passed], str | None]
    """What did not happen, from the client's report and from the wire; None: all did."""


def fault_in(scene: Scene, report: dict[str, Any] | None, passed: Passed) -> str | None:
    """What kept a client from holding a scene, with the event that broke it; None when it was held."""
    if report is None:
        return f"the client gave no report after {passed.last(1)}"
    refused = [
        f"error {event['error'].get('code')} ({event['error'].get('message')})"
        for event in passed.of("server", "error")
        if event["error"].get("code") not in HARMLESS
    ]
    updates, updated = (len(passed.of(*one)) for one in (("client", "session.update"), ("server", "session.updated")))
    if refused:
        return f"{refused[0]} after {passed.before('server', 'error')}"
    if not updates or updated < updates:
        return f"{updates} session.update, {updated} session.updated"
    begun, over = (len(passed.of("server", f"response.{kind}")) for kind in ("created", "done"))
    if begun != over:
        return f"{begun} response.created, {over} response.done; last events: {', '.join(passed.last(3))}"
    if missing := scene.missing(report, passed):
        return f"{missing}; last events: {', '.join(passed.last(3))}"
    if report["errors"]:
        return report["errors"][0]
    return None


def _answered(report: dict[str, Any]) -> str | None:
    """The last answer has words and was heard to its end."""
    if not report["said"] or not report["said"][-1].strip():
        return "no words of an answer"
    played = report["played"][-1] if report["played"] else {"received_ms": 0, "peak": 0, "cut": False}
    if played["received_ms"] < MIN_SOUND_MS or played["peak"] < MIN_PEAK:
        return "no sound of an answer"
    return "the last answer was cut" if played["cut"] else None


def _turn(report: dict[str, Any], _: Passed) -> str | None:
    if not any("power" in heard for heard in report["heard"]):
        return "no transcript of what the caller said"
    return _answered(report)


def _tool(report: dict[str, Any], _: Passed) -> str | None:
    calls = [(name, json.loads(arguments)) for name, arguments in report["tools"]]
    if calls != [("no_supply", {"consumer_number": CONSUMER_NUMBER})]:
        return f"the tool calls were {calls}"
    if not report["said"] or COMPLAINT_NUMBER not in report["said"][-1]:
        return "the tool's result was not told"
    return _answered(report)


def _barge_in(report: dict[str, Any], passed: Passed) -> str | None:
    cut = [played for played in report["played"] if played["cut"]]
    if len(cut) != 1:
        return f"{len(cut)} answers were cut by the client"
    if cut[0]["heard_ms"] < MIN_HEARD_MS:
        return "the answer was cut before it was heard"
    if passed.answering_at_speech() and not passed.cancelled():
        return "no response.done with status cancelled"
    truncated = passed.of("server", "conversation.item.truncated")
    if len(truncated) != 1:
        return f"{len(truncated)} conversation.item.truncated"
    return _answered(report)


def _text(report: dict[str, Any], _: Passed) -> str | None:
    return _answered(report)


SCENES = (
    Scene("turn", (Spoken("My power is out."),), _turn),
    Scene(
        "tool",
        (
            Spoken("My power is out."),
            Spoken(f"My consumer number is {' '.join(CONSUMER_NUMBER)}."),
            Spoken("Yes, that is right."),
        ),
        _tool,
    ),
    Scene("barge-in", (Spoken("My power is out."), Spoken("I do not have it.", over=True)), _barge_in),
    Scene("text", (Typed("my power is out"),), _text),
)
SCENE_NAMES = tuple(scene.name for scene in SCENES)
