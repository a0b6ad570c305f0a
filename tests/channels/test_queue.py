"""The queue between a line and whoever follows it."""

import asyncio

import pytest

from npcl_voice.audio.frame import PCMU
from npcl_voice.channels.queue import EventQueue
from npcl_voice.conversation.events import CallAnswered, CallerAudio, CallerHungUp, CallerKeyed, CallerText, Played
from npcl_voice.rehearsal.clock import run_rehearsal

ANSWERED = CallAnswered(PCMU)
FRAME = CallerAudio(PCMU.silence(160))


def taken(queue: EventQueue, work=None) -> list:
    """All events of a call that is over when `work` is."""

    async def nothing() -> None:
        return

    async def follow() -> list:
        return [event async for event in queue.run(ANSWERED, work() if work else nothing())]

    return run_rehearsal(follow())


def test_beginning_and_end():
    """A call without anything in it was still answered, and hung up."""
    assert taken(EventQueue(frames=1, keys=1)) == [ANSWERED, CallerHungUp()]


def test_order():
    """What is put in comes out in that order."""
    queue = EventQueue(frames=9, keys=9)
    events = [CallerText("a"), FRAME, CallerKeyed("1"), Played(3, 0), FRAME]
    for event in events:
        queue.put(event)
    assert taken(queue) == [ANSWERED, *events, CallerHungUp()]


def test_reports_of_playing_are_added_up():
    """Two in a row of one stream are one; what is between keeps them apart."""
    queue = EventQueue(frames=9, keys=9)
    for event in [Played(1, 0), Played(2, 0), FRAME, Played(4, 0), Played(0, 0), Played(8, 1)]:
        queue.put(event)
    assert taken(queue)[1:-1] == [Played(3, 0), FRAME, Played(4, 0), Played(8, 1)]


def test_limits():
    """Frames and keys beyond their limit are dropped and counted; nothing else is."""
    queue = EventQueue(frames=2, keys=1)
    for event in [FRAME, FRAME, FRAME, FRAME, CallerKeyed("1"), CallerKeyed("2"), CallerText("a")]:
        queue.put(event)
    assert queue.drops == {"caller": 320, "keys": 1}
    assert taken(queue)[1:-1] == [FRAME, FRAME, CallerKeyed("1"), CallerText("a")]


def test_room_again():
    """What was taken makes room."""
    queue = EventQueue(frames=1, keys=1)

    async def work() -> None:
        for _ in range(3):
            queue.put(FRAME)
            queue.put(CallerKeyed("1"))
            await asyncio.sleep(1)

    assert taken(queue, work)[1:-1] == [FRAME, CallerKeyed("1")] * 3
    assert queue.drops == {"caller": 0, "keys": 0}


def test_close_ends_it():
    """What waits is given out, then the end; the work is called off."""
    queue = EventQueue(frames=1, keys=1)
    called_off = []

    async def work() -> None:
        queue.put(CallerText("last"))
        queue.close()
        try:
            await asyncio.Event().wait()
        finally:
            called_off.append(True)

    assert not queue.closed
    assert taken(queue, work) == [ANSWERED, CallerText("last"), CallerHungUp()]
    assert queue.closed
    assert called_off == [True]


def test_failed_work():
    """What the work raises reaches whoever follows, after what had happened before."""
    queue = EventQueue(frames=1, keys=1)
    seen = []

    async def work() -> None:
        queue.put(CallerText("before"))
        raise LookupError("broken")

    async def follow() -> None:
        async for event in queue.run(ANSWERED, work()):
            seen.append(event)  # noqa: PERF401 - a comprehension would lose what came before the error

    with pytest.raises(LookupError, match="broken"):
        run_rehearsal(follow())
    assert seen == [ANSWERED, CallerText("before")]


def test_nobody_follows_any_more():
    """Whoever stops following ends the work with it."""
    queue = EventQueue(frames=1, keys=1)
    called_off = []

    async def work() -> None:
        try:
            await asyncio.sleep(100)
        finally:
            called_off.append(True)

    async def follow() -> None:
        events = queue.run(ANSWERED, work())
        await anext(events)
        await asyncio.sleep(0)
        await events.aclose()

    run_rehearsal(follow())
    assert called_off == [True]
