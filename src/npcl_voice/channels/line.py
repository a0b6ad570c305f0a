"""A simulated telephone line: full duplex, in ticks of 20 ms on the call's clock.

At each tick the line plays one frame's worth of what the assistant queued, lets everybody on it
hear that, and asks the far end what it does meanwhile. Nothing here waits for the assistant, and
the assistant never waits here: `play`, `pause`, `resume` and `stop` return at once.
"""

from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

import msgspec

from npcl_voice.audio.frame import Format, Frame
from npcl_voice.channels.queue import EventQueue
from npcl_voice.conversation.events import CallAnswered, CallerAudio, CallerKeyed, CallEvent, Played
from npcl_voice.errors import LocalProtocolError
from npcl_voice.ports import Clock

__all__ = ["SILENT", "TICK_MS", "FarEnd", "Line", "Listener", "Moment"]

TICK_MS = 20
"""The packet of telephony: RFC 3551 gives 20 ms as the default of G.711 and of linear audio."""
PLAYOUT_LIMIT_S = 120
"""Longest sound waiting to be played: longer than any answer; beyond it somebody has lost count."""
CALLER_LIMIT_S = 30
"""Longest sound of the caller waiting to be taken: a reader that is so late has stopped reading."""
KEYS_LIMIT = 64
"""Most key presses waiting to be taken: three of the longest numbers, and to spare."""


class Moment(msgspec.Struct, frozen=True):
    """What the far end does in one tick."""

    frame: Frame | None = None
    """Up to one tick of sound in the line's format; None is silence."""
    keys: str = ""
    """Keys pressed: `0`-`9`, `*`, `#`."""
    hangs_up: bool = False
    """Whether this is its last moment on the line."""


SILENT = Moment()


class FarEnd(Protocol):
    """Whoever is called at the far end of the line."""

    def tick(self, heard: Frame, now: float) -> Moment:
        """Hear one tick of the assistant (silence included) and say what happens meanwhile."""
        ...


class Listener(Protocol):
    """Somebody who hears what is really played, and says nothing."""

    def hear(self, heard: Frame, now: float) -> None:
        """One tick of the assistant's sound, silence included."""
        ...


class Line:
    """A Channel between the assistant and a simulated caller."""

    def __init__(
        self,
        clock: Clock,
        far_end: FarEnd,
        format: Format,
        *,
        caller_number: str | None = None,
        listeners: Sequence[Listener] = (),
        playout_limit_s: float = PLAYOUT_LIMIT_S,
        caller_limit_s: float = CALLER_LIMIT_S,
    ) -> None:
        """A line that is answered when its events are first asked for."""
        self.format = format
        self._clock = clock
        self._far_end = far_end
        self._caller_number = caller_number
        self._listeners = tuple(listeners)
        self._tick_samples = format.samples_in(TICK_MS)
        self._limit = format.samples_in(playout_limit_s * 1000)
        self._queue: deque[Frame] = deque()
        self._queued = 0
        self._dropped = 0
        self._stream = 0
        self._paused = False
        self._events = EventQueue(frames=round(caller_limit_s * 1000 / TICK_MS), keys=KEYS_LIMIT)

    @property
    def queued_ms(self) -> float:
        """Milliseconds of sound that wait to be played."""
        return self.format.ms_of(self._queued)

    @property
    def drops(self) -> Mapping[str, int]:
        """What did not fit: samples of `playout` and of the `caller`, and `keys`."""
        return {"playout": self._dropped, **self._events.drops}

    def events(self) -> AsyncIterator[CallEvent]:
        """`CallAnswered` first, `CallerHungUp` last; what the far end raises is raised here."""
        answered = CallAnswered(self.format, voice=True, caller_number=self._caller_number)
        return self._events.run(answered, self._run())

    def play(self, frame: Frame) -> None:
        """Queue a frame of any length; what is beyond the limit is dropped and counted.

        Raises LocalProtocolError for another format than the line's.
        """
        if frame.format != self.format:
            msg = f"the line plays {self.format}, not {frame.format}"
            raise LocalProtocolError(msg)
        frame, beyond = frame.split(min(frame.samples, self._limit - self._queued))
        self._dropped += beyond.samples
        if frame.samples:
            self._queue.append(frame)
            self._queued += frame.samples

    def pause(self) -> None:
        """Fall silent after the frame that is under way, and keep the queue."""
        self._paused = True
        self._events.put(Played(0, self._stream))

    def resume(self) -> None:
        """Go on where the voice paused."""
        self._paused = False

    def stop(self, stream: int) -> None:
        """Drop the queue; what is played next belongs to `stream`. A pause ends with it."""
        self._events.put(Played(0, self._stream))
        self._queue.clear()
        self._queued = 0
        self._paused = False
        self._stream = stream

    async def close(self) -> None:
        """Hang up; safe to call twice."""
        self._events.close()

    async def _run(self) -> None:
        """Tick until somebody hangs up; a late tick is made up for, so that nothing drifts."""
        start = self._clock.now()
        ticks = 0
        hung_up = False
        while not hung_up:
            ticks += 1
            await self._clock.sleep_until(start + ticks * TICK_MS / 1000)
            hung_up = self._tick(self._clock.now())

    def _tick(self, now: float) -> bool:
        """One tick: play, be heard, and take what the far end does; whether it hung up."""
        heard = self._next_played()
        for listener in self._listeners:
            listener.hear(heard, now)
        moment = self._far_end.tick(heard, now)
        self._events.put(CallerAudio(self._filled(moment.frame or self.format.silence(0))))
        for key in moment.keys:
            self._events.put(CallerKeyed(key))
        return moment.hangs_up

    def _next_played(self) -> Frame:
        """The next tick of the queue, filled up with silence; it is reported as played.

        A frame once begun is heard to its end, so the report is exact also when the voice pauses
        or stops in the middle of it.
        """
        parts: list[Frame] = []
        wanted = 0 if self._paused else self._tick_samples
        while wanted and self._queue:
            part, rest = self._queue.popleft().split(wanted)
            if rest.samples:
                self._queue.appendleft(rest)
            parts.append(part)
            wanted -= part.samples
        played = Frame.join(parts, self.format)
        if played.samples:
            self._queued -= played.samples
            self._events.put(Played(played.samples, self._stream))
        return self._filled(played)

    def _filled(self, frame: Frame) -> Frame:
        """A whole tick: the frame, then silence."""
        missing = self._tick_samples - frame.samples
        if missing < 0:
            msg = f"the far end may say {self._tick_samples} samples a tick, not {frame.samples}"
            raise LocalProtocolError(msg)
        try:
            return Frame.join([frame, self.format.silence(missing)], self.format)
        except ValueError as error:
            raise LocalProtocolError(str(error)) from error
