"""A caller who types: each line is a turn, taken up when the assistant has answered the one before.

A line that begins with `/keys` presses keys instead of saying something, as on a telephone:
`/keys 000054321#`. The channel follows its call as an observer, so that it knows when the floor
is the caller's again; that is how a whole dialogue can be piped in.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TextIO

from npcl_voice.audio.frame import PCM_24K, Frame
from npcl_voice.channels.queue import EventQueue
from npcl_voice.conversation.commands import Command, Report, StateChanged
from npcl_voice.conversation.events import (
    CallAnswered,
    CallerKeyed,
    CallerText,
    CallEvent,
    ModelJoined,
    ModelLost,
    Played,
)
from npcl_voice.conversation.floor import Floor
from npcl_voice.errors import SettingsError
from npcl_voice.ports import Clock

__all__ = ["KEYS_COMMAND", "TextChannel", "typed_lines"]

KEYS_COMMAND = "/keys"
"""The command that presses keys; what follows may hold spaces and hyphens for the eye."""
_KEYS = frozenset("0123456789*#")
_KEYS_LIMIT = 64
"""Most key presses waiting to be taken: three of the longest numbers, and to spare."""
_PATIENCE_S = 20.0
"""How long an answer is waited for before the next line is taken all the same."""
_KEYS_PATIENCE_S = 5.0
"""The same after keys: an entry without `#` counts as complete after three seconds."""
_READ_AHEAD = 64
"""Lines that are read before they are wanted; more wait where they are."""


class TextChannel:
    """A Channel without sound; it has to be an Observer of its own call, too."""

    def __init__(self, clock: Clock, lines: AsyncIterator[str], *, caller_number: str | None = None) -> None:
        """`lines`: what is typed, without line ends; after the last the caller hangs up."""
        self.format = PCM_24K
        self._clock = clock
        self._lines = lines
        self._caller_number = caller_number
        self._stream = 0
        self._events = EventQueue(frames=0, keys=_KEYS_LIMIT)
        self._followed = asyncio.Event()
        self._engine_there = False
        self._floor: str | None = None
        self._answers = 0

    def events(self) -> AsyncIterator[CallEvent]:
        """`CallAnswered` first, `CallerHungUp` last; what `lines` raises is raised here."""
        answered = CallAnswered(self.format, voice=False, caller_number=self._caller_number)
        return self._events.run(answered, self._type())

    def saw(self, now: float, event: CallEvent, commands: Sequence[Command]) -> None:
        """Follow the call: whether an engine is there, and whose the floor is."""
        if isinstance(event, ModelJoined | ModelLost):
            self._engine_there = isinstance(event, ModelJoined)
        for command in commands:
            if isinstance(command, Report) and isinstance(command.line, StateChanged):
                before, self._floor = self._floor, command.line.floor
                if self._floor == Floor.LISTENING.value != before:
                    self._answers += 1
        self._followed.set()

    def play(self, frame: Frame) -> None:
        """Nobody hears it: it counts as played at once."""
        self._events.put(Played(frame.samples, self._stream))

    def pause(self) -> None:
        """There is nothing to fall silent."""
        self._events.put(Played(0, self._stream))

    def resume(self) -> None:
        """There is nothing to go on with."""

    def stop(self, stream: int) -> None:
        """What is played next belongs to `stream`."""
        self._events.put(Played(0, self._stream))
        self._stream = stream

    async def close(self) -> None:
        """Hang up; safe to call twice."""
        self._events.close()

    async def _type(self) -> None:
        """Take line after line, each when the floor is the caller's."""
        await self._until(self._may_begin, _PATIENCE_S)
        while (line := await self._read()) is not None:
            answers = self._answers
            events = _events_of(line)
            for event in events:
                self._events.put(event)
            if events:
                patience_s = _KEYS_PATIENCE_S if isinstance(events[0], CallerKeyed) else _PATIENCE_S
                await self._until(partial(self._answered_since, answers), patience_s)

    async def _read(self) -> str | None:
        """The next line, None at the end; a rehearsal's time waits for whoever types."""
        with self._clock.work():
            return await anext(self._lines, None)

    def _may_begin(self) -> bool:
        return self._engine_there and self._floor == Floor.LISTENING.value

    def _answered_since(self, answers: int) -> bool:
        return self._answers > answers

    async def _until(self, come: Callable[[], bool], patience_s: float) -> None:
        """Return when it has come, or patience is at its end."""
        alarm = asyncio.get_running_loop().create_task(self._clock.sleep_until(self._clock.now() + patience_s))
        alarm.add_done_callback(lambda _done: self._followed.set())
        try:
            while not come() and not alarm.done():
                self._followed.clear()
                await self._followed.wait()
        finally:
            alarm.cancel()
            await asyncio.wait([alarm])


async def typed_lines(file: TextIO) -> AsyncIterator[str]:
    """The lines of a text file or terminal, without their ends, as they come.

    A thread of its own reads, which ends with the program: a terminal nobody types on delays no exit.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | Exception | None] = asyncio.Queue()
    room = threading.Semaphore(_READ_AHEAD)

    def put(line: str | Exception | None) -> None:
        room.acquire()
        loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        with suppress(RuntimeError):  # the call ended first, and its loop with it
            try:
                for line in file:
                    put(line.rstrip("\r\n"))
            except (OSError, ValueError) as error:  # a broken pipe, bytes that are no text
                put(error)
            else:
                put(None)

    threading.Thread(target=read, name="typed lines", daemon=True).start()
    while (line := await lines.get()) is not None:
        room.release()
        if isinstance(line, Exception):
            raise SettingsError("--text", f"the input cannot be read: {line}") from line
        yield line


def _events_of(line: str) -> list[CallEvent]:
    """What a line does: keys, words, or nothing when it is blank."""
    command, _, rest = line.strip().partition(" ")
    if command == KEYS_COMMAND:
        return [CallerKeyed(key) for key in rest if key in _KEYS]
    return [CallerText(line.strip())] if line.strip() else []
