"""Recorded sessions, played again to a client: the server's events in their order and at their times.

Each event of the server followed something of the client: so much sound, where it tells of what was
heard, else an event that was no sound. It is sent as long after that as it was then. A client that
does things in another number or never is waited for a while, and then the recording goes on.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Final

import msgspec

from npcl_voice.ports import Clock, Speech
from npcl_voice.realtime import events as e
from npcl_voice.realtime.session import Pcm, Pcma, Pcmu
from npcl_voice.rehearsal.twin.endings import name_of
from npcl_voice.rehearsal.twin.jsonlines import Recorded

__all__ = ["ReplayEngine", "ReplaySession"]

PATIENCE_S: Final = 5.0
"""How much longer than in the recording a client is waited for."""
SILENCE: Final = {Pcm: b"\0", Pcmu: b"\xff", Pcma: b"\xd5"}
HEARING: Final = ("input_audio_buffer.", "conversation.item.input_audio_transcription.")
"""Events that tell of what was heard: they follow the caller's sound."""
ANSWERED: Final = (e.InputAudioBufferCommitted, e.InputAudioBufferCleared)
"""Among them, those that a client may ask for."""


class _Cue(msgspec.Struct, frozen=True):
    """What of the client's an event of the server followed."""

    after_s: float
    """How long after it."""
    waited_s: float
    """How long after the server's event before this one."""
    audio_bytes: int = 0
    """So much sound in all; 0 where it is an event that counts."""
    name: str = ""
    """Its name; empty when the client had done nothing yet."""
    nth: int = 0
    """Which of that name."""


class ReplayEngine:
    """Gives each session that is asked for the next recorded one; after the last, the last again."""

    embedded = False

    def __init__(self, sessions: Sequence[Sequence[Recorded]], clock: Clock, name: str = "replay") -> None:
        self.name = name
        self._sessions = sessions
        self._clock = clock
        self._asked = 0

    async def open(self, caller: str) -> Speech:
        """The next session."""
        recorded = self._sessions[min(self._asked, len(self._sessions) - 1)]
        self._asked += 1
        return ReplaySession(self.name, recorded, self._clock)


class ReplaySession:
    """One recorded session."""

    lasts_s: float | None = None

    def __init__(self, name: str, recorded: Sequence[Recorded], clock: Clock) -> None:
        self.name = name
        self._clock = clock
        self._parts = _with_cues(recorded)
        self._began = clock.now()
        self._audio_bytes = 0
        self._counts: Counter[str] = Counter()
        self._times: dict[tuple[str, int], float] = {}
        self._came = asyncio.Event()
        self._closed = asyncio.Event()
        self._silent_byte = SILENCE[Pcm]

    def send(self, event: e.ClientEvent) -> None:
        """Take an event of the client's; never waits."""
        if isinstance(event, e.InputAudioBufferAppend):
            self._audio_bytes += len(event.audio)
        else:
            name = name_of(event)
            self._counts[name] += 1
            self._times[name, self._counts[name]] = self._clock.now()
        self._came.set()

    async def events(self) -> AsyncIterator[e.ServerEvent]:
        """What the server said, and then nothing, until the session is closed."""
        last = self._clock.now()
        for part, cue in self._parts:
            if self._closed.is_set():
                return
            due = max(last, await self._when(cue, last))
            await self._clock.sleep_until(due)
            last = self._clock.now()
            yield self._with_sound(part)
        await self._closed.wait()

    async def close(self) -> None:
        """End the session; safe to call twice."""
        self._closed.set()
        self._came.set()

    async def _when(self, cue: _Cue, last: float) -> float:
        """When an event is due, once what it followed has come, or has not come for too long."""
        loop = asyncio.get_running_loop()
        give_up = last + cue.waited_s + PATIENCE_S
        patience = loop.create_task(self._clock.sleep_until(give_up), name="twin patience")
        try:
            while not self._closed.is_set() and not patience.done():
                came = self._came_at(cue)
                if came is not None:
                    return came + cue.after_s
                self._came.clear()
                coming = loop.create_task(self._came.wait(), name="twin cue")
                await asyncio.wait({coming, patience}, return_when=asyncio.FIRST_COMPLETED)
                coming.cancel()
                await asyncio.wait({coming})
        finally:
            patience.cancel()
            await asyncio.wait({patience})
        return last

    def _came_at(self, cue: _Cue) -> float | None:
        """When what an event followed has come; None: not yet."""
        if cue.audio_bytes:
            return self._clock.now() if self._audio_bytes >= cue.audio_bytes else None
        return self._times.get((cue.name, cue.nth)) if cue.name else self._began

    def _with_sound(self, part: Recorded) -> e.ServerEvent:
        """The event, with silence in place of its sound."""
        event = part.event
        if isinstance(event, e.SessionCreated | e.SessionUpdated):
            audio = event.session.audio
            output = audio.output if audio else None
            if output and output.format:
                self._silent_byte = SILENCE[type(output.format)]
        if isinstance(event, e.ResponseOutputAudioDelta):
            return msgspec.structs.replace(event, delta=self._silent_byte * part.audio_bytes)
        return event  # type: ignore[return-value] # only the server's parts are played


def _with_cues(recorded: Sequence[Recorded]) -> list[tuple[Recorded, _Cue]]:
    """The server's events, each with what it followed."""
    parts: list[tuple[Recorded, _Cue]] = []
    counts: Counter[str] = Counter()
    audio_bytes, sound_t = 0, 0.0
    said: tuple[str, int, float] = ("", 0, 0.0)
    last = 0.0
    for part in recorded:
        if part.who == "server":
            name = name_of(part.event)
            asked = isinstance(part.event, ANSWERED) and said[2] >= sound_t
            if name.startswith(HEARING) and audio_bytes and not asked:
                cue = _Cue(part.t - sound_t, part.t - last, audio_bytes)
            else:
                cue = _Cue(part.t - said[2], part.t - last, 0, said[0], said[1])
            parts.append((part, cue))
            last = part.t
        elif isinstance(part.event, e.InputAudioBufferAppend):
            audio_bytes += part.audio_bytes
            sound_t = part.t
        else:
            name = name_of(part.event)
            counts[name] += 1
            said = (name, counts[name], part.t)
    return parts
