"""The book of calls: one beginning, one end, and what was said between."""

from datetime import timedelta

import pytest

from npcl_voice.conversation.commands import Transcript
from npcl_voice.errors import RuleError
from npcl_voice.store.calls import CallRecord, Line
from tests.fakes import MORNING


async def test_a_call_from_its_beginning_to_its_end(store, wall):
    """What was noted is shown, the transcript in its order."""
    await store.calls.begin("c1", channel="file", engine="local", language="en", caller="55######55")
    hello, hi = Transcript("assistant", "Hello", heard_ms=700), Transcript("caller", "Hi")
    await store.calls.write("c1", [(0.5, hello), (2.0, hi)])
    await store.calls.write("c1", [])
    await store.calls.write("c1", [(3.25, Transcript("assistant", "Bye", heard_ms=300, whole_ms=400))])
    wall.turn(seconds=30)
    await store.calls.end("c1", "complaint_registered", ["000054324"], engine="recorded")
    call, lines = await store.calls.show("c1")
    assert call == CallRecord(
        call_id="c1",
        channel="file",
        engine="recorded",
        language="en",
        caller="55######55",
        began_at=MORNING,
        ended_at=MORNING + timedelta(seconds=30),
        outcome="complaint_registered",
        complaint_numbers=("000054324",),
    )
    assert lines == [
        Line(at_s=0.5, who="assistant", text="Hello", heard_ms=700),
        Line(at_s=2.0, who="caller", text="Hi", heard_ms=None),
        Line(at_s=3.25, who="assistant", text="Bye", heard_ms=300),
    ]
    assert await store.calls.newest() == [call]


async def test_a_call_begins_and_ends_once(store, wall):
    """Whoever says it again changes nothing."""
    await store.calls.begin("c1", channel="file", engine="local", language="en")
    wall.turn(seconds=10)
    await store.calls.begin("c1", channel="text", engine="openai", language="hi")
    await store.calls.end("c1", "resolved")
    wall.turn(seconds=10)
    await store.calls.end("c1", "failed", ["000054324"], engine="openai")
    (call,) = await store.calls.newest()
    assert (call.channel, call.engine, call.language, call.caller) == ("file", "local", "en", None)
    assert (call.began_at, call.ended_at) == (MORNING, MORNING + timedelta(seconds=10))
    assert (call.outcome, call.complaint_numbers) == ("resolved", ())


async def test_the_newest_calls_first(store, wall):
    """At most as many as were asked for."""
    for name in ("c1", "c2", "c3"):
        await store.calls.begin(name, channel="file", engine="local", language="en")
        wall.turn(seconds=1)
    assert [call.call_id for call in await store.calls.newest()] == ["c3", "c2", "c1"]
    assert [call.call_id for call in await store.calls.newest(limit=2)] == ["c3", "c2"]


async def test_calls_that_a_killed_process_left_open_are_ended(store, wall):
    """Only those that began long enough ago, and only those without an end."""
    for name in ("over", "dead", "live"):
        await store.calls.begin(name, channel="file", engine="local", language="en")
        if name == "over":
            await store.calls.end("over", "resolved")
        wall.turn(hours=1)
    assert await store.calls.end_abandoned(MORNING + timedelta(hours=2)) == 1
    assert {call.call_id: call.outcome for call in await store.calls.newest()} == {
        "over": "resolved",
        "dead": "failed",
        "live": None,
    }
    assert await store.calls.end_abandoned(MORNING + timedelta(hours=2)) == 0


async def test_a_call_that_never_was(store):
    """It is named."""
    with pytest.raises(RuleError, match=r"^there is no call c9$") as refused:
        await store.calls.show("c9")
    assert refused.value.reason == "unknown_call"
