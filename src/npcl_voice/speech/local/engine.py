"""The embedded engine as a whole: what all its sessions share, and the voice of fixed phrases."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

import msgspec
import numpy as np

from npcl_voice.audio.frame import PCM_16K, Format, Frame
from npcl_voice.audio.resample import encode, resample
from npcl_voice.config import Turns
from npcl_voice.conversation.context import Line
from npcl_voice.conversation.dialogue import Policy
from npcl_voice.conversation.phrases import PhraseBook, Phrases
from npcl_voice.domain.areas import Area
from npcl_voice.meaning.places import Places
from npcl_voice.meaning.sayings import sayings
from npcl_voice.meaning.templates import expand
from npcl_voice.meaning.understanding import Understander
from npcl_voice.ports import Clock
from npcl_voice.speech.capacity import Capacity
from npcl_voice.speech.local.pipeline import SENTENCE_GAP_MS, Mind
from npcl_voice.speech.local.recorded import RecordedEngine
from npcl_voice.speech.local.server import LocalSession
from npcl_voice.speech.local.workers import InlineWorkers, Workers

__all__ = ["LocalDoor", "LocalEngine", "understander_for"]

EXAMPLES = 60
"""Sentences that are drawn from each template for the bank of phrases."""


def understander_for(phrases: Phrases, areas: Sequence[Area], hindi: Phrases | None = None) -> Understander:
    """What makes meaning of words: the templates of English, and of Hindi, as examples, and the places' names.

    It remembers nothing, so that one is made for a process and shared.
    """
    known = tuple(None if one is None else msgspec.json.encode(one.hear) for one in (phrases, hindi))
    return _understander(known, msgspec.json.encode(tuple(areas)))


@lru_cache(maxsize=4)
def _understander(hear: tuple[bytes | None, ...], known_areas: bytes) -> Understander:
    """The same, from what it is made of as JSON: making it takes a second or two."""
    english, hindi = (None if one is None else msgspec.json.decode(one, type=dict[str, Any]) for one in hear)
    areas = msgspec.json.decode(known_areas, type=tuple[Area, ...])
    assert english is not None
    parts = {"place": [area.name.lower() for area in areas[:3]], "digits": ["one two three"]}

    def examples(known: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        return {
            name: tuple(sentence for template in templates for sentence in expand(template, parts, limit=EXAMPLES))
            for name, templates in known.items()
        }

    return Understander(examples(english), Places(areas), None if hindi is None else examples(hindi), sayings=sayings())


class LocalEngine:
    """Opened once for a process; every call has a session of its own. It is the Voice port, too."""

    def __init__(
        self,
        book: PhraseBook,
        areas: Sequence[Area],
        turns: Turns,
        workers: Workers | InlineWorkers,
        *,
        capacity: int = 0,
        expected: tuple[str, ...] = ("en",),
    ) -> None:
        """`capacity` is how many calls it takes at once; 0 means as many as are measured at start.

        `expected` are the languages that a call is heard in until one of them is settled.
        """
        understander = understander_for(book.phrases("en"), areas, book.all.get("hi"))
        self._understand = understander.understand
        self._turns = turns
        self._book = book
        self._workers = workers
        self._capacity = capacity
        self._sessions = 0
        self._unplaced = 0
        self.places = Capacity(lambda: self.capacity - self._unplaced)
        """Who may come in; sessions that nobody was admitted to take theirs from it, too."""
        self._preparing: asyncio.Task[None] | None = None
        self._keeping: list[asyncio.Task[None]] = []
        self._mind = Mind(
            book, lambda tools, own: Policy(understander.understand, tools, own_words=own), turns, expected
        )

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Load and warm everything; the greeting is rendered when it returns. Raises UnavailableError."""
        await self._workers.open()
        await self._workers.prepare([self._book.first.render(Line("greeting"))], self._book.begins)
        if isinstance(self._workers, Workers):
            self._preparing = asyncio.get_running_loop().create_task(self._prepare(), name="fixed phrases")

    async def _prepare(self) -> None:
        """Render the other fixed phrases one by one, danger first; a call that comes before waits for one at most."""
        for phrases in sorted(self._book.all.values(), key=lambda one: one.language != self._book.begins):
            fixed = [key for key in phrases.say if not phrases.gaps(key) - phrases.values.keys()]
            for key in sorted(fixed, key=lambda key: not key.startswith("safety_")):
                await self._workers.prepare([phrases.render(Line(key))], phrases.language)

    async def close(self) -> None:
        """Let go of everything; safe to call twice."""
        begun = {*self._keeping, *([] if self._preparing is None else [self._preparing])}
        for task in begun:
            task.cancel()
        if begun:
            await asyncio.wait(begun)
        await self._workers.close()

    @property
    def capacity(self) -> int:
        """How many calls it takes at once: what was set, or measured at start, as far as its ears live."""
        whole = self._capacity or self._workers.capacity
        return max(1, int(whole * self._workers.living))

    @property
    def measured(self) -> int:
        """How many calls this machine can hear, as it was measured at start, whatever was set."""
        return self._workers.capacity

    @property
    def live(self) -> int:
        """How many sessions there are now."""
        return self._sessions

    def policy(self, tools: frozenset[str]) -> Policy:
        """The policy that watches a call: the same that answers it."""
        return self._mind.policy(tools, False)

    def check_ears(self) -> None:
        """Raises UnavailableError while nobody can be heard: `starting`, or `gone` for good."""
        self._workers.check_ears()

    def recorded(
        self,
        clock: Clock,
        new_id: Callable[[], str],
        expires_at: Callable[[], int],
        *,
        callback_within_min: int | None = None,
    ) -> RecordedEngine:
        """The engine for callers whom this one cannot hear: the same voice, and no ears."""
        recorded = RecordedEngine(
            self._book,
            self._understand,
            self._turns,
            self._workers,
            clock,
            new_id,
            expires_at,
            callback_within_min=callback_within_min,
        )
        if self._preparing is not None:
            keeping = self._keep(recorded, self._preparing)
            self._keeping.append(asyncio.get_running_loop().create_task(keeping, name="recorded phrases"))
        return recorded

    async def _keep(self, recorded: RecordedEngine, preparing: asyncio.Task[None]) -> None:
        """What the recorded voice says most is in memory once our own phrases are: the mouth may be gone then."""
        await asyncio.wait({preparing})
        await recorded.prepare()

    def session(
        self, clock: Clock, session_id: str, expires_at: int, model: str = "npcl-local", *, placed: bool = False
    ) -> LocalSession:
        """A new session; `expires_at` is unix seconds; `placed` says that its call was admitted by `places`."""
        self._sessions += 1
        self._unplaced += not placed
        return LocalSession(
            self._mind,
            self._workers,
            clock,
            session_id=session_id,
            expires_at=expires_at,
            model=model,
            over=lambda: self._session_over(placed=placed),
        )

    def _session_over(self, *, placed: bool) -> None:
        self._sessions -= 1
        self._unplaced -= not placed

    async def say(
        self,
        phrase: str,
        values: dict[str, str],
        language: str,
        format: Format,
    ) -> AsyncIterator[tuple[str, Frame]]:
        """A phrase, sentence by sentence: the Voice port."""
        sentences = self._workers.sentences(self._book.render(Line(phrase, values), language), language)
        for at, sentence in enumerate(sentences, start=1):
            samples = await self._workers.render(sentence, language)
            if at < len(sentences):
                samples = np.concatenate([samples, np.zeros(PCM_16K.samples_in(SENTENCE_GAP_MS), np.int16)])
            yield sentence, encode(resample(samples, PCM_16K.rate_hz, format.rate_hz), format)


class LocalDoor:
    """The embedded engine as one of those that a call may be answered by: the Engine port.

    Its sessions are for calls that `LocalEngine.places` has admitted.
    """

    name = "local"
    embedded = True

    def __init__(
        self, engine: LocalEngine, clock: Clock, new_id: Callable[[], str], expires_at: Callable[[], int]
    ) -> None:
        """`new_id` draws a session's id; `expires_at` is when one that begins now ends, in unix seconds."""
        self._engine = engine
        self._clock = clock
        self._new_id = new_id
        self._expires_at = expires_at

    async def open(self, caller: str) -> LocalSession:
        """A session, whose first event is there.

        Raises UnavailableError: `starting` while the ears are started again, `gone` when they have died for good.
        """
        self._engine.check_ears()
        return self._engine.session(self._clock, self._new_id(), self._expires_at(), placed=True)
