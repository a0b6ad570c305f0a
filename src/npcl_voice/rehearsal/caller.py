"""A synthetic caller: hears the assistant's sound, makes words of it, and answers with its own voice.

It sits at the far end of a line. What it hears it cuts into pieces at pauses; each piece goes to its
ears while the call goes on. When the assistant has been silent for a human moment, the script
decides on all that was understood since the caller's own last words. If the assistant goes on
speaking first, the caller listens again.
"""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from npcl_voice.audio.frame import PCM_16K, Format, Frame
from npcl_voice.audio.level import Hush
from npcl_voice.audio.resample import Converter, encode
from npcl_voice.channels.line import TICK_MS, Moment
from npcl_voice.meaning.numbers import DIGIT_WORDS, group
from npcl_voice.ports import Clock
from npcl_voice.rehearsal.effects import Surroundings, at_speech_level
from npcl_voice.rehearsal.script import Reply, Script

__all__ = ["CallerEars", "CallerMouth", "Manner", "SyntheticCaller", "Turn"]

G = TypeVar("G")
T = TypeVar("T")
Samples = NDArray[np.int16]

_TICK_SAMPLES = PCM_16K.samples_in(TICK_MS)
_PIECE_PAUSE_MS = 300
"""Silence that ends a piece: the pause between two sentences, so that hearing begins before the turn is over."""
_PIECE_LIMIT_MS = 30_000
"""A piece is cut here at the latest: longer than the longest safety words, which come without a pause."""
_LEAD_MS = 200
"""Sound kept from before a piece was noticed, so that its first consonant is in it."""
_MURMUR_PATIENCE_MS = 2_000
"""How much longer than usual the caller waits after its own "hmm" for the assistant to go on."""
_KEY_EVERY_MS = 200
"""How fast keys are pressed: five a second, the pace of somebody who reads a number off a bill."""


class CallerEars(Protocol):
    """Whatever makes words of the assistant's sound."""

    async def hear(self, pcm: bytes) -> str:
        """The words of a piece: 16-bit samples at 16 kHz; numbers may be unbroken digits or words."""
        ...


class CallerMouth(Protocol):
    """The caller's voice."""

    async def speak(self, text: str) -> Samples:
        """The sound of a text at 16 kHz."""
        ...


class Manner(msgspec.Struct, frozen=True):
    """How this caller behaves."""

    delay_ms: float = 600
    """Silence of the assistant after which the caller answers, as people do."""
    number_pause_ms: float = 0
    """Pause between the groups of a number; 0 leaves it to the voice."""
    barge_in_ms: float | None = None
    """How far into the assistant's first words the caller speaks up; None never interrupts."""
    backchannel_ms: float | None = None
    """How far into each later turn of the assistant's the caller says "hmm"; None never does."""
    backchannel: str = "okay"
    """What it says then."""
    patience_ms: float = 12_000
    """Silence after which the caller says its last words again: longer than the assistant's own patience."""
    attempts: int = 3
    """How often it does so before it hangs up."""
    leave_ms: float = 2_000
    """How long after goodbye the caller stays, should the assistant not hang up."""


class Turn(msgspec.Struct, frozen=True):
    """One thing that the caller heard or did, for tests and reports."""

    at: float
    """Call's time in seconds."""
    who: str
    """`assistant` for what was heard, `caller` for what was said or keyed."""
    text: str
    cue: str = ""
    """What the caller took it for."""


class _Pending(msgspec.Struct, frozen=True):
    """An answer whose sound is being made."""

    reply: Reply
    sound: "asyncio.Task[Samples]"
    interrupts: bool
    """Whether it is said although the assistant is speaking."""


class SyntheticCaller:
    """The far end of a line, played by a script, a voice and ears."""

    def __init__(
        self,
        script: Script,
        ears: CallerEars,
        mouth: CallerMouth,
        clock: Clock,
        format: Format,
        *,
        manner: Manner | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        """A caller on a line of that format; its call has not begun."""
        self.script = script
        self.turns: list[Turn] = []
        self._ears = ears
        self._mouth = mouth
        self._clock = clock
        self._manner = manner or Manner()
        self._surroundings = surroundings or Surroundings()
        self._inbound = Converter(format, PCM_16K)
        self._outbound = Converter(PCM_16K, format)
        # What is heard.
        self._hush = Hush()
        self._lead: deque[bytes] = deque(maxlen=_LEAD_MS // TICK_MS)
        self._piece = bytearray()
        self._turn_ms = 0.0
        self._hearing: deque[asyncio.Task[str]] = deque()
        self._words: list[str] = []
        # What is said.
        self._pending: _Pending | None = None
        self._aside: asyncio.Task[Samples] | None = None
        self._speech = np.zeros(0, np.int16)
        self._keys = ""
        self._key_due_ms = 0.0
        self._turns_heard = 0
        self._interrupted = False
        self._waits_for_voice = False
        self._murmured = False
        self._repeats = 0
        self._silent_ms = 0.0
        self._leaving_ms: float | None = None

    @property
    def heard_numbers(self) -> list[str]:
        """Complaint numbers that the caller was told, in order, each once."""
        return self.script.heard_numbers

    def tick(self, heard: Frame, now: float) -> Moment:
        """Hear one tick and do what comes next. Raises what ears or mouth raised."""
        sound = self._inbound.convert(heard)
        loud = self._hush.hear(sound)
        self._listen(sound, loud)
        self._collect(now)
        if self._leaving_ms is not None:
            self._leaving_ms -= TICK_MS
            if self._leaving_ms <= 0:
                return Moment(hangs_up=True)
        elif not self._busy():
            self._decide(now)
        keys = self._next_key()
        return Moment(self._next_frame(), keys) if keys else Moment(self._next_frame())

    # Hearing.

    def _listen(self, sound: Frame, loud: bool) -> None:
        """Gather the assistant's sound into pieces, and give each to the ears when it is over."""
        if loud and not self._piece:
            self._piece += b"".join(self._lead)
        if self._piece or loud:
            self._piece += sound.data
            self._turn_ms += TICK_MS
        self._lead.append(sound.data)
        over = self._hush.silent_ms >= _PIECE_PAUSE_MS or len(self._piece) >= _bytes(_PIECE_LIMIT_MS)
        if self._piece and over:
            self._hearing.append(self._start(self._ears.hear, bytes(self._piece)))
            self._piece.clear()
        if loud:
            self._silent_ms = 0.0
            self._waits_for_voice = self._waits_for_voice and bool(self._speech.size or self._aside)
            if self._pending is not None and not self._pending.interrupts:
                # The assistant goes on: what was thought of as an answer came too early.
                self._pending.sound.cancel()
                self._pending = None
        else:
            self._silent_ms += TICK_MS

    def _collect(self, now: float) -> None:
        """Take what the ears have made out, in order, and what the mouth has ready."""
        while self._hearing and self._hearing[0].done():
            text = self._hearing.popleft().result()
            self._words.append(text)
            self.turns.append(Turn(now, "assistant", text))
        if self._aside is not None and self._aside.done():
            self._speech = np.concatenate([self._speech, self._aside.result()])
            self._aside = None
        if self._pending is not None and self._pending.sound.done():
            pending, self._pending = self._pending, None
            self._begin(pending.reply, pending.sound.result(), now)

    # Deciding.

    def _busy(self) -> bool:
        """Whether the caller is speaking, keying, thinking or still making out words."""
        return bool(self._speech.size or self._keys or self._pending or self._hearing or self._aside)

    def _decide(self, now: float) -> None:
        """Answer a finished turn, interrupt, murmur, or ask whether anybody is there."""
        manner = self._manner
        delay_ms = manner.delay_ms + (_MURMUR_PATIENCE_MS if self._waits_for_voice else 0)
        if self._words and not self._piece and self._silent_ms >= delay_ms:
            self._answer(self.script.reply(" ".join(self._words)))
        elif self._piece and self._wants_to_interrupt():
            self._interrupted = True
            self._answer(self.script.once_more(), interrupts=True)
        elif self._piece and self._wants_to_murmur():
            self._murmured = self._waits_for_voice = True
            self._aside = self._start(self._voiced, manner.backchannel)
        elif self._silent_ms >= manner.patience_ms:
            self._silent_ms = 0.0
            self._repeats += 1
            if self._repeats > manner.attempts:
                self._leaving_ms = 0.0
            else:
                self._answer(self.script.once_more())

    def _wants_to_interrupt(self) -> bool:
        wanted = self._manner.barge_in_ms
        return wanted is not None and not self._interrupted and self._turns_heard == 0 and self._turn_ms >= wanted

    def _wants_to_murmur(self) -> bool:
        wanted = self._manner.backchannel_ms
        return wanted is not None and not self._murmured and self._turns_heard > 0 and self._turn_ms >= wanted

    def _answer(self, reply: Reply, *, interrupts: bool = False) -> None:
        """Get ready to do what the script says; nothing to do means that the caller waits on."""
        self._pending = _Pending(reply, self._start(self._voiced, reply.say), interrupts)

    def _begin(self, reply: Reply, samples: Samples, now: float) -> None:
        """The answer is ready: begin to speak or to press keys."""
        self._words.clear()
        self._piece.clear()  # what the assistant said into our own first word is lost, as with people
        self._turns_heard += 1
        self._turn_ms = 0.0
        self._murmured = self._waits_for_voice = False
        self._silent_ms = 0.0
        self._speech = samples
        self._keys = reply.keys
        if reply.leaves:
            self._leaving_ms = self._manner.leave_ms
        if reply.say or reply.keys:
            self.turns.append(Turn(now, "caller", reply.say or reply.keys, reply.cue))

    # Speaking.

    async def _voiced(self, text: str) -> Samples:
        """The sound of an answer, with pauses inside of numbers when the manner asks for them."""
        if not text:
            return np.zeros(0, np.int16)
        pause = np.zeros(PCM_16K.samples_in(self._manner.number_pause_ms), np.int16)
        sounds: list[Samples] = []
        for part in _parts(text, grouped=bool(pause.size)):
            if sounds and pause.size:
                sounds.append(pause)
            sounds.append(await self._mouth.speak(part))
        return at_speech_level(np.concatenate(sounds))

    def _next_frame(self) -> Frame:
        """One tick of the caller's side: speech or the room's silence, through room and line."""
        spoken, self._speech = self._speech[:_TICK_SAMPLES], self._speech[_TICK_SAMPLES:]
        padded = np.zeros(_TICK_SAMPLES, np.int16)
        padded[: spoken.size] = spoken
        if spoken.size:
            self._silent_ms = 0.0
        return self._outbound.convert(encode(self._surroundings.carry(padded), PCM_16K))

    def _next_key(self) -> str:
        """A key, when it is time for the next."""
        self._key_due_ms = max(0.0, self._key_due_ms - TICK_MS)
        if not self._keys or self._key_due_ms > 0:
            return ""
        key, self._keys = self._keys[0], self._keys[1:]
        self._key_due_ms = _KEY_EVERY_MS
        self._silent_ms = 0.0
        return key

    def _start(self, job: Callable[[G], Awaitable[T]], given: G) -> "asyncio.Task[T]":
        """Let a job run beside the call; a rehearsal's time waits for it."""
        return asyncio.get_running_loop().create_task(self._worked(job, given))

    async def _worked(self, job: Callable[[G], Awaitable[T]], given: G) -> T:
        with self._clock.work():
            return await job(given)


def _bytes(ms: float) -> int:
    """Bytes of that much of what the caller hears."""
    return PCM_16K.samples_in(ms) * PCM_16K.sample_bytes


def _parts(text: str, *, grouped: bool) -> list[str]:
    """A text as it is spoken in one breath each: with `grouped`, long numbers group by group in words."""
    if not grouped:
        return [text]
    parts: list[str] = []
    for piece in re.split(r"(\d{5,})", text):
        if piece.isdigit() and len(piece) > 4:
            parts += [" ".join(DIGIT_WORDS[int(digit)] for digit in part) for part in group(piece)]
        elif piece.strip():
            parts.append(piece.strip())
    return parts
