"""Thousands of sessions of random events, each judged by every rule and by the official library's types."""

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent
from pydantic import TypeAdapter

from npcl_voice.realtime.client import ClientSession
from tests.realtime.bugs import BUGS
from tests.realtime.evidence import Evidence
from tests.realtime.judge import DUTIES, PITFALLS, RULES, judge
from tests.realtime.stranger import OLD_NAMES
from tests.realtime.talking import Came, MakeClient, Sent, Talk, Told

ROOT = Path(__file__).parents[2]
CLIENT: TypeAdapter[Any] = TypeAdapter(RealtimeClientEvent)
SERVER: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
ODD = {*OLD_NAMES.values(), "a.new.event"}
"""What a server says although the library does not know it, or not any more."""

MOODS = {
    "answer by itself",
    "call told at the end",
    "end twice",
    "error without a name",
    "late delta of a cancelled answer",
    "late event",
    "no beginning",
    "refused answer",
    "silent turn",
    "unknown event",
    "words only at the end",
    "words twice",
}


def held(seeds: range, make: MakeClient = ClientSession) -> dict[str, Any]:
    """Sessions one after another: what was wrong in them, and what they were made of."""
    wrong: list[tuple[int, str, str]] = []
    moods: Counter[str] = Counter()
    events: Counter[str] = Counter()
    unfinished = 0
    for seed in seeds:
        talk = Talk(seed, make).run()
        wrong += [(seed, rule, what) for rule, what in judge(Evidence(talk))]
        moods.update(talk.server.moods)
        unfinished += not talk.at_rest and not talk.server.expired
        for entry in talk.record:
            if isinstance(entry, Sent):
                CLIENT.validate_python(entry.body)
                events[f"client: {entry.body['type']}"] += 1
            elif isinstance(entry, Came):
                if entry.body["type"] not in ODD:
                    SERVER.validate_python(entry.body)
                events["server"] += 1
            elif isinstance(entry, Told):
                events[f"told: {type(entry.happening).__name__}"] += 1
    return {"wrong": wrong, "moods": moods, "events": events, "unfinished": unfinished}


def checked(seeds: range) -> None:
    """No rule is broken in any of the sessions, and everything that the rules are about did happen."""
    began = time.perf_counter()
    found = held(seeds)
    print(f"\n{len(seeds)} sessions in {time.perf_counter() - began:.1f} s: {dict(sorted(found['events'].items()))}")
    assert found["wrong"] == []
    assert found["unfinished"] == 0
    assert found["moods"].keys() == MOODS
    sent = {name for name in found["events"] if name.startswith("client: ")}
    assert sent == {
        f"client: {name}"
        for name in (
            "conversation.item.create",
            "conversation.item.delete",
            "conversation.item.truncate",
            "input_audio_buffer.append",
            "input_audio_buffer.clear",
            "input_audio_buffer.commit",
            "response.cancel",
            "response.create",
            "session.update",
        )
    }
    assert min(found["events"].values()) >= len(seeds) / 50


@pytest.mark.slow
def test_a_thousand_sessions() -> None:
    """Nothing illegal is sent and nothing is lost, in whatever order things happen."""
    checked(range(1_000))


@pytest.mark.soak
def test_ten_thousand_sessions() -> None:
    """The same, and more of it."""
    checked(range(10_000))


@pytest.mark.parametrize("name", BUGS)
def test_a_client_with_a_mistake_is_caught(name: str) -> None:
    """Within the sessions that a client without one comes through, and by the rule that is about it."""
    make, rule = BUGS[name]
    for seed in range(1_000):
        broken = {number for number, _ in judge(Evidence(Talk(seed, make).run()))}
        if rule in broken:
            return
    pytest.fail(f"{name} does not break {rule} in a thousand sessions")


def test_every_row_has_its_rule() -> None:
    """One for each pitfall, one for each duty; what does not bind the client is kept by a test that is there."""
    assert [rule.number for rule in PITFALLS] == [f"8.{number}" for number in range(1, 23)]
    assert [rule.number for rule in DUTIES] == [f"9.{number}" for number in range(1, 26)]
    for rule in RULES:
        assert (rule.check is not None) == (rule.kept == "client")
        assert rule.kept == "client" or (ROOT / rule.kept).is_file()
