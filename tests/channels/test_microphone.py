"""The microphone channel over a sound card whose threads are played by the test."""

import asyncio
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from npcl_voice.audio.frame import PCM_8K, PCM_24K, Frame
from npcl_voice.call import RealClock
from npcl_voice.channels.echo import HalfDuplex, NoGuard
from npcl_voice.channels.microphone import CAPTURE_LIMIT_MS, Microphone
from npcl_voice.channels.soundcard import Device, Request
from npcl_voice.conversation.events import (
    CallAnswered,
    CallerAudio,
    CallerHungUp,
    DeviceBack,
    DeviceGone,
    Played,
)
from npcl_voice.errors import LocalProtocolError, SettingsError, UnavailableError

CHUNK = 1024
LOUD = (np.sin(np.arange(512) / 5) * 8000).astype("<i2").tobytes()
QUIET = bytes(CHUNK)


class Opened:
    """Streams that run while the test says so."""

    def __init__(self, card: "Card", names: tuple[str, str]) -> None:
        self.input_name, self.output_name = names
        self.slips = 0
        self.closed = self.drained = False
        self._card = card

    def close(self, *, drain: bool = False) -> None:
        self.closed, self.drained = True, drain


class Card:
    """A sound card by hand: `tick` is one chunk both ways, as the library's threads would bring it."""

    def __init__(self) -> None:
        self.opened: list[tuple[Request, Opened]] = []
        self.looked_again = 0
        self.there = "Headset"
        self.missing: set[str] = set()
        self.dead = 0
        """Openings that succeed and stay without sound."""
        self.captured: Callable[[bytes], None] = lambda _data: None
        self.wanted: Callable[[int], bytes] = bytes
        self.ended: Callable[[], None] = lambda: None

    def devices(self) -> list[Device]:
        return []

    def open(self, request, captured, wanted, ended):
        if request.input_name in self.missing:
            raise UnavailableError(f"{request.input_name} is not there")
        self.captured, self.wanted, self.ended = captured, wanted, ended
        streams = Opened(self, (request.input_name or "default", request.output_name or "default"))
        self.opened.append((request, streams))
        if self.dead:
            self.dead -= 1
        else:
            threading.Thread(target=self._run).start()
        return streams

    def _run(self) -> None:
        """A device that has just been opened brings a little, and asks for nothing yet."""
        for _ in range(3):
            time.sleep(0.02)
            self.captured(QUIET)
            self.wanted(0)

    def look_again(self) -> None:
        self.looked_again += 1

    def what_is_there(self) -> str:
        return self.there

    def tick(self, sound: bytes = QUIET) -> bytes:
        self.captured(sound)
        return self.wanted(CHUNK)


def microphone(card: Card, notes: list[str] | None = None, **settings) -> Microphone:
    request = Request("Headset", "Headset", 24_000, CHUNK // 2, 0.04)
    notes = [] if notes is None else notes
    return Microphone(RealClock(), card, request, settings.pop("guard", NoGuard()), note=notes.append, **settings)


class Call:
    """Somebody takes the channel's events meanwhile."""

    def __init__(self, channel: Microphone) -> None:
        self.channel = channel
        self.events: list = []
        self._task = asyncio.create_task(self._take())

    async def _take(self) -> None:
        async for event in self.channel.events():
            self.events.append(event)

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    def played(self, stream=0):
        return sum(event.samples for event in self.of(Played) if event.stream == stream)

    def heard(self) -> bytes:
        return b"".join(event.frame.data for event in self.of(CallerAudio))

    async def until(self, come: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not come():  # noqa: ASYNC110 - what comes, comes from threads and in many shapes
                await asyncio.sleep(0.005)

    async def over(self) -> None:
        await self.channel.close()
        async with asyncio.timeout(5):
            await self._task


async def begun(card: Card, **settings) -> Call:
    call = Call(microphone(card, **settings))
    await call.until(lambda: len(call.heard()) == 3 * CHUNK)
    return call


async def test_a_call_from_answer_to_end():
    """The caller's sound comes in order, ours is played and counted, and at the end the device is let go."""
    card = Card()
    call = await begun(card)
    call.channel.play(PCM_24K.silence(700))
    for _ in range(2):
        card.tick(LOUD)
    await call.until(lambda: call.played() == 700)
    await call.until(lambda: call.heard().endswith(LOUD * 2))
    assert call.channel.devices == ("Headset", "Headset")
    await call.over()
    assert isinstance(call.events[0], CallAnswered)
    assert call.events[0].format == PCM_24K
    assert call.events[-1] == CallerHungUp()
    assert card.opened[0][1].closed
    assert card.opened[0][1].drained  # the last word is heard
    card.tick(LOUD)  # a thread that is late finds nobody, and no error


async def test_a_pause_keeps_what_waits_and_a_stop_drops_it():
    """Each is followed by the exact figure."""
    card = Card()
    call = await begun(card)
    call.channel.play(Frame(LOUD * 4, PCM_24K))
    assert card.tick() == LOUD
    call.channel.pause()
    assert card.tick() == QUIET
    call.channel.resume()
    assert card.tick() == LOUD
    call.channel.stop(1)
    assert card.tick() == QUIET
    call.channel.play(PCM_24K.silence(10))
    card.tick()
    await call.until(lambda: call.played(1) == 10)
    assert call.played(0) == 1024
    await call.over()


async def test_what_does_not_fit_is_dropped_and_counted():
    """A loop that stands still, and an answer that never ends."""
    card = Card()
    call = await begun(card)
    chunks = CAPTURE_LIMIT_MS * 24_000 // 1000 // 512 + 10
    for _ in range(chunks):  # the loop takes nothing meanwhile
        card.captured(LOUD)
    assert call.channel.drops["capture"] > 0
    call.channel.play(PCM_24K.silence(24_000 * 121))
    assert call.channel.drops["playout"] == 24_000
    await call.over()


async def test_another_format_is_refused():
    """Our own bug, and told as one."""
    with pytest.raises(LocalProtocolError, match="24000"):
        microphone(Card()).play(PCM_8K.silence(1))


async def test_mute_and_push_to_talk():
    """Silence goes on while the caller is not to be heard."""
    card = Card()
    call = await begun(card, push_to_talk=True)
    before = len(call.heard())
    card.tick(LOUD)
    await call.until(lambda: len(call.heard()) > before)
    assert not any(call.heard())
    call.channel.talk(True)
    card.tick(LOUD)
    await call.until(lambda: call.heard().endswith(LOUD))
    call.channel.mute(True)
    card.tick(LOUD)
    await call.until(lambda: call.heard().endswith(LOUD + QUIET))
    call.channel.mute(False)
    call.channel.talk(False)
    card.tick(LOUD)
    await call.until(lambda: call.heard().endswith(LOUD + QUIET + QUIET))
    await call.over()


async def test_the_talk_key_silences_the_voice_and_opens_the_ear():
    """Half duplex: the caller takes the floor although the assistant speaks."""
    card = Card()
    call = await begun(card, guard=HalfDuplex(24_000, tail_ms=300, barge_in_db=60))
    call.channel.play(Frame(LOUD * 100, PCM_24K))
    assert card.tick(LOUD) == LOUD
    await call.until(lambda: call.played() == 512)
    assert not any(call.heard())
    call.channel.talk(True)
    for _ in range(9):  # the echo of what was playing dies away unheard
        assert card.tick(LOUD) == QUIET
    await call.until(lambda: call.heard().endswith(LOUD))
    call.channel.talk(False)
    assert card.tick() == LOUD
    await call.over()


@pytest.mark.parametrize("sounding", [True, False])
async def test_the_floor_is_given_back_by_our_answer(sounding):
    """Whether the caller took it from our voice or in a quiet moment, the answer is heard at once."""
    card = Card()
    call = await begun(card, guard=HalfDuplex(24_000, tail_ms=300, barge_in_db=60))
    if sounding:
        call.channel.play(Frame(LOUD * 50, PCM_24K))
    call.channel.talk(True)
    assert card.tick() == QUIET
    if sounding:  # what the caller says cuts it off
        call.channel.stop(1)
    call.channel.play(Frame(LOUD * 50, PCM_24K))
    assert card.tick(LOUD) == LOUD
    await call.until(lambda: not call.channel.talking)
    assert card.tick(LOUD) == LOUD
    await call.over()


@pytest.mark.slow
@pytest.mark.parametrize("push_to_talk", [True, False])
async def test_our_voice_does_not_wait_for_ever(push_to_talk):
    """A forgotten key must not leave the ear open to the echo, nor the call silent."""
    card = Card()
    guard = HalfDuplex(24_000, tail_ms=300, barge_in_db=60)
    call = await begun(card, guard=guard, push_to_talk=push_to_talk)
    call.channel.play(Frame(LOUD * 50, PCM_24K))
    call.channel.talk(True)
    for _ in range(round(10_000 / 21.3) + 2):
        before = len(call.heard())
        card.captured(QUIET)
        await call.until(lambda before=before: len(call.heard()) > before)
    assert card.tick(LOUD) == LOUD
    assert call.channel.talking is push_to_talk
    await call.over()


async def test_streams_that_open_after_the_call_are_closed():
    """Hanging up while the device is still being opened leaves nothing running."""
    card = Card()
    slow, opened = threading.Event(), card.open

    def late(*args):
        slow.wait(5)
        return opened(*args)

    card.open = late
    call = Call(microphone(card))
    await asyncio.sleep(0.05)
    await call.over()
    slow.set()
    await call.until(lambda: bool(card.opened) and card.opened[0][1].closed)


async def test_a_device_that_does_not_close_holds_nobody_up(monkeypatch):
    """Hanging up does not wait for it."""
    monkeypatch.setattr("npcl_voice.channels.microphone.CLOSES_S", 0.05)
    card, never = Card(), threading.Event()
    call = await begun(card)
    card.opened[0][1].close = lambda **_: never.wait(30)
    await call.over()
    never.set()


@pytest.mark.parametrize("how", ["told", "silent"])
async def test_a_device_that_goes_is_opened_again(how):
    """Whether the library says so or just brings nothing any more; the call goes on."""
    card, notes = Card(), []
    call = await begun(card, notes=notes)
    call.channel.play(Frame(LOUD * 3, PCM_24K))
    assert card.tick() == LOUD
    if how == "told":
        card.ended()
    await call.until(lambda: bool(call.of(DeviceBack)))
    assert call.of(DeviceGone)
    assert card.looked_again == 1
    assert call.of(DeviceBack) == [DeviceBack("Headset / Headset")]
    assert [card.opened[0][1].closed, card.opened[1][1].closed] == [True, False]
    assert card.tick(LOUD) == LOUD
    await call.until(lambda: call.heard().endswith(LOUD))
    assert "back" in notes[-1]
    await call.over()


async def test_another_device_takes_the_place_of_one_that_stays_away():
    """The system's default, once that brings sound; one that opens and stays dead does not count."""
    card = Card()
    call = await begun(card)
    card.missing.add("Headset")
    card.dead = 1
    card.ended()
    await call.until(lambda: bool(call.of(DeviceBack)))
    assert call.of(DeviceBack) == [DeviceBack("default / default")]
    assert len(card.opened) == 3
    assert card.opened[1][1].closed
    await call.over()


async def test_a_list_of_devices_that_changed_is_seen():
    """It is told of; the chosen device is taken again when it is there again, and for no other the call is cut."""
    card, notes = Card(), []
    call = await begun(card, notes=notes, watch_s=0.02)
    alive = asyncio.create_task(_sounding(card))
    card.there = "Headset and loudspeaker"
    await call.until(lambda: any("have changed" in note for note in notes))
    card.missing.add("Headset")
    card.ended()
    card.there = "loudspeaker"
    await call.until(lambda: call.of(DeviceBack) == [DeviceBack("default / default")])
    card.there = "loudspeaker and camera"
    await asyncio.sleep(0.2)
    assert len(call.of(DeviceGone)) == 1
    card.missing.clear()
    card.there = "loudspeaker, camera and headset"
    await call.until(lambda: call.of(DeviceBack)[-1] == DeviceBack("Headset / Headset"))
    alive.cancel()
    await call.over()


async def _sounding(card: Card) -> None:
    while True:
        await asyncio.sleep(0.05)
        card.tick()


async def test_hanging_up_while_the_device_is_away():
    """Nobody waits for it."""
    card = Card()
    call = await begun(card)
    card.missing |= {"Headset", ""}
    card.ended()
    await call.until(lambda: bool(call.of(DeviceGone)))
    await call.over()
    assert call.events[-1] == CallerHungUp()


@pytest.mark.parametrize("error", [UnavailableError("no device"), SettingsError("NPCL_INPUT_DEVICE", "none")])
async def test_a_device_that_is_not_there_at_first(error):
    """The call does not begin, and says why."""
    card = Card()

    def refuse(*_args):
        raise error

    card.open = refuse
    with pytest.raises(type(error)):
        async for _ in microphone(card).events():
            pass


async def test_a_device_that_slips_unsettles_the_guard():
    """Echo comes at another time from then on."""
    card, guard = Card(), NoGuard()
    told = []
    guard.unsettled = lambda: told.append(1)
    call = await begun(card, guard=guard)
    told.clear()
    card.opened[0][1].slips = 2
    card.tick()
    await call.until(lambda: told == [1])
    assert call.channel.drops["slips"] == 2
    await call.over()


def test_what_is_wrong_with_a_signal():
    """Told once, in one line; nothing is wrong with speech."""
    from npcl_voice.channels.signal import SignalCheck

    def verdicts(chunk, seconds=25, rate=1.0):
        check = SignalCheck(24_000, "The microphone")
        count = int(seconds * 24_000 / 512 * rate)
        return [told for at in range(count) if (told := check.hear(chunk, at * 512 / 24_000 / rate))]

    noise = np.random.default_rng(1)
    for chunk, word in [
        (QUIET, "digital silence"),
        (noise.normal(0, 5, 512).astype("<i2").tobytes(), "nearly silent"),
        (np.full(512, 32_767, "<i2").tobytes(), "clips"),
    ]:
        assert len(told := verdicts(chunk)) == 1
        assert word in told[0]
    assert "samples a second instead of 24000" in verdicts(LOUD, rate=2.0)[0]
    assert verdicts(LOUD) == []
    assert verdicts(QUIET, seconds=4) == []
