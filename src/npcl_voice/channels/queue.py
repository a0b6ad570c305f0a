"""What happens on a line, in order, until somebody takes it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from npcl_voice.conversation.events import CallAnswered, CallerAudio, CallerHungUp, CallerKeyed, CallEvent, Played

__all__ = ["EventQueue"]


class EventQueue:
    """A bounded queue of a call's events: putting never waits, and what does not fit is counted.

    The caller's frames and keys are dropped beyond a limit each. Reports of playing are never
    dropped: two that follow each other become one, so that they stay as few as what is between.
    """

    def __init__(self, *, frames: int, keys: int) -> None:
        """`frames` and `keys`: most of each that may wait."""
        self.drops = {"caller": 0, "keys": 0}
        """Samples of the caller's, and keys, that were dropped."""
        self._frames_left = frames
        self._keys_left = keys
        self._events: deque[CallEvent] = deque()
        self._news = asyncio.Event()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether the call is over."""
        return self._closed

    def put(self, event: CallEvent) -> None:
        """Add an event."""
        last = self._events[-1] if self._events else None
        if isinstance(event, Played) and isinstance(last, Played) and last.stream == event.stream:
            self._events[-1] = Played(last.samples + event.samples, event.stream)
        elif isinstance(event, CallerAudio) and self._frames_left == 0:
            self.drops["caller"] += event.frame.samples
        elif isinstance(event, CallerKeyed) and self._keys_left == 0:
            self.drops["keys"] += 1
        else:
            self._frames_left -= isinstance(event, CallerAudio)
            self._keys_left -= isinstance(event, CallerKeyed)
            self._events.append(event)
        self._news.set()

    def close(self) -> None:
        """The call is over: what waits is still given out, then the end."""
        self._closed = True
        self._news.set()

    async def run(self, answered: CallAnswered, source: Coroutine[Any, Any, None]) -> AsyncIterator[CallEvent]:
        """`answered`, then all that is put in while `source` runs, and `CallerHungUp` last.

        Ends with `source` or with `close`, whichever comes first; raises what `source` raises.
        """
        running = asyncio.get_running_loop().create_task(source, name="line")
        running.add_done_callback(lambda _done: self._news.set())
        try:
            yield answered
            while True:
                while self._events:
                    yield self._take()
                if running.done():
                    running.result()
                    break
                if self._closed:
                    break
                self._news.clear()
                await self._news.wait()
            yield CallerHungUp()
        finally:
            self._closed = True
            running.cancel()
            await asyncio.wait([running])

    def _take(self) -> CallEvent:
        event = self._events.popleft()
        self._frames_left += isinstance(event, CallerAudio)
        self._keys_left += isinstance(event, CallerKeyed)
        return event
