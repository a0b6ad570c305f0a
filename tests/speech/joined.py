"""What the tests of sessions share: a client joined in memory with the embedded engine, on the rehearsal's clock."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import numpy as np

from npcl_voice.audio.resample import resample
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.errors import UnavailableError
from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.client import ClientSession
from npcl_voice.realtime.session import Audio, AudioInput, FunctionTool, ServerVad, SessionConfig, Transcription
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.speech.local.engine import LocalEngine
from npcl_voice.speech.local.larger import EarsChoice, speaker_of
from npcl_voice.speech.local.mouth import Mouth
from npcl_voice.speech.local.server import SESSION_S, LocalSession
from npcl_voice.speech.local.workers import InlineWorkers

__all__ = [
    "MANUAL",
    "NO_SUPPLY",
    "STATUS",
    "TOOLS",
    "TURNS",
    "WRITTEN",
    "Talk",
    "Unable",
    "holding",
    "opened",
    "run",
    "spoken",
    "talking",
]

HEARS = Transcription(model="ours")
STATUS = FunctionTool(name="complaint_status", description="Status", parameters={"type": "object", "properties": {}})
NO_SUPPLY = FunctionTool(name="no_supply", description="A power cut", parameters={"type": "object", "properties": {}})
TOOLS = (STATUS, NO_SUPPLY)
TURNS = SessionConfig(
    tools=TOOLS, audio=Audio(input=AudioInput(transcription=HEARS, turn_detection=ServerVad(silence_duration_ms=500)))
)
"""The server finds the turns and answers them."""
MANUAL = SessionConfig(tools=TOOLS, audio=Audio(input=AudioInput(transcription=HEARS, turn_detection=None)))
"""The client says when a turn ends."""
WRITTEN = SessionConfig(tools=TOOLS, output_modalities=("text",), audio=Audio(input=AudioInput(turn_detection=None)))
"""Answers are text."""
CHUNK = 960


class Unable(InlineWorkers):
    """Workers that can be told to lose their mouth or their ears."""

    broken = ""

    async def render(self, sentence: str, language: str) -> Any:
        if self.broken == "mouth":
            raise UnavailableError("the mouth is gone")
        return await super().render(sentence, language)

    async def leg(self, endpointing: Any = None) -> Any:
        if self.broken == "ears":
            raise UnavailableError("the ears are gone")
        return await super().leg(endpointing)


def spoken(*texts: str) -> bytes:
    """These texts at 24 kHz, with half a second of silence before them, one between and one and a half after."""
    mouth = Mouth("slt")
    quiet = np.zeros(8_000, np.int16)
    parts = [quiet]
    for text in texts:
        parts += [*(mouth.render(sentence) for sentence in mouth.sentences(text)), quiet, quiet]
    return resample(np.concatenate([*parts, quiet]), 16_000, 24_000).tobytes()


class Talk:
    """Both sides of one session, and what came of it at the client."""

    def __init__(self, session: LocalSession) -> None:
        self.session = session
        self.client = ClientSession("t")
        self.happened: list[h.Happening] = []
        self.sent: list[e.ServerEvent] = []
        self._events = session.events()

    def ask(self, events: Iterable[e.ClientEvent]) -> None:
        """The client sends."""
        for event in events:
            self.session.send(event)

    async def until(self, *kinds: type[Any]) -> Any:
        """Read to the next happening of one of these kinds."""
        while True:
            event = await anext(self._events)
            self.sent.append(event)
            happened, answers = self.client.receive(event)
            self.ask(answers)
            self.happened += happened
            for one in happened:
                if isinstance(one, kinds):
                    return one

    def speak(self, *texts: str) -> None:
        """Say something with another voice than the assistant's, with a second of silence after each text."""
        sound = spoken(*texts)
        for at in range(0, len(sound), CHUNK):
            self.ask(self.client.append(sound[at : at + CHUNK]))

    def type(self, text: str) -> None:
        """Type something, and want an answer."""
        self.ask(self.client.user_text(text))
        self.ask(self.client.request_response())

    def said(self) -> str:
        """All words of the assistant's so far."""
        texts = [one.delta for one in self.happened if isinstance(one, h.AssistantText)]
        return "".join(texts)


@asynccontextmanager
async def talking(engine: LocalEngine, configuration: SessionConfig) -> AsyncIterator[Talk]:
    """A session that is configured; afterwards it is closed and leaves no task."""
    async with holding(engine.session(RehearsalClock(), "sess_1", SESSION_S), configuration) as talk:
        yield talk


@asynccontextmanager
async def holding(session: LocalSession, configuration: SessionConfig) -> AsyncIterator[Talk]:
    """The same with a session that is there already."""
    talk = Talk(session)
    async with aclosing(talk._events):
        talk.ask(talk.client.configure(configuration))
        await talk.until(h.SessionReady)
        try:
            yield talk
        finally:
            await session.close()
            await session.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run on the rehearsal's clock."""
    run_rehearsal(work())


def opened() -> Unable:
    """Ears and mouth, loaded."""
    phrases = load_phrases("en")
    choice = EarsChoice(hear=phrases.hear, places=tuple(area.name for area in packaged_areas()))
    workers = Unable(choice, speaker_of("rms", 1.0, ""))
    asyncio.run(workers.open())
    return workers
