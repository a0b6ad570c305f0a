"""What every Channel does, whoever is at its other end."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from npcl_voice.audio.frame import PCM_16K, PCM_24K, PCMA, PCMU, Frame
from npcl_voice.channels.file import FileChannel, Pace
from npcl_voice.channels.line import SILENT, Line, Moment
from npcl_voice.channels.recording import save_frame
from npcl_voice.channels.text import TextChannel
from npcl_voice.conversation.events import CallAnswered, CallerHungUp, CallEvent, Played
from npcl_voice.ports import Channel
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal


class Nobody:
    """A far end that neither speaks nor hangs up."""

    def tick(self, heard: Frame, now: float) -> Moment:
        return SILENT


async def nothing_typed() -> AsyncIterator[str]:
    await asyncio.Event().wait()
    yield ""


@pytest.fixture(params=["line", "line mu-law", "line A-law", "file", "text"])
def make(request, tmp_path) -> Callable[[], Channel]:
    """Each kind of channel, on a rehearsal's clock."""
    path = tmp_path / "turn.wav"
    save_frame(path, PCM_16K.silence(16_000), "--save")
    return {
        "line": lambda: Line(RehearsalClock(), Nobody(), PCM_24K),
        "line mu-law": lambda: Line(RehearsalClock(), Nobody(), PCMU),
        "line A-law": lambda: Line(RehearsalClock(), Nobody(), PCMA),
        "file": lambda: FileChannel(RehearsalClock(), [path], PCM_16K, pace=Pace(patience_ms=60_000)),
        "text": lambda: TextChannel(RehearsalClock(), nothing_typed()),
    }[request.param]


def hold(make: Callable[[], Channel], step: Callable[[Channel, CallEvent, list[CallEvent]], bool]) -> list[CallEvent]:
    """A call in which `step` is taken at each event; once it says so, the channel is closed."""

    async def call() -> list[CallEvent]:
        channel = make()
        events: list[CallEvent] = []
        async for event in channel.events():
            events.append(event)
            if step(channel, event, events):
                await channel.close()
        return events

    return run_rehearsal(call())


def total(events: list[CallEvent], stream: int) -> int:
    return sum(event.samples for event in events if isinstance(event, Played) and event.stream == stream)


def test_first_and_last(make):
    """The answer comes first and carries the channel's own format; hanging up comes last, once."""
    formats = []
    events = hold(make, lambda channel, event, events: formats.append(channel.format) or True)
    assert isinstance(events[0], CallAnswered)
    assert events[0].format == formats[0]
    assert [type(event) for event in events].count(CallerHungUp) == 1
    assert events[-1] == CallerHungUp()


def test_closed_before_it_began(make):
    """A channel that was closed has an answer and an end, and nothing between."""

    async def call() -> list[CallEvent]:
        channel = make()
        await channel.close()
        await channel.close()
        return [event async for event in channel.events()]

    assert [type(event) for event in run_rehearsal(call())] == [CallAnswered, CallerHungUp]


def test_all_is_played(make):
    """What was queued is reported to the sample, in the first stream."""

    def step(channel: Channel, event: CallEvent, events: list[CallEvent]) -> bool:
        if isinstance(event, CallAnswered):
            for samples in (1_000, 0, 1, 999):
                channel.play(channel.format.silence(samples))
        return total(events, 0) == 2_000

    events = hold(make, step)
    assert total(events, 0) == 2_000
    assert {event.stream for event in events if isinstance(event, Played)} == {0}


def test_stopping(make):
    """After a stop comes the last figure of the old stream, then only the new one."""
    stopped = []

    def step(channel: Channel, event: CallEvent, events: list[CallEvent]) -> bool:
        if isinstance(event, CallAnswered):
            channel.play(channel.format.silence(50_000))
        elif isinstance(event, Played) and not stopped:
            channel.stop(1)
            channel.play(channel.format.silence(700))
            stopped.append(len(events))
        return total(events, 1) == 700

    events = hold(make, step)
    assert total(events, 0) <= 50_000
    order = [event.stream for event in events[stopped[0] :] if isinstance(event, Played)]
    assert order[0] == 0
    assert order == sorted(order)
    assert total(events, 1) == 700


def test_pausing(make):
    """A pause is answered with the figure, and nothing of the queue is lost by it."""
    resumed = []

    def step(channel: Channel, event: CallEvent, events: list[CallEvent]) -> bool:
        if isinstance(event, CallAnswered):
            channel.play(channel.format.silence(2_000))
            channel.pause()
        elif isinstance(event, Played) and not resumed:
            resumed.append(event)
            channel.resume()
        return bool(resumed) and total(events, 0) == 2_000

    assert total(hold(make, step), 0) == 2_000
