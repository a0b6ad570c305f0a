"""Whole calls on the rehearsal clock with a model at a Realtime server that says a given text aloud.

Each sample of its sound tells the millisecond that it is, so that at the caller's end of the line is known what of the
text was heard, and when. The place of each word in the sound is that of the assistant's own mouth.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, get_args

import numpy as np

from npcl_voice.app import conversation_from
from npcl_voice.audio.frame import PCM_24K, Format, Frame
from npcl_voice.call import OngoingCall
from npcl_voice.channels.line import SILENT, Line, Moment
from npcl_voice.config import Call, Turns
from npcl_voice.conversation.claims import Ledger
from npcl_voice.conversation.dialogue import Policy
from npcl_voice.conversation.phrases import load_book
from npcl_voice.errors import UnavailableError
from npcl_voice.intents import INTENTS
from npcl_voice.realtime import orders
from npcl_voice.rehearsal.clock import RehearsalClock
from npcl_voice.speech.local.hindi import HindiMouth
from npcl_voice.speech.local.mouth import Mouth, Speaker
from tests.conversation.talk import understander
from tests.fakes import FakeDesk, OneEngine
from tests.test_call import Engine

__all__ = ["Delivery", "Heard", "Spoken", "spoken", "told_aloud"]

CHUNK_MS = 100
"""Sound comes in such pieces: the reference asks for 50 to 200 ms."""
TRIES = 3
"""So often a mouth is asked."""
STOP_MS = 300
"""What is silent behind a sentence."""
THINKS_S = 0.4
"""How long the model takes to begin."""
ASKS = "please tell me"
"""What the caller says: nothing of any matter."""
HONEST = "That I cannot say."
"""What the model says when it is asked anew: nothing that needs to be backed."""
TOO_LATE = "response_cancel_not_active"
"""What a server says of an answer that had just ended when it was cancelled: no fault."""
CORRECTION_MS = 1_000
"""How long our own voice speaks."""
QUIET_S, MOST_S = 1.5, 90.0
"""After so much silence of all sides the caller hangs up; after so long in any case."""


@dataclass(frozen=True)
class Delivery:
    """How a server sends what its model says: word by word, and the sound piece by piece."""

    name: str
    pace: float
    """How much faster than it lasts the sound comes."""
    lead_ms: float
    """How much earlier a word comes than its sound; below zero it is late."""


@dataclass(frozen=True)
class Spoken:
    """A text with the place of each word in its sound."""

    text: str
    words: tuple[tuple[str, float], ...]
    """Each word as it comes, with the blank before it, and the millisecond at which it begins."""
    ms: float

    def at(self, letter: int) -> float:
        """The millisecond at which the word begins that such a letter of the text belongs to; its end behind it."""
        before = 0
        for word, begins in self.words:
            before += len(word)
            if letter < before:
                return begins
        return self.ms

    def sound(self) -> bytes:
        """Samples that tell their millisecond, the first being 1."""
        places = np.arange(PCM_24K.samples_in(self.ms)) * 1000 // PCM_24K.rate_hz + 1
        return places.astype("<i2").tobytes()


@cache
def _mouth(language: str) -> Speaker:
    return HindiMouth() if language == "hi" else Mouth()


@cache
def _length_ms(words: str, language: str) -> float:
    mouth = _mouth(language)
    for _ in range(TRIES):
        with suppress(UnavailableError):  # a process that a busy machine did not let speak in time
            return 1000 * sum(mouth.render(one).size for one in mouth.sentences(words)) / mouth.rate_hz
    raise UnavailableError(f"no mouth for {language}")


@cache
def spoken(text: str, language: str) -> Spoken:
    """A text as the mouth of that language says it; each word has the share of the whole that it has alone."""
    said = text.split()
    lengths = [_length_ms(word, language) for word in said]
    pace = _length_ms(text, language) / sum(lengths)
    words, at = [], 0.0
    for place, (word, length) in enumerate(zip(said, lengths, strict=True)):
        words.append((f" {word}" if place else word, at))
        at += length * pace + STOP_MS * (word[-1] in ".?!।")
    return Spoken(" ".join(said), tuple(words), at)


class Talker(Engine):
    """A model that says a text when it is asked, and something honest when it is asked again."""

    def __init__(self, clock: RehearsalClock, text: Spoken, delivery: Delivery) -> None:
        self._clock = clock
        self._delivery = delivery
        self._texts = [text]
        self._tasks: list[asyncio.Task[None]] = []
        self.ideal_s = 0.0
        """When the first of its sound has come."""
        self.faults: list[str] = []
        super().__init__()

    @property
    def idle(self) -> bool:
        """Whether it has said all that it was asked for."""
        return all(task.done() for task in self._tasks)

    def hears(self) -> None:
        """The caller has said something."""
        start = max(0, self._server.position_ms - 600)
        self._emit(self._server.speech_started(start))
        stopped = self._server.speech_stopped(self._server.position_ms)
        self._emit(stopped)
        for one in stopped:
            if isinstance(one, orders.TurnTaken):
                self._emit(self._server.transcript_done(one.item_id, ASKS, 0.6))

    async def close(self) -> None:
        """End the session, and what it says."""
        for task in self._tasks:
            task.cancel()
        await super().close()

    def _emit(self, out: Any) -> None:
        for one in out:
            if isinstance(one, orders.RespondTo):
                self._tasks.append(asyncio.create_task(self._answer(one.response_id)))
            elif not isinstance(one, get_args(orders.Order)):
                error = getattr(one, "error", None)
                if error is not None and error.code != TOO_LATE:
                    self.faults.append(error.code)
                self.said.put_nowait(one)

    async def _answer(self, response_id: str) -> None:
        first = bool(self._texts)
        text = self._texts.pop() if first else spoken(HONEST, "en")
        server, begins = self._server, self._clock.now() + THINKS_S
        await self._clock.sleep_until(begins)
        self._emit(server.begin_message(response_id)[1])
        for at, what in self._timeline(text, first=first):
            await self._clock.sleep_until(begins + at / 1000)
            if isinstance(what, str):
                self._emit(server.text(response_id, what))
            else:
                self.ideal_s = self.ideal_s or self._clock.now()
                self._emit(server.audio(response_id, what))
        self._emit([*server.end_message(response_id), *server.finish(response_id)])

    def _timeline(self, text: Spoken, *, first: bool) -> list[tuple[float, str | bytes]]:
        """What comes when, in milliseconds; of two at one moment the word before its sound."""
        delivery, sound = self._delivery, text.sound()
        if not first:
            sound = bytes(len(sound))
        size = PCM_24K.samples_in(CHUNK_MS) * PCM_24K.sample_bytes
        come: list[tuple[float, int, str | bytes]] = [
            (begins / delivery.pace - delivery.lead_ms, 0, word) for word, begins in text.words
        ]
        for place, start in enumerate(range(0, len(sound), size)):
            come.append((place * CHUNK_MS / delivery.pace, 1, sound[start : start + size]))
        earliest = min(at for at, *_ in come)
        return [(at - earliest, what) for at, _, what in sorted(come, key=lambda one: one[:2])]


@dataclass
class Heard:
    """What the caller heard of the text."""

    text: Spoken
    ideal_s: float = 0.0
    """When its sound had begun to come."""
    faults: list[str] = field(default_factory=list)
    """What the server found wrong with what we sent."""
    asked: list[str] = field(default_factory=list)
    """Phrases of our own voice."""
    _places: list[Any] = field(default_factory=list)
    _moments: list[float] = field(default_factory=list)

    def hears(self, frame: Frame, now: float) -> None:
        """One tick of the line."""
        places = np.frombuffer(frame.data, "<i2")
        told = places[places > 0]
        if told.size:
            self._places.append(told)
            self._moments.append(now)

    def ms_of(self, begins: float, ends: float) -> float:
        """How much was heard between two milliseconds of the text."""
        every = np.concatenate([np.zeros(0, "<i2"), *self._places])
        return float(PCM_24K.ms_of(int(((every > begins) & (every <= ends)).sum())))

    @property
    def whole(self) -> bool:
        """Whether all of it was heard."""
        return self.ms_of(0, self.text.ms) >= self.text.ms - 1

    @property
    def corrected(self) -> bool:
        """Whether our own voice has put something right."""
        return any(phrase.startswith("claim_") for phrase in self.asked)

    @property
    def late_ms(self) -> float:
        """How long after its first sound had come it was heard: the tick of the line is in it."""
        return 1000 * (self._moments[0] - self.ideal_s) if self._moments else float("inf")

    @property
    def gaps(self) -> list[float]:
        """Silences within what was heard, in milliseconds."""
        steps = (1000 * (later - one) - 20 for one, later in zip(self._moments, self._moments[1:], strict=False))
        return [step for step in steps if step > 1]


class Caller:
    """The far end: speaks once, listens, and hangs up when nothing more comes."""

    def __init__(self, model: Talker, heard: Heard) -> None:
        self._model = model
        self._heard = heard
        self._began: float | None = None
        self._spoke = False
        self._quiet_since = 0.0

    def tick(self, heard: Frame, now: float) -> Moment:
        """One tick."""
        self._heard.hears(heard, now)
        if self._began is None:
            self._began = self._quiet_since = now
        if any(heard.data):
            self._quiet_since = now
        if not self._spoke and now - self._began > 1.0:
            self._spoke = True
            self._quiet_since = now + THINKS_S
            self._model.hears()
        if not self._model.idle:
            self._quiet_since = max(self._quiet_since, now)
        over = self._spoke and now - self._quiet_since > QUIET_S
        return Moment(hangs_up=True) if over or now - self._began > MOST_S else SILENT


class Voice:
    """Our own voice: a faint hum, as long for each phrase."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard

    async def say(
        self, phrase: str, values: dict[str, str], language: str, format: Format
    ) -> AsyncIterator[tuple[str, Frame]]:
        """Say it."""
        self._heard.asked.append(phrase)
        hum = (-np.ones(format.samples_in(100 if phrase == "greeting" else CORRECTION_MS))).astype("<i2")
        yield phrase, Frame(hum.tobytes(), format)


async def told_aloud(clock: RehearsalClock, text: Spoken, delivery: Delivery, ledger: Ledger, at: datetime) -> Heard:
    """A call in which a model says that text, against what that ledger knows; what was heard of it."""
    heard = Heard(text)
    model = Talker(clock, text, delivery)
    book = load_book("en")
    talk = conversation_from(Call(), Turns(), book, Policy(understander().understand, frozenset(INTENTS)), ledger)
    call = OngoingCall(
        "0123456789abcdef",
        talk,
        Line(clock, Caller(model, heard), PCM_24K),
        OneEngine(model, embedded=False),
        Voice(heard),
        FakeDesk.seeded(),
        clock=clock,
        observers=(),
        wall=lambda: at,
    )
    await call.hold()
    heard.ideal_s, heard.faults = model.ideal_s, model.faults
    return heard
