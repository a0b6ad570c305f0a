"""A caller at this machine: its microphone and its loudspeaker.

The sound library's threads bring a chunk of sound and fetch one to play; they copy bytes under a
lock and wake the event loop, nothing else. The loop guards against echo, hands the chunks on, and
opens the device again when it has gone: a call outlives its headset.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from npcl_voice.audio.frame import PCM_24K, Frame
from npcl_voice.channels.echo import EchoGuard
from npcl_voice.channels.line import Listener
from npcl_voice.channels.queue import EventQueue
from npcl_voice.channels.signal import SignalCheck
from npcl_voice.channels.soundcard import Request, SoundCard, Streams
from npcl_voice.conversation.events import (
    CallAnswered,
    CallerAudio,
    CallEvent,
    DeviceBack,
    DeviceGone,
    Played,
)
from npcl_voice.errors import LocalProtocolError, SettingsError, UnavailableError
from npcl_voice.ports import Clock

__all__ = ["Microphone"]

T = TypeVar("T")

PLAYOUT_LIMIT_S = 120
"""Longest sound waiting to be played: longer than any answer; beyond it somebody has lost count."""
CAPTURE_LIMIT_MS = 2_000
"""Longest sound of the microphone that the loop has not yet taken: beyond it the loop stands still."""
CALLER_LIMIT_S = 30
"""Longest sound of the caller waiting to be taken by the call."""
LOST_S = 0.5
"""Silence of the sound library, not of the room, after which the device counts as gone: 20 chunks."""
RETRY_S = (0.05, 0.1, 0.2, 0.3, 0.5)
"""Waits between attempts to open the device again; the last one goes on."""
WATCH_S = 2.0
"""How often is looked whether a device has come or gone."""
TALK_SETTLE_MS = 150
"""After the caller asked to speak, so long the echo of what was playing dies away unheard."""
PLAYED_LIMIT_S = 5
"""Longest sound that was played and that the guard does not know of yet."""
LONGEST_TALK_MS = 10_000
"""So long after the talk key was pressed our voice waits no longer, and the guard closes again."""
CLOSES_S = 2.0
"""A device that takes longer to close is left to itself: hanging up must not wait for it."""


class Microphone:
    """A Channel of 24 kHz PCM between a sound device and a call."""

    def __init__(
        self,
        clock: Clock,
        card: SoundCard,
        request: Request,
        guard: EchoGuard,
        *,
        note: Callable[[str], None],
        push_to_talk: bool = False,
        watch_s: float = WATCH_S,
        caller_number: str | None = None,
        listeners: Sequence[Listener] = (),
    ) -> None:
        """`note` takes one line for the person at the device: what is wrong with it, and when it is back.

        With `push_to_talk` the caller is heard only while `talk` says so.
        """
        self.format = PCM_24K
        self._clock = clock
        self._card = card
        self._request = request
        self._guard = guard
        self._note = note
        self._push_to_talk = push_to_talk
        self._watch_s = watch_s
        self._caller_number = caller_number
        self._listeners = tuple(listeners)
        self._muted = False
        self._talking = False
        self._settle_ms = 0.0
        self._talk_ms = 0.0
        self._waits = False
        """Whether our voice waits for a caller who took the floor while it sounded."""
        self._answered = False
        """Whether anything was played since the caller took the floor."""
        self._check: SignalCheck | None = None
        chunks_a_second = request.rate_hz // request.chunk_samples + 1
        self._events = EventQueue(frames=CALLER_LIMIT_S * chunks_a_second, keys=0)
        self._stream = 0
        # What the library's threads touch, under the lock.
        self._lock = threading.Lock()
        self._captured: deque[bytes] = deque()
        self._captured_bytes = 0
        self._played: deque[bytes] = deque(maxlen=PLAYED_LIMIT_S * chunks_a_second)
        self._queue: deque[memoryview] = deque()
        self._queued_bytes = 0
        self._newly_played = 0
        self._paused = False
        self._dropped = {"capture": 0, "playout": 0}
        self._beats = [0, 0]
        self._ended = False
        # The loop's side.
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self._device = threading.Lock()
        """Whoever opens or closes the device has it."""
        self._streams: Streams | None = None
        self._slips = [0, 0]
        """Slips of the devices before this one, and of this one."""
        self._instead = False
        """Whether the system's default stands in for the device that was chosen."""

    # The channel.

    @property
    def drops(self) -> Mapping[str, int]:
        """What did not fit: samples of `capture`, `playout` and `caller`, and `keys`; and the device's `slips`."""
        return {**self._dropped, **self._events.drops, "slips": sum(self._slips)}

    @property
    def devices(self) -> tuple[str, str] | None:
        """Names of the microphone and the loudspeaker in use; None while there are none."""
        return None if self._streams is None else (self._streams.input_name, self._streams.output_name)

    def events(self) -> AsyncIterator[CallEvent]:
        """`CallAnswered` first, `CallerHungUp` last.

        Raises UnavailableError or SettingsError when the device cannot be opened at first.
        """
        answered = CallAnswered(self.format, voice=True, caller_number=self._caller_number)
        return self._events.run(answered, self._run())

    def play(self, frame: Frame) -> None:
        """Queue a frame of any length; what is beyond two minutes is dropped and counted.

        Raises LocalProtocolError for another format than 24 kHz PCM.
        """
        if frame.format != self.format:
            msg = f"the loudspeaker plays {self.format}, not {frame.format}"
            raise LocalProtocolError(msg)
        with self._lock:
            room = PLAYOUT_LIMIT_S * self.format.bytes_per_second - self._queued_bytes
            data = memoryview(frame.data)[: max(0, room)]
            self._dropped["playout"] += (len(frame.data) - len(data)) // 2
            if data:
                self._queue.append(data)
                self._queued_bytes += len(data)

    def pause(self) -> None:
        """Fall silent after the chunk that the device has, and keep the queue."""
        with self._lock:
            self._paused = True
        self._report_played()

    def resume(self) -> None:
        """Go on where the voice paused."""
        with self._lock:
            self._paused = False

    def stop(self, stream: int) -> None:
        """Drop the queue; what is played next belongs to `stream`. A pause ends with it."""
        with self._lock:
            self._queue.clear()
            self._queued_bytes = 0
            self._paused = self._waits = False
        self._report_played()
        self._stream = stream

    async def close(self) -> None:
        """Hang up; the devices are let go of when `events` ends. Safe to call twice."""
        self._events.close()

    @property
    def talking(self) -> bool:
        """Whether the caller has the floor by the talk key."""
        return self._talking

    # What the person at the device does.

    def mute(self, muted: bool) -> None:
        """From now on the caller is not heard, or is again."""
        self._muted = muted

    def talk(self, talking: bool) -> None:
        """The caller takes the floor by a key (True) or gives it back: what we were saying waits, and so its echo ends.

        With push-to-talk the caller is heard only meanwhile. Else our next words give the floor back, too.
        """
        with self._lock:
            self._waits = talking and bool(self._queue)
            self._answered = False
        if self._waits and not self._paused:
            self._settle_ms = TALK_SETTLE_MS
        self._talk_ms = 0.0
        self._talking = self._guard.talking = talking

    def _look_at_talk(self) -> None:
        """Give the floor back when the caller has been answered; a voice does not wait for ever."""
        if self._talk_ms > LONGEST_TALK_MS:
            self._waits = False
        if not self._push_to_talk and (self._answered or self._talk_ms > LONGEST_TALK_MS):
            self._talking = self._guard.talking = False

    # The library's threads.

    def _capture(self, data: bytes) -> None:
        with self._lock:
            self._beats[0] += 1
            if self._captured_bytes + len(data) > CAPTURE_LIMIT_MS * self.format.bytes_per_second // 1000:
                self._dropped["capture"] += len(data) // 2
            else:
                self._captured.append(data)
                self._captured_bytes += len(data)
        self._wake()

    def _next_to_play(self, size: int) -> bytes:
        parts: list[memoryview] = []
        missing = size
        with self._lock:
            self._beats[1] += 1
            while missing and self._queue and not self._paused and not self._waits:
                head = self._queue.popleft()
                if len(head) > missing:
                    self._queue.appendleft(head[missing:])
                    head = head[:missing]
                parts.append(head)
                missing -= len(head)
            played = size - missing
            self._answered |= played > 0
            self._queued_bytes -= played
            self._newly_played += played // 2
            data = b"".join((*parts, bytes(missing)))
            self._played.append(data)
        self._wake()
        return data

    def _stream_ended(self) -> None:
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop has closed before the stream
                loop.call_soon_threadsafe(self._news.set)

    # The loop.

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            await self._open()
            watch = self._loop.create_task(self._watch(), name="sound devices")
            try:
                await self._pump()
            finally:
                watch.cancel()
                await asyncio.wait([watch])
        finally:
            self._loop = None
            await self._let_go()

    async def _pump(self) -> None:
        """Hand on what comes; open the device again when one of its sides has fallen silent."""
        beats, beat_at = list(self._beats), [self._clock.now()] * 2
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOST_S / 2):
                    await self._news.wait()
            self._news.clear()
            self._take()
            now = self._clock.now()
            for side, count in enumerate(self._beats):
                if count != beats[side]:
                    beats[side], beat_at[side] = count, now
            if self._ended or now - min(beat_at) >= LOST_S:
                await self._reopen()
                beat_at = [self._clock.now()] * 2

    def _take(self) -> None:
        with self._lock:
            captured, played = list(self._captured), list(self._played)
            self._captured.clear()
            self._played.clear()
            self._captured_bytes = 0
        self._report_played()
        now = self._clock.now()
        if self._streams is not None and self._streams.slips != self._slips[1]:
            self._slips[1] = self._streams.slips
            self._guard.unsettled()
        for data in played:
            self._guard.played(data)
            for listener in self._listeners:
                listener.hear(Frame(data, self.format), now)
        for data in captured:
            if self._check is not None and (complaint := self._check.hear(data, now)):
                self._note(complaint)
            self._events.put(CallerAudio(Frame(self._listened_to(data), self.format)))

    def _listened_to(self, data: bytes) -> bytes:
        if self._talking:
            self._look_at_talk()
        heard = self._guard.heard(data)
        ms = self.format.ms_of(len(data) // 2)
        self._settle_ms -= ms
        self._talk_ms += ms
        closed = self._muted or (self._push_to_talk and not self._talking) or self._settle_ms > 0
        return bytes(len(data)) if closed else heard

    def _report_played(self) -> None:
        with self._lock:
            samples, self._newly_played = self._newly_played, 0
        self._events.put(Played(samples, self._stream))

    # The device.

    async def _open(self, request: Request | None = None) -> None:
        request = request or self._request
        self._ended = False
        opening = self._in_thread(
            lambda: self._card.open(request, self._capture, self._next_to_play, self._stream_ended)
        )
        try:
            self._streams = await asyncio.shield(opening)
        except asyncio.CancelledError:  # the call ended first: nobody else would close them
            opening.add_done_callback(_close_again)
            raise
        self._slips = [sum(self._slips), 0]
        self._guard.unsettled()
        self._check = SignalCheck(self.format.rate_hz, f"The microphone ({self._streams.input_name})")

    async def _reopen(self) -> None:
        """Until a device answers: the chosen one, or else the system's default."""
        gone_at = self._clock.now()
        self._events.put(DeviceGone())
        self._note("The sound device has gone; looking for it, or for another one ...")
        default = Request("", "", self._request.rate_hz, self._request.chunk_samples, self._request.latency_s)
        attempt = 0
        while True:
            await self._let_go()
            await self._clock.sleep_until(self._clock.now() + RETRY_S[min(attempt, len(RETRY_S) - 1)])
            attempt += 1
            for request in (self._request, default):
                try:
                    if request is not default:
                        await self._in_thread(self._card.look_again)
                    await self._open(request)
                except (UnavailableError, SettingsError):
                    continue
                if await self._is_running():
                    self._instead = request is default and request != self._request
                    break
                await self._let_go()
            else:
                continue
            break
        assert self._streams is not None
        names = f"{self._streams.input_name} / {self._streams.output_name}"
        self._note(f"The sound device is back: {names}, after {self._clock.now() - gone_at:.1f} s")
        self._events.put(DeviceBack(names))

    async def _watch(self) -> None:
        """See a list of devices that has changed; when the chosen one may be back, go back to it."""
        before = await asyncio.to_thread(self._card.what_is_there)
        while True:
            await self._clock.sleep_until(self._clock.now() + self._watch_s)
            there = await asyncio.to_thread(self._card.what_is_there)
            if self._streams is not None and there != before:
                if self._instead and self._has_come(before, there):
                    self._stream_ended()
                elif not self._instead:
                    self._note("The sound devices have changed: `npcl-voice devices` shows what is there.")
            before = there

    def _has_come(self, before: str, there: str) -> bool:
        """Whether a chosen device is told of that was not before; PortAudio's names go on after a colon."""
        names = (name.partition(":")[0].lower() for name in (self._request.input_name, self._request.output_name))
        return any(name and name in there.lower() and name not in before.lower() for name in names)

    async def _is_running(self) -> bool:
        """Whether sound really comes: a device may open and stay dead."""
        before = list(self._beats)
        try:
            async with asyncio.timeout(LOST_S):
                while any(now == then for now, then in zip(self._beats, before, strict=True)) and not self._ended:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return not self._ended

    async def _let_go(self) -> None:
        streams, self._streams = self._streams, None
        if streams is not None:
            drain = not self._ended
            await asyncio.wait([self._in_thread(lambda: streams.close(drain=drain))], timeout=CLOSES_S)

    def _in_thread(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        """Do it beside the loop, one after the other; a thread that hangs keeps no process alive."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def run() -> None:
            with self._device:
                try:
                    tell, outcome = _succeed, work()
                except Exception as error:  # noqa: BLE001 - whoever waits for it gets it
                    tell, outcome = _fail, error  # type: ignore[assignment]
            with suppress(RuntimeError):  # the loop has closed: nobody waits
                loop.call_soon_threadsafe(tell, future, outcome)

        threading.Thread(target=run, name="sound device", daemon=True).start()
        return future


def _succeed(future: "asyncio.Future[T]", result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: "asyncio.Future[T]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


def _close_again(opening: "asyncio.Future[Streams]") -> None:
    """Streams that were opened for a call that is over."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close(drain=False)
