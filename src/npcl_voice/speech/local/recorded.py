"""The recorded voice: an engine that hears nobody, for when the ears are gone or have no place left.

A session of it is one of the embedded engine's, with deaf ears and the policy of `conversation/recorded.py`.
What it says is kept in memory, so that it speaks even where the mouth is gone as well.
"""

import string
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from npcl_voice.audio.frame import PCM_16K
from npcl_voice.audio.vad import Endpointing
from npcl_voice.config import Turns
from npcl_voice.conversation.context import Line
from npcl_voice.conversation.dialogue import Policy
from npcl_voice.conversation.goals.telling import window_line
from npcl_voice.conversation.phrases import PhraseBook, Phrases
from npcl_voice.conversation.recorded import RecordedPolicy
from npcl_voice.errors import NpclVoiceError
from npcl_voice.intents.callback import window_of
from npcl_voice.meaning.expectation import Expectation
from npcl_voice.meaning.understanding import Understanding
from npcl_voice.ports import Clock
from npcl_voice.speech.local.leg import Ended, LegEvent
from npcl_voice.speech.local.pipeline import Mind
from npcl_voice.speech.local.server import LocalSession
from npcl_voice.speech.local.workers import Samples, WorkersLike

__all__ = ["RecordedEngine"]

INSTEAD = "recorded_unsaid"
"""Said in place of a sentence that is not kept when the mouth is gone. It must be true whatever was to be said:
a sentence that is merely like it might promise what nobody has done."""
SAID = (
    INSTEAD,
    "recorded_apology",
    "recorded_menu",
    "recorded_goodbye",
    "no_callback",
    "not_now",
    "cannot",
    "farewell",
    "key_consumer_number",
    "key_complaint_number",
    "key_phone",
    "unknown_consumer",
    "unknown_number",
    "registered",
    "registered_already",
    "no_time_yet",
    "hazard_noted",
    "hazard_placed",
)
"""Phrases that are kept beside the safety words, as far as they have no gaps: a number is never kept."""


class RecordedEngine:
    """The Engine port for callers whom nobody can hear. It opens always, and has room for everybody."""

    name = "recorded"
    embedded = True

    def __init__(
        self,
        book: PhraseBook,
        understand: Callable[[str, Expectation], Understanding],
        turns: Turns,
        workers: WorkersLike,
        clock: Clock,
        new_id: Callable[[], str],
        expires_at: Callable[[], int],
        *,
        callback_within_min: int | None = None,
    ) -> None:
        """`workers` are asked for their mouth alone; `callback_within_min` is what may be promised of callbacks.

        `new_id` draws a session's id; `expires_at` is when one that begins now ends, in unix seconds.
        """
        self._book = book
        self._understand = understand
        self._mouth = _KeptMouth(workers)
        self._clock = clock
        self._new_id = new_id
        self._expires_at = expires_at
        self._window = window_of(callback_within_min)
        self._mind = Mind(book, lambda tools, own: RecordedPolicy(understand, tools, own_words=own), turns)

    async def prepare(self) -> None:
        """Render what is said most and keep it, danger first. Never raises: what cannot be rendered is not kept."""
        for language, phrases in self._book.all.items():
            await self._mouth.prepare([*self._fixed(phrases)], language)
            self._mouth.instead[language] = phrases.render(Line(INSTEAD))

    def policy(self, tools: frozenset[str]) -> Policy:
        """The policy that watches a call while this engine answers it: the same."""
        return RecordedPolicy(self._understand, tools)

    async def open(self, caller: str) -> LocalSession:
        """A session, whose first event is there."""
        return LocalSession(
            self._mind,
            self._mouth,
            self._clock,
            session_id=self._new_id(),
            expires_at=self._expires_at(),
            model="npcl-recorded",
            name=self.name,
        )

    def _fixed(self, phrases: Phrases) -> Iterator[str]:
        """Every sentence of a language that is the same in each call."""
        safety = [key for key in phrases.say if key.startswith("safety_")]
        for key in (*safety, *SAID):
            for sentence in self._mouth.sentences(phrases.say[key], phrases.language):
                if all(name in phrases.values for name in _gaps(sentence)):
                    yield sentence.format_map(phrases.values)
        yield phrases.render(window_line(self._window))


class _KeptMouth:
    """Workers with deaf ears, and a mouth that falls back on what it has said before."""

    def __init__(self, workers: WorkersLike) -> None:
        self._workers = workers
        self._kept: dict[tuple[str, str], Samples] = {}
        self.instead: dict[str, str] = {}
        """What is said where nothing else can be, by language."""

    @property
    def capacity(self) -> int:
        """Nobody is heard."""
        return 0

    @property
    def rate_hz(self) -> int:
        """Samples a second of what `render` returns."""
        return self._workers.rate_hz

    def check_ears(self) -> None:
        """Deaf ears are always there."""

    async def leg(self, endpointing: Endpointing | None = None) -> "_DeafLeg":
        """Ears that hear nothing."""
        return _DeafLeg()

    def sentences(self, text: str, language: str) -> list[str]:
        """The pieces that a text is rendered in."""
        return self._workers.sentences(text, language)

    async def prepare(self, texts: Sequence[str], language: str) -> None:
        """Render these now and keep them, as far as that is possible."""
        for sentence in (sentence for text in texts for sentence in self.sentences(text, language)):
            if (samples := await self._rendered(sentence, language)) is not None:
                self._kept[language, sentence] = samples

    async def render(self, sentence: str, language: str) -> Samples:
        """The sound of one piece; silence where there is none."""
        return (await self.speak(sentence, language))[1]

    async def speak(self, sentence: str, language: str) -> tuple[str, Samples]:
        """The sound of a piece; that of another where this one cannot be had, and then its words."""
        if (kept := self._kept.get((language, sentence))) is not None:
            return sentence, kept
        if (samples := await self._rendered(sentence, language)) is not None:
            return sentence, samples
        instead = self.instead.get(language, "")
        if (kept := self._kept.get((language, instead))) is not None:
            return instead, kept
        return "", np.zeros(0, np.int16)

    async def _rendered(self, sentence: str, language: str) -> Samples | None:
        try:
            return await self._workers.render(sentence, language)
        except (NpclVoiceError, OSError, RuntimeError):  # the mouth's library, its process, its thread
            return None


class _DeafLeg:
    """Ears that count the sound and hear nothing in it."""

    def __init__(self) -> None:
        self._ms = 0.0

    async def feed(self, pcm: bytes, expectation: Expectation, silence_ms: float) -> list[LegEvent]:
        """Nothing happens in it, whatever it is."""
        self._ms += PCM_16K.ms_of(len(pcm) // PCM_16K.sample_bytes)
        return []

    async def commit(self, expectation: Expectation) -> list[LegEvent]:
        """A turn without words."""
        return [Ended(round(self._ms), "", 0.0, 0.0)]

    async def clear(self) -> None:
        """Nothing is held."""

    def close(self) -> None:
        """Nothing is held."""


def _gaps(text: str) -> Iterator[str]:
    return (name for _, name, _, _ in string.Formatter().parse(text) if name)
