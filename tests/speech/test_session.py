"""A session of the embedded engine, joined in memory with the client's side, on the rehearsal's clock."""

from collections.abc import Iterable

import pytest

from npcl_voice.config import Turns
from npcl_voice.conversation.phrases import load_book
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.errors import UnavailableError
from npcl_voice.realtime import events as e
from npcl_voice.realtime import happenings as h
from npcl_voice.realtime.session import SessionConfig
from npcl_voice.rehearsal.clock import RehearsalClock
from npcl_voice.speech.local.engine import LocalEngine
from npcl_voice.speech.local.server import SESSION_S
from tests.speech.joined import MANUAL, STATUS, TURNS, WRITTEN, Unable, opened, run, talking


@pytest.fixture(scope="module")
def workers() -> Unable:
    """Ears and mouth that all tests of this file share."""
    return opened()


@pytest.fixture(scope="module")
def shared(workers: Unable) -> LocalEngine:
    """The engine on them."""
    return LocalEngine(load_book("en"), packaged_areas(), Turns(), workers)


@pytest.fixture
def engine(shared: LocalEngine, workers: Unable) -> Iterable[LocalEngine]:
    """No session is left of any test."""
    yield shared
    workers.broken = ""
    assert shared.live == 0


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
