"""A session of the embedded engine, joined in memory with the client's side, on the rehearsal's clock."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import numpy as np
import pytest

from npcl_voice.audio.resample import resample
from npcl_voice.config import Turns
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

    async def render(self, sentence: str) -> Any:
        if self.broken == "mouth":
            raise UnavailableError("the mouth is gone")
        return await super().render(sentence)

    async def leg(self, endpointing: Any = None) -> Any:
        if self.broken == "ears":
            raise UnavailableError("the ears are gone")
        return await super().leg(endpointing)


@pytest.fixture(scope="module")
def workers() -> Unable:
    """Ears and mouth that all tests of this file share."""
    phrases = load_phrases("en")
    choice = EarsChoice(hear=phrases.hear, places=tuple(area.name for area in packaged_areas()))
    workers = Unable(choice, speaker_of("rms", 1.0, ""))
    asyncio.run(workers.open())
    return workers


@pytest.fixture(scope="module")
def shared(workers: Unable) -> LocalEngine:
    """The engine on them."""
    return LocalEngine(load_phrases("en"), packaged_areas(), Turns(), workers)


@pytest.fixture
def engine(shared: LocalEngine, workers: Unable) -> Iterable[LocalEngine]:
    """No session is left of any test."""
    yield shared
    workers.broken = ""
    assert shared.live == 0


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

    def speak(self, text: str) -> None:
        """Say something with another voice than the assistant's, with silence around it."""
        mouth = Mouth("slt")
        quiet = np.zeros(8_000, np.int16)
        parts = [quiet, *(mouth.render(sentence) for sentence in mouth.sentences(text)), quiet, quiet, quiet]
        sound = resample(np.concatenate(parts), 16_000, 24_000).tobytes()
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
    session = engine.session(RehearsalClock(), "sess_1", SESSION_S)
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


def test_typed_words_get_written_ones(engine: LocalEngine) -> None:
    """The policy's question, and no sound."""

    async def work() -> None:
        async with talking(engine, WRITTEN) as talk:
            talk.type("my power is out")
            await talk.until(h.ResponseEnded)
            assert "consumer number" in talk.said()
            assert not [one for one in talk.happened if isinstance(one, h.AssistantAudio)]

    run(work)


def test_spoken_words_are_heard_and_answered_by_voice(engine: LocalEngine) -> None:
    """The server finds the turn, writes it down, and answers with sound, in that order."""

    async def work() -> None:
        async with talking(engine, TURNS) as talk:
            talk.speak("There is no power in my house.")
            heard = await talk.until(h.Heard)
            assert "power" in heard.text
            await talk.until(h.ResponseEnded)
            kinds = [type(one) for one in talk.happened]
            order = [h.CallerStarted, h.CallerStopped, h.TurnCommitted, h.ResponseBegan, h.AssistantAudio]
            assert [kinds.index(kind) for kind in order] == sorted(kinds.index(kind) for kind in order)
            assert "consumer number" in talk.said()

    run(work)


def test_a_client_that_ends_the_turns_itself_is_told_nothing_before(engine: LocalEngine) -> None:
    """No speech is announced; the committed turn is written down, and answered only when asked for."""

    async def work() -> None:
        async with talking(engine, MANUAL) as talk:
            talk.speak("There is no power in my house.")
            talk.ask(talk.client.commit())
            heard = await talk.until(h.Heard)
            assert "power" in heard.text
            kinds = {type(one) for one in talk.happened}
            assert not kinds & {h.CallerStarted, h.CallerStopped, h.ResponseBegan}
            talk.ask(talk.client.request_response())
            await talk.until(h.ResponseEnded)
            assert "consumer number" in talk.said()

    run(work)


def test_a_turn_without_words_is_said_to_be_one(engine: LocalEngine) -> None:
    """The transcript fails, and the session goes on."""

    async def work() -> None:
        async with talking(engine, MANUAL) as talk:
            talk.ask(talk.client.append(bytes(48_000)))
            talk.ask(talk.client.commit())
            await talk.until(h.HeardNothing)
            talk.type("my power is out")
            await talk.until(h.ResponseEnded)
            assert talk.said()

    run(work)


def test_a_tool_is_called_and_what_it_returned_is_told(engine: LocalEngine) -> None:
    """With the number that was typed; a result that is no object is an answer without facts."""

    async def work() -> None:
        for result, words in (
            ('{"ok":true,"complaint_number":"000054321","status":"assigned"}', "000054321 is assigned to a technician"),
            ("[", ""),
        ):
            async with talking(engine, SessionConfig(output_modalities=("text",), tools=(STATUS,))) as talk:
                talk.type("what is the status of my complaint 000054321")
                called = await talk.until(h.ToolCalled)
                assert (called.name, "000054321" in called.arguments) == ("complaint_status", True)
                await talk.until(h.ResponseEnded)
                talk.ask(talk.client.tool_output(called.call_id, result))
                talk.ask(talk.client.request_response())
                await talk.until(h.ResponseEnded)
                assert words in talk.said()
                assert talk.said()

    run(work)


def test_an_answer_that_is_cancelled_before_it_begins_is_forgotten(engine: LocalEngine) -> None:
    """The next one answers the same words."""

    async def work() -> None:
        async with talking(engine, WRITTEN) as talk:
            talk.type("my power is out")
            await talk.until(h.ResponseBegan)
            talk.ask(talk.client.cancel_response())
            await talk.until(h.ResponseEnded)
            talk.type("my power is out")
            await talk.until(h.ResponseEnded)
            assert "consumer number" in talk.said()

    run(work)


def test_a_mouth_that_fails_costs_an_answer_and_not_the_session(engine: LocalEngine, workers: Unable) -> None:
    """The response has failed, and the client is told why; written answers still come."""

    async def work() -> None:
        async with talking(engine, MANUAL) as talk:
            workers.broken = "mouth"
            talk.type("my power is out")
            ended = await talk.until(h.ResponseEnded)
            assert ended.status == "failed"
            workers.broken = ""
            talk.type("what is the status of my complaint")
            assert (await talk.until(h.ResponseEnded)).status == "completed"

    run(work)


def test_ears_that_are_gone_break_the_session(engine: LocalEngine, workers: Unable) -> None:
    """Whoever reads the events is told by an error, after what was sent before."""

    async def work() -> None:
        workers.broken = "ears"
        session = engine.session(RehearsalClock(), "sess_1", SESSION_S)
        events = session.events()
        assert isinstance(await anext(events), e.SessionCreated)
        with pytest.raises(UnavailableError, match="the ears are gone"):
            await anext(events)
        await session.close()

    run(work)


def test_a_session_is_over_after_an_hour(engine: LocalEngine) -> None:
    """It says so, and then ends by itself."""

    async def work() -> None:
        clock = RehearsalClock()
        session = engine.session(clock, "sess_1", SESSION_S)
        events = [event async for event in session.events()]
        assert clock.now() == SESSION_S
        last = events[-1]
        assert isinstance(last, e.ErrorEvent)
        assert last.error.code == "session_expired"
        await session.close()

    run(work)


def test_a_client_that_does_not_read_is_let_go(engine: LocalEngine) -> None:
    """What waits for it has a bound."""

    async def work() -> None:
        session = engine.session(RehearsalClock(), "sess_1", SESSION_S)
        for _ in range(10_000):
            session.send(e.InputAudioBufferCommit())
        with pytest.raises(UnavailableError, match="does not read"):
            async for _ in session.events():
                pass
        await session.close()
        session.send(e.InputAudioBufferClear())

    run(work)
