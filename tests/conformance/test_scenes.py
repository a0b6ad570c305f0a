"""A scene counts as held only when everything that belongs to it has happened."""

import copy
import json

import pytest

from tests.conformance.scenes import COMPLAINT_NUMBER, CONSUMER_NUMBER, SCENES, fault_in
from tests.conformance.tap import Passed

SCENE = {scene.name: scene for scene in SCENES}
HEARD_OUT = {"received_ms": 2_000.0, "heard_ms": 2_000.0, "peak": 9_000, "cut": False}
CUT = {"received_ms": 6_000.0, "heard_ms": 820.0, "peak": 9_000, "cut": True}


def report(*played, heard=("my power is out",), said="What is your number?", tools=(), errors=()):
    """What a client's script tells."""
    return {
        "heard": list(heard),
        "said": [said],
        "played": copy.deepcopy(list(played or [HEARD_OUT])),
        "tools": [list(tool) for tool in tools],
        "errors": list(errors),
    }


def wire(*events):
    """What passed: the settings and one answer, then `events`, each a name or a whole event of the server's."""
    passed = Passed()
    passed.take("client", '{"type": "session.update"}')
    for event in ("session.created", "session.updated", "response.created", "response.done", *events):
        body = event if isinstance(event, dict) else {"type": event}
        passed.take("server", json.dumps({"response": {}, **body}))
    return passed


TRUNCATED = wire("input_audio_buffer.speech_started", "conversation.item.truncated")
CALL = ("no_supply", json.dumps({"consumer_number": CONSUMER_NUMBER}))
TOLD = f"Your complaint number is {COMPLAINT_NUMBER}."


@pytest.mark.parametrize(
    ("name", "told", "passed"),
    [
        ("turn", report(), wire()),
        ("tool", report(said=TOLD, tools=[CALL]), wire()),
        ("barge-in", report(CUT, HEARD_OUT), TRUNCATED),
        ("text", report(heard=()), wire()),
    ],
)
def test_a_scene_is_held_when_all_of_it_happened(name, told, passed) -> None:
    """Nothing is missing."""
    assert fault_in(SCENE[name], told, passed) is None


@pytest.mark.parametrize(
    ("name", "told", "passed", "fault"),
    [
        ("turn", None, wire(), "no report"),
        ("turn", report(heard=()), wire(), "no transcript"),
        ("turn", report(said=" "), wire(), "no words"),
        ("turn", report({**HEARD_OUT, "peak": 3}), wire(), "no sound"),
        ("turn", report({**HEARD_OUT, "received_ms": 20}), wire(), "no sound"),
        ("turn", report(CUT), wire(), "was cut"),
        ("turn", report(errors=["line 1 had no answer"]), wire(), "line 1"),
        ("turn", report(), wire("response.created"), "2 response.created, 1 response.done"),
        ("tool", report(said=TOLD), wire(), "the tool calls were []"),
        ("tool", report(said=TOLD, tools=[CALL, CALL]), wire(), "the tool calls were"),
        ("tool", report(said=TOLD, tools=[("no_supply", "{}")]), wire(), "the tool calls were"),
        ("tool", report(tools=[CALL]), wire(), "result was not told"),
        ("barge-in", report(HEARD_OUT), TRUNCATED, "0 answers were cut"),
        ("barge-in", report({**CUT, "heard_ms": 20.0}, HEARD_OUT), TRUNCATED, "before it was heard"),
        ("barge-in", report(CUT, HEARD_OUT), wire(), "0 conversation.item.truncated"),
        ("barge-in", report(HEARD_OUT, CUT), TRUNCATED, "the last answer was cut"),
        ("text", report(said=""), wire(), "no words"),
    ],
)
def test_what_did_not_happen_is_named(name, told, passed, fault) -> None:
    """Each thing that can be missing is noticed."""
    assert fault in (fault_in(SCENE[name], told, passed) or "")


def test_an_answer_that_is_under_way_has_to_be_cancelled() -> None:
    """A response that ends by itself after the caller broke in was not interrupted."""
    begun = ("response.created", "input_audio_buffer.speech_started")
    cut = "conversation.item.truncated"
    details = {"type": "cancelled", "reason": "turn_detected"}
    told = report(CUT, HEARD_OUT)
    assert "cancelled" in (fault_in(SCENE["barge-in"], told, wire(*begun, "response.done", cut)) or "")
    done = {"type": "response.done", "response": {"status": "cancelled", "status_details": details}}
    assert fault_in(SCENE["barge-in"], told, wire(*begun, done, cut)) is None


def test_an_error_event_breaks_a_scene_and_is_named_with_what_it_answers() -> None:
    """A request that came too late is no fault, any other refusal is."""
    late = {"type": "error", "error": {"code": "response_cancel_not_active", "message": "nothing to cancel"}}
    refused = {"type": "error", "error": {"code": "invalid_value", "message": "no such thing"}}
    assert fault_in(SCENE["turn"], report(), wire(late)) is None
    assert (
        fault_in(SCENE["turn"], report(), wire(refused)) == "error invalid_value (no such thing) after session.update"
    )


def test_settings_that_are_not_confirmed_break_a_scene() -> None:
    """Every update wants its answer, and there is one at least."""
    passed = wire()
    passed.take("client", '{"type": "session.update"}')
    assert fault_in(SCENE["turn"], report(), passed) == "2 session.update, 1 session.updated"
    assert fault_in(SCENE["turn"], report(), Passed()) == "0 session.update, 0 session.updated"
