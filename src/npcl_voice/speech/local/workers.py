"""Who does the heavy work of the embedded engine, so that the event loop never waits for it.

Hearing goes to processes of their own, at most one for each core, because the recogniser holds
Python's lock while it decodes; a call stays with the process that it began in. Speaking goes to one
thread: flite releases the lock, and other voices are waited for without it. Rehearsals use
`InlineWorkers`, which do everything on the spot, in the order it was asked for, so that every run is
the same.
"""

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType, TracebackType
from typing import Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from npcl_voice.audio.vad import Endpointing
from npcl_voice.errors import UnavailableError
from npcl_voice.meaning.expectation import Expectation
from npcl_voice.speech.capacity import calls_for
from npcl_voice.speech.local import worker
from npcl_voice.speech.local.ears import Ears
from npcl_voice.speech.local.larger import EarsChoice, EarsSource, ears_of
from npcl_voice.speech.local.leg import LegEvent
from npcl_voice.speech.local.listening import Listening
from npcl_voice.speech.local.mouth import Speaker
from npcl_voice.speech.local.process import START_SECONDS, EarsProcess

__all__ = ["CallLeg", "InlineWorkers", "Samples", "Workers", "WorkersLike"]

T = TypeVar("T")

Samples = npt.NDArray[np.int16]

SHARE = 0.7
"""Of the cores, what hearing may take: the rest is for speaking, the loop, and bursts."""

PROBE = "There is no power."

NOBODY: Mapping[str, Speaker] = MappingProxyType({})
"""Nobody speaks another language."""


class CallLeg(Protocol):
    """One caller's ears. Sound is PCM of 16 bits at 16 kHz.

    Every method that is awaited raises UnavailableError when the ears are gone: the call needs others.
    """

    async def feed(self, pcm: bytes, expectation: Expectation, silence_ms: float) -> list[LegEvent]:
        """More sound, of any length. What happened in it, in order."""
        ...

    async def commit(self, expectation: Expectation) -> list[LegEvent]:
        """End the turn here."""
        ...

    async def clear(self) -> None:
        """Forget the turn that has begun."""
        ...

    def close(self) -> None:
        """The caller is gone; safe to call twice."""
        ...


class WorkersLike(Protocol):
    """What the pipeline asks of its workers."""

    @property
    def capacity(self) -> int:
        """How many calls may go on before hearing falls behind."""
        ...

    @property
    def rate_hz(self) -> int:
        """Samples a second of what `render` returns."""
        ...

    def check_ears(self) -> None:
        """Raises UnavailableError while nobody can be heard: `starting`, and how long that takes, or `gone`."""
        ...

    async def leg(self, endpointing: Endpointing | None = None) -> CallLeg:
        """Ears for one caller. Raises UnavailableError as `check_ears` does."""
        ...

    def sentences(self, text: str, language: str) -> list[str]:
        """The pieces that a text is rendered in."""
        ...

    async def render(self, sentence: str, language: str) -> Samples:
        """The sound of one piece at `rate_hz`, in the voice of that language."""
        ...

    async def speak(self, sentence: str, language: str) -> tuple[str, Samples]:
        """The words of one piece as they are said, and their sound: others where it must be replaced."""
        ...

    async def prepare(self, texts: Sequence[str], language: str) -> None:
        """Render these now and keep them in memory: fixed phrases, which are then there at once."""
        ...


class _Mouths:
    """The speakers, and what is kept of the fixed phrases."""

    def __init__(self, speaker: Speaker, others: Mapping[str, Speaker]) -> None:
        self.speaker = speaker
        """Speaks every language that has no speaker of its own."""
        self._others = others
        self._kept: dict[tuple[str, str], Samples] = {}

    def of(self, language: str) -> Speaker:
        return self._others.get(language, self.speaker)

    def kept(self, sentence: str, language: str) -> Samples | None:
        return self._kept.get((language, sentence))

    def render(self, sentence: str, language: str) -> Samples:
        kept = self.kept(sentence, language)
        return self.of(language).render(sentence) if kept is None else kept

    def prepare(self, texts: Sequence[str], language: str) -> None:
        for text in texts:
            for sentence in self.of(language).sentences(text):
                if (language, sentence) not in self._kept:
                    samples = self.of(language).render(sentence)
                    samples.flags.writeable = False
                    self._kept[language, sentence] = samples


class InlineWorkers:
    """Everything on the spot: for rehearsals, where the same call must come out the same."""

    def __init__(self, choice: EarsChoice, speaker: Speaker, others: Mapping[str, Speaker] = NOBODY) -> None:
        """`others` speak the languages that are not the speaker's own, by their codes."""
        self._choice = choice
        self._mouths = _Mouths(speaker, others)
        self._ears: Ears | None = None
        self.capacity = 1
        self.living = 1.0

    async def open(self) -> None:
        """Load the models."""
        self._ears = ears_of(EarsSource.of(self._choice))

    async def close(self) -> None:
        """Let go of the models."""
        self._ears = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def rate_hz(self) -> int:
        """Samples a second of what `render` returns."""
        return self._mouths.speaker.rate_hz

    def check_ears(self) -> None:
        """Raises UnavailableError before they are opened and after they are closed."""
        self._opened()

    async def leg(self, endpointing: Endpointing | None = None) -> "InlineLeg":
        """Ears for one caller."""
        return InlineLeg(Listening(self._opened(), endpointing))

    def _opened(self) -> Ears:
        if self._ears is None:
            msg = "the ears are not open"
            raise UnavailableError(msg, reason="gone")
        return self._ears

    def sentences(self, text: str, language: str) -> list[str]:
        """The pieces that a text is rendered in."""
        return self._mouths.of(language).sentences(text)

    async def render(self, sentence: str, language: str) -> Samples:
        """The sound of one piece at `rate_hz`."""
        return self._mouths.render(sentence, language)

    async def speak(self, sentence: str, language: str) -> tuple[str, Samples]:
        """One piece and its sound."""
        return sentence, await self.render(sentence, language)

    async def prepare(self, texts: Sequence[str], language: str) -> None:
        """Render these now and keep them."""
        self._mouths.prepare(texts, language)


class InlineLeg:
    """One caller's ears on the spot."""

    def __init__(self, listening: Listening) -> None:
        self._listening = listening

    async def feed(self, pcm: bytes, expectation: Expectation, silence_ms: float) -> list[LegEvent]:
        """More sound. What happened in it, in order."""
        return self._listening.feed(pcm, expectation, silence_ms)

    async def commit(self, expectation: Expectation) -> list[LegEvent]:
        """End the turn here."""
        return self._listening.commit(expectation)

    async def clear(self) -> None:
        """Forget the turn that has begun."""
        self._listening.clear()

    def close(self) -> None:
        """Nothing is held."""


class Workers:
    """Processes that hear and a thread that speaks, started once and shared by all calls.

    `processes` bounds the hearing; by default one for each core that this process may use.
    """

    def __init__(
        self,
        choice: EarsChoice,
        speaker: Speaker,
        processes: int | None = None,
        now: Callable[[], float] = time.monotonic,
        others: Mapping[str, Speaker] = NOBODY,
    ) -> None:
        """`now` is in seconds, for how often a process dies.

        `others` speak the languages that are not the speaker's own, by their codes.
        """
        self._choice = choice
        self._now = now
        self._mouths = _Mouths(speaker, others)
        self._count = processes or max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)
        self._processes: list[EarsProcess] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mouth")
        self._next_leg = 0
        self.capacity = 0

    async def open(self) -> None:
        """Start the processes and wait until their models are warm.

        Raises UnavailableError when they cannot be started.
        """
        load = asyncio.get_running_loop().run_in_executor(self._thread, self._load)
        self._processes = [EarsProcess(load, self._now) for _ in range(self._count)]
        try:
            loads = await asyncio.gather(*(process.start() for process in self._processes))
        except BaseException:
            await self.close()
            raise
        self.capacity = calls_for(max(1, int(self._count * SHARE / max(loads))))

    async def close(self) -> None:
        """Stop everything; safe to call twice."""
        await asyncio.gather(*(process.stop() for process in self._processes))
        self._processes = []
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def rate_hz(self) -> int:
        """Samples a second of what `render` returns."""
        return self._mouths.speaker.rate_hz

    @property
    def living(self) -> float:
        """How much of the hearing is there, as a share: processes die, and are started again."""
        return sum(process.warm for process in self._processes) / self._count

    def check_ears(self) -> None:
        """Raises UnavailableError while no process of ears is running."""
        if any(process.warm for process in self._processes):
            return
        if all(process.gone for process in self._processes):
            msg = "no process of ears is running, and none will be started again"
            raise UnavailableError(msg, reason="gone")
        msg = "the processes of ears are being started again"
        raise UnavailableError(msg, reason="starting", retry_after_s=START_SECONDS)

    async def leg(self, endpointing: Endpointing | None = None) -> "RemoteLeg":
        """Ears for one caller, in the process with the fewest callers."""
        self.check_ears()
        process = min((one for one in self._processes if one.warm), key=lambda each: len(each.legs))
        self._next_leg += 1
        leg = RemoteLeg(process, self._next_leg)
        await leg.open(endpointing)
        return leg

    def sentences(self, text: str, language: str) -> list[str]:
        """The pieces that a text is rendered in."""
        return self._mouths.of(language).sentences(text)

    async def render(self, sentence: str, language: str) -> Samples:
        """The sound of one piece at `rate_hz`; at once when it was prepared."""
        kept = self._mouths.kept(sentence, language)
        return await self._in_thread(lambda: self._mouths.render(sentence, language)) if kept is None else kept

    async def speak(self, sentence: str, language: str) -> tuple[str, Samples]:
        """One piece and its sound."""
        return sentence, await self.render(sentence, language)

    async def prepare(self, texts: Sequence[str], language: str) -> None:
        """Render these now and keep them."""
        await self._in_thread(lambda: self._mouths.prepare(texts, language))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _load(self) -> worker.Load:
        """What every process is told first; worked out while they start."""
        pieces = [self._mouths.speaker.render(piece) for piece in self._mouths.speaker.sentences(PROBE)]
        probe = np.concatenate([np.zeros(4800, np.int16), *pieces]).tobytes()
        return worker.Load(EarsSource.of(self._choice), probe)


class RemoteLeg:
    """One caller's ears in another process."""

    def __init__(self, process: EarsProcess, number: int) -> None:
        self._process = process
        self._generation = process.generation
        self._number = number

    async def open(self, endpointing: Endpointing | None) -> None:
        """Make the ears. Raises UnavailableError when the process is gone."""
        self._process.legs.add(self._number)
        await self._ask(worker.Open(self._number, endpointing))

    async def feed(self, pcm: bytes, expectation: Expectation, silence_ms: float) -> list[LegEvent]:
        """More sound. What happened in it, in order."""
        return await self._ask(worker.Feed(self._number, pcm, expectation, silence_ms))

    async def commit(self, expectation: Expectation) -> list[LegEvent]:
        """End the turn here."""
        return await self._ask(worker.Commit(self._number, expectation))

    async def clear(self) -> None:
        """Forget the turn that has begun."""
        await self._ask(worker.Clear(self._number))

    def close(self) -> None:
        """The caller is gone; safe to call twice."""
        if self._number in self._process.legs and self._process.generation == self._generation:
            self._process.legs.discard(self._number)
            self._process.send(worker.Close(self._number))

    async def _ask(self, ask: worker.Ask) -> list[LegEvent]:
        if self._process.generation != self._generation:
            msg = "the process that heard this call has died"
            raise UnavailableError(msg, reason="ears_died")
        answer = await self._process.ask(ask)
        return answer.events if isinstance(answer, worker.Events) else []
