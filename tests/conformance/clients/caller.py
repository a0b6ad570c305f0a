"""A caller for somebody else's client: speaks recorded lines, hears the answers played out, writes down what happened.

This file and the scripts beside it run in the clients' own environments, so they know the standard
library and their client, and nothing of ours.
"""

import array
import asyncio
import json
import sys
import time
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RATE_HZ = 24_000
FRAME_MS = 20
FRAME_BYTES = RATE_HZ * 2 * FRAME_MS // 1000
SILENCE = bytes(FRAME_BYTES)
HEARD_BEFORE_BARGE_IN_MS = 700
"""So much of an answer is played before the caller breaks in."""
QUIET_MS = 400
"""An answer is over when nothing of it has been left to play for so long."""
LINE_S = 25
"""The longest wait for an answer to one line."""

TOOL_RESULT = {
    "ok": True,
    "complaint_number": "000054321",
    "status": "registered",
    "repeat": False,
    "area": "Sector 62",
}
"""What the client's tool gives back, whatever it was called with."""
TOOL_S = 0.1
TOOL_NAME = "no_supply"
TOOL_DESCRIPTION = "Register that the caller has no electricity"
TOOL_PARAMETERS = {"consumer_number": {"type": "string", "description": "The caller's consumer number"}}
INSTRUCTIONS = "You answer the customers of a power company."


@dataclass
class Line:
    """One thing that the caller says, or types."""

    text: str
    wav: str = ""
    over: bool = False
    """Whether it is said into the answer before it."""


@dataclass
class Played:
    """One answer as the caller heard it."""

    received_ms: float = 0.0
    heard_ms: float = 0.0
    peak: int = 0
    cut: bool = False


@dataclass
class Outcome:
    """What happened in one scene: the runner judges it."""

    heard: list[str] = field(default_factory=list)
    """The caller's words, as the server told them."""
    said: list[str] = field(default_factory=list)
    """The assistant's words, an entry an answer."""
    played: list[Played] = field(default_factory=list)
    tools: list[list[str]] = field(default_factory=list)
    """Each tool that was called: its name, its arguments as JSON text."""
    errors: list[str] = field(default_factory=list)
    """What the client complained of."""


class Loudspeaker:
    """Plays answers at the pace of real time, and knows how much of each was heard."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._waiting = bytearray()
        self._answer = ""
        self._last = time.monotonic()
        self.finished = asyncio.Event()

    @property
    def playing(self) -> Played | None:
        """The answer that is being played."""
        return self._outcome.played[-1] if self._waiting else None

    @property
    def quiet_ms(self) -> float:
        """How long nothing has been left to play."""
        return 0.0 if self._waiting else (time.monotonic() - self._last) * 1000

    @property
    def heard_ms(self) -> float:
        """How much was heard of the newest answer."""
        return self._outcome.played[-1].heard_ms if self._outcome.played else 0.0

    def take(self, data: bytes, answer: str) -> None:
        """More sound of an answer; one of another name begins a new entry."""
        if not self._outcome.played or answer != self._answer:
            self._outcome.played.append(Played())
            self._answer = answer
        played = self._outcome.played[-1]
        played.received_ms += len(data) / (RATE_HZ * 2) * 1000
        played.peak = max(played.peak, *map(abs, array.array("h", data[: len(data) // 2 * 2])), 0)
        self._waiting += data
        self.finished.clear()

    def cut(self) -> float:
        """Stop at once; milliseconds of this answer that were heard."""
        if not self._outcome.played:
            return 0.0
        played = self._outcome.played[-1]
        if self._waiting:
            self._waiting.clear()
            self._last = time.monotonic()
            played.cut = True
        self.finished.set()
        return played.heard_ms

    def step(self) -> bytes:
        """One frame's time passes: what was played in it."""
        frame = bytes(self._waiting[:FRAME_BYTES])
        if frame:
            del self._waiting[:FRAME_BYTES]
            self._last = time.monotonic()
            self._outcome.played[-1].heard_ms += len(frame) / (RATE_HZ * 2) * 1000
            if not self._waiting:
                self.finished.set()
        return frame


class Caller:
    """Speaks the lines of a scene, each when its time has come."""

    def __init__(self, lines: list[Line], outcome: Outcome) -> None:
        self.outcome = outcome
        self.loudspeaker = Loudspeaker(outcome)
        self.on_played: Callable[[bytes], None] = lambda frame: None
        """Told of every frame that was played, for clients that keep count."""
        self._lines = lines
        self._mouth = bytearray()
        self._answers_wanted = 0

    @property
    def typed(self) -> str:
        """What the scene begins with, if it is typed."""
        return "" if self._lines[0].wav else self._lines[0].text

    async def microphone(self) -> AsyncIterator[bytes]:
        """The caller's side, a frame every 20 ms, silence between the lines; the loudspeaker keeps the same time."""
        started, count = time.monotonic(), 0
        while True:
            frame = bytes(self._mouth[:FRAME_BYTES]).ljust(FRAME_BYTES, b"\0") if self._mouth else SILENCE
            del self._mouth[:FRAME_BYTES]
            if played := self.loudspeaker.step():
                self.on_played(played)
            yield frame
            count += 1
            await asyncio.sleep(max(0.0, started + count * FRAME_MS / 1000 - time.monotonic()))

    async def talk(self, type_in: Callable[[str], Awaitable[None]], *, greeted: bool = False) -> None:
        """Say every line, and hear the answer to each out; `greeted`: the assistant speaks first."""
        if greeted:
            await self._until(lambda: bool(self.outcome.played))
        for number, line in enumerate(self._lines, start=1):
            try:
                async with asyncio.timeout(LINE_S):
                    await self._say(line, type_in)
            except TimeoutError:
                self.outcome.errors.append(f"line {number} had no answer within {LINE_S} s")
                return

    async def _say(self, line: Line, type_in: Callable[[str], Awaitable[None]]) -> None:
        """Say one line; unless the next one is said into its answer, hear that out."""
        await self._until(self._may_break_in if line.over else self._is_quiet)
        self._answers_wanted, words = len(self.outcome.played) + 1, len(self.outcome.said)
        if line.wav:
            self._mouth += read_wav(Path(line.wav))
            await self._until(lambda: not self._mouth)
        else:
            await type_in(line.text)
        await self._until(lambda: len(self.outcome.played) >= self._answers_wanted)
        following = self._lines[self._lines.index(line) + 1 :]
        if following and following[0].over:
            return
        # Words before a tool's call are an answer, too; what follows the call is wanted all the same.
        await self._until(lambda: len(self.outcome.played) >= self._answers_wanted and self._is_quiet())
        await self._until(lambda: len(self.outcome.said) > words)

    async def tool(self, name: str, arguments: str) -> dict[str, Any]:
        """What the client's tool does: it takes a moment, as every look-up does."""
        self.outcome.tools.append([name, arguments])
        await asyncio.sleep(TOOL_S)
        self._answers_wanted = len(self.outcome.played) + 1
        return TOOL_RESULT

    async def _until(self, there: Callable[[], bool]) -> None:
        while not there():  # noqa: ASYNC110 the client's own parts change what is looked at
            await asyncio.sleep(FRAME_MS / 1000)

    def _is_quiet(self) -> bool:
        return self.loudspeaker.quiet_ms >= QUIET_MS

    def _may_break_in(self) -> bool:
        playing = self.loudspeaker.playing
        return playing is not None and playing.heard_ms >= HEARD_BEFORE_BARGE_IN_MS


def read_wav(path: Path) -> bytes:
    """The samples of a recording, which has our rate."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (RATE_HZ, 2, 1)
        return file.readframes(file.getnframes())


async def perform(hold: Callable[[Caller, str], Awaitable[None]]) -> None:
    """Read the scene from standard input, hold it with a client, and print the outcome as one JSON line."""
    scene: dict[str, Any] = json.load(sys.stdin)
    outcome = Outcome()
    caller = Caller([Line(**line) for line in scene["lines"]], outcome)
    try:
        await hold(caller, scene["address"])
    except Exception as error:  # noqa: BLE001 whatever a client does, the runner is told
        outcome.errors.append(f"{type(error).__name__}: {error}")
    print(json.dumps(asdict(outcome)), flush=True)
