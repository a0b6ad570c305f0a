"""Callers who speak with whole calls: one house, the embedded engine, a call for each.

A caller waits for the assistant's end, speaks in one of flite's voices or in one of espeak-ng's for Hindi, clean or
over a telephone, and hangs up when it has what it wanted: here the answer to one sentence, in `spoken_numbers` a
number that was taken. All on the rehearsal clock, so a call costs what its recognition costs.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec
import numpy as np

from npcl_voice.app import House, open_house
from npcl_voice.audio.frame import PCM_16K, PCM_24K, PCMU, Format, Frame
from npcl_voice.audio.level import Hush
from npcl_voice.audio.resample import encode, resample
from npcl_voice.channels.line import SILENT, TICK_MS, Line, Moment
from npcl_voice.conversation.commands import Command, HazardHeard, Report, ToolAnswered, Transcript
from npcl_voice.conversation.events import CallEvent
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.rehearsal.effects import Conditions, Surroundings, at_speech_level
from npcl_voice.speech.local.hindi import HindiMouth
from npcl_voice.speech.local.mouth import Mouth, Speaker
from tests.e2e.service import settings_in

__all__ = [
    "ANSWERS_MS",
    "BEGAN",
    "HINDI_VOICES",
    "LINES",
    "VOICES",
    "Call",
    "Caller",
    "Talking",
    "hold",
    "speak",
    "voiced",
]

BEGAN = datetime(2026, 11, 30, 4, 30, tzinfo=UTC)
VOICES = ("slt", "awb", "kal16")
"""The assistant speaks with the fourth."""
HINDI_VOICES = ("hi+m3", "hi+f2")
"""Of espeak-ng; the assistant speaks with the plain one."""
LINES: dict[str, tuple[Format, Conditions]] = {
    "clean": (PCM_24K, Conditions()),
    "phone": (PCMU, Conditions(line="mu-law")),
}
ANSWERS_MS = 700
"""Silence of the assistant after which the caller speaks, or has heard the answer."""
KEY_EVERY_MS = 200
PATIENCE_S = 45.0
"""The longest words of safety take thirty seconds."""


class Caller(Protocol):
    """The far end of a line, who reads along what becomes of the call."""

    def tick(self, heard: Frame, now: float) -> Moment:
        """Hear one tick and do what comes next."""
        ...

    def saw(self, _now: float, _event: CallEvent, commands: Sequence[Command]) -> None:
        """Something happened in the call."""
        ...


Someone = TypeVar("Someone", bound=Caller)


class Talking:
    """A caller who listens, and speaks or keys in his turn."""

    def __init__(self, voice: str, line: str) -> None:
        """A call that has not begun."""
        self._voice, self._line = voice, line
        self._hush = Hush()
        self._chunks: list[Frame] = []
        self._keys = ""
        self._text = ""
        """The assistant's words since the caller's own."""
        self._key_due_ms = self._quiet_ms = self._waits_s = 0.0
        self._over = False

    def tick(self, heard: Frame, _now: float) -> Moment:
        """Speak or key, listen, and answer when the assistant has ended."""
        loud = self._hush.hear(heard)
        if self._chunks:
            return Moment(self._chunks.pop(0))
        if self._keys:
            return self._key()
        self._quiet_ms = 0.0 if loud else self._quiet_ms + TICK_MS
        self._waits_s += TICK_MS / 1000
        if self._quiet_ms >= ANSWERS_MS and self._text and not self._over:
            text, self._text = self._text, ""
            self.reply(text)
            self._quiet_ms = self._waits_s = 0.0
        return Moment(hangs_up=True) if self._over or self._waits_s > PATIENCE_S else SILENT

    def reply(self, text: str) -> None:
        """Speak, key, or be over."""
        raise NotImplementedError

    def speak(self, text: str, voice: str | None = None) -> None:
        """Say this next."""
        sound = voiced(text, voice or self._voice, self._line)
        self._chunks = list(sound.chunks(sound.format.samples_in(TICK_MS)))

    def _key(self) -> Moment:
        self._key_due_ms -= TICK_MS
        if self._key_due_ms > 0:
            return SILENT
        self._key_due_ms = KEY_EVERY_MS
        key, self._keys = self._keys[0], self._keys[1:]
        return Moment(keys=key)


class Call(msgspec.Struct):
    """What came of one sentence."""

    said: str
    heard: str = ""
    """As it was written down."""
    answer: str = ""
    """The assistant's words after it."""
    dangers: list[str] = []
    tools: list[tuple[str, bool]] = []
    spoke_at: float | None = None
    """When the caller had said it."""
    began_at: float | None = None
    """When the assistant was heard after it."""


class _Sentence:
    """Says one sentence, and listens to the answer."""

    def __init__(self, call: Call, sound: Frame) -> None:
        self.call = self._call = call
        self._chunks = list(sound.chunks(sound.format.samples_in(TICK_MS)))
        self._hush = Hush()
        self._greeted = self._answered = False
        self._quiet_ms = 0.0

    def tick(self, heard: Frame, now: float) -> Moment:
        call, loud = self._call, self._hush.hear(heard)
        if call.spoke_at is None and self._greeted and self._quiet_ms >= ANSWERS_MS:
            frame = self._chunks.pop(0)
            if not self._chunks:
                call.spoke_at, self._quiet_ms = now, 0.0
            return Moment(frame)
        self._quiet_ms = 0.0 if loud else self._quiet_ms + TICK_MS
        if call.spoke_at is not None and loud and call.began_at is None:
            call.began_at = now
        done = call.began_at is not None and self._quiet_ms >= ANSWERS_MS and bool(call.answer)
        late = call.spoke_at is not None and now - call.spoke_at > PATIENCE_S and not loud
        return Moment(hangs_up=True) if done or late else SILENT

    def saw(self, _now: float, _event: CallEvent, commands: Sequence[Command]) -> None:
        call = self._call
        for command in commands:
            match command:
                case Report(line=Transcript(who="assistant", text=text)):
                    if call.spoke_at is None:
                        self._greeted = True
                    else:
                        call.answer = f"{call.answer} {text}".strip()
                case Report(line=Transcript(text=text)):
                    call.heard = f"{call.heard} {text}".strip()
                case Report(line=HazardHeard(level=level)):
                    call.dangers.append(level)
                case Report(line=ToolAnswered(name=name, result=result)):
                    call.tools.append((name, result.get("ok") is True))
                case _:
                    pass


@cache
def _mouth(voice: str) -> Speaker:
    return HindiMouth(voice=voice) if voice in HINDI_VOICES else Mouth(voice)


def voiced(text: str, voice: str, line: str) -> Frame:
    """A caller's words as they arrive over that line (`clean` or `phone`)."""
    wire, conditions = LINES[line]
    mouth = _mouth(voice)
    pieces = [mouth.render(sentence) for sentence in mouth.sentences(text)]
    samples = at_speech_level(np.concatenate(pieces))
    padded = np.concatenate([samples, np.zeros(PCM_16K.samples_in(TICK_MS), np.int16)])
    carried = Surroundings(conditions).carry(padded)
    return encode(resample(carried, PCM_16K.rate_hz, wire.rate_hz), wire)


async def _one(house: House, clock: RehearsalClock, caller: Caller, line: str, serial: int, number: str | None) -> None:
    channel = Line(clock, caller, LINES[line][0], caller_number=number)
    opening = house.call(
        channel, kind="file", clock=clock, observers=[caller], seed=str(serial).encode(), caller_number=number
    )
    with clock.work():
        ongoing = await opening.__aenter__()
    try:
        await ongoing.hold()
    finally:
        with clock.work():
            await opening.__aexit__(None, None, None)


def hold(
    folder: Path,
    callers: Iterable[Someone],
    line: str,
    told: Callable[[Someone], None] = lambda _caller: None,
    number: str | None = None,
) -> list[Someone]:
    """One call after the other on that line (`clean` or `phone`), from that `number`, until the caller hangs up."""

    async def work() -> list[Someone]:
        clock = RehearsalClock()
        opening = open_house(settings_in(folder), lambda: BEGAN + timedelta(seconds=clock.now()), inline=True)
        with clock.work():
            house = await opening.__aenter__()
        done: list[Someone] = []
        waiting = iter(callers)
        while True:
            with clock.work():
                caller = next(waiting, None)
            if caller is None:
                break
            await _one(house, clock, caller, line, len(done), number)
            done.append(caller)
            told(caller)
            await asyncio.sleep(0)
        with clock.work():
            await opening.__aexit__(None, None, None)
        return done

    return run_rehearsal(work())


def speak(
    folder: Path, sentences: Sequence[str], voice: str, line: str, told: Callable[[Call], None] = lambda _call: None
) -> list[Call]:
    """A call for each sentence with that voice on that line (`clean` or `phone`)."""
    callers = (_Sentence(Call(text), voiced(text, voice, line)) for text in sentences)
    return [caller.call for caller in hold(folder, callers, line, lambda caller: told(caller.call))]
