"""The embedded engine as one of those that a call may be answered by."""

import asyncio
from collections.abc import Iterable

import pytest

from npcl_voice.call import RealClock
from npcl_voice.config import Turns
from npcl_voice.conversation.phrases import load_book
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.errors import UnavailableError
from npcl_voice.realtime import events as e
from npcl_voice.rehearsal.clock import RehearsalClock
from npcl_voice.speech.capacity import Urgency
from npcl_voice.speech.local.engine import LocalDoor, LocalEngine
from npcl_voice.speech.local.larger import speaker_of
from npcl_voice.speech.local.process import RESTARTS, RESTARTS_S
from npcl_voice.speech.local.server import SESSION_S, LocalSession
from npcl_voice.speech.local.workers import InlineWorkers, Workers
from tests.speech.joined import Unable, opened, run
from tests.speech.test_hearing import choice


@pytest.fixture(scope="module")
def workers() -> Unable:
    """Ears and mouth that all tests of this file share."""
    return opened()


@pytest.fixture
def engine(workers: Unable) -> Iterable[LocalEngine]:
    """Two calls at once; no session is left of any test."""
    engine = engine_on(workers, capacity=2)
    yield engine
    assert (engine.live, engine.places.free) == (0, 2)


def engine_on(workers: Workers | InlineWorkers, capacity: int = 0) -> LocalEngine:
    """The engine with the packaged phrases."""
    return LocalEngine(load_book("en"), packaged_areas(), Turns(), workers, capacity=capacity)


def door(engine: LocalEngine) -> LocalDoor:
    """Its door; sessions are numbered."""
    ids = iter(range(100))
    return LocalDoor(engine, RehearsalClock(), lambda: f"sess_{next(ids)}", lambda: SESSION_S)


def test_a_session_begins_with_its_first_event(engine: LocalEngine) -> None:
    """It has the id and the end that were drawn for it, and a name for reports."""

    async def work() -> None:
        entrance = door(engine)
        assert (entrance.name, entrance.embedded) == ("local", True)
        await (await entrance.open("")).close()
        session = await entrance.open("a keyed hash")
        assert (session.name, session.lasts_s, engine.live) == ("local", SESSION_S, 1)
        created = await anext(session.events())
        assert isinstance(created, e.SessionCreated)
        assert (created.session.id, created.session.expires_at) == ("sess_1", SESSION_S)
        await session.close()

    run(work)


def test_nobody_is_let_in_where_nobody_is_heard(workers: Unable) -> None:
    """The ears were closed: they are gone for good."""

    async def work() -> None:
        closed = InlineWorkers(choice(), speaker_of("rms", 1.0, ""))
        engine = engine_on(closed)
        with pytest.raises(UnavailableError) as caught:
            await door(engine).open("")
        assert (caught.value.reason, engine.live) == ("gone", 0)
        session = engine.session(RehearsalClock(), "sess_1", SESSION_S)
        with pytest.raises(UnavailableError) as caught:
            async for _ in session.events():
                pass
        assert caught.value.reason == "gone"
        await session.close()

    run(work)


def test_a_session_that_nobody_admitted_takes_a_place_all_the_same(engine: LocalEngine) -> None:
    """Those that come from outside, on a socket; it is free again when they leave."""

    async def work() -> None:
        clock = RehearsalClock()
        stranger = engine.session(clock, "sess_1", SESSION_S)
        place = await engine.places.admit(Urgency.OTHER, clock)
        assert place is not None
        session = await door(engine).open("")
        assert (engine.live, engine.places.free) == (2, 0)
        assert await engine.places.admit(Urgency.DANGER, clock) is None
        await stranger.close()
        assert engine.places.free == 1
        await session.close()
        assert engine.places.free == 1
        place.release()

    run(work)


def test_how_many_it_takes_is_measured_unless_it_is_set(workers: Unable) -> None:
    """The rehearsal's workers hear one caller at a time."""
    assert engine_on(workers).capacity == engine_on(workers).places.free == 1
    assert engine_on(workers, capacity=7).capacity == engine_on(workers, capacity=7).places.free == 7


async def refused(entrance: LocalDoor) -> UnavailableError | None:
    """Why nobody is let in; None once somebody was."""
    try:
        session = await entrance.open("")
    except UnavailableError as error:
        return error
    await session.close()
    return None


async def broken(session: LocalSession) -> str:
    """Why it breaks when the caller goes on speaking."""
    session.send(e.InputAudioBufferAppend(bytes(960)))
    with pytest.raises(UnavailableError) as caught:
        _ = [event async for event in session.events()]
    return caught.value.reason


@pytest.mark.slow
async def test_ears_that_die_too_often_are_gone_for_good() -> None:
    """A call is told so when its own die; a new one is let in once they are back, until they come back no more."""
    async with Workers(choice(), speaker_of("rms", 1.0, ""), processes=1) as workers, asyncio.timeout(60):
        entrance = LocalDoor(engine_on(workers), RealClock(), lambda: "sess_1", lambda: SESSION_S)
        (process,) = workers._processes
        deaths, reasons = 0, []
        while True:
            error = await refused(entrance)
            if error is None:
                deaths += 1
                session = await entrance.open("")
                assert process._child is not None
                process._child.kill()
                assert await broken(session) == "ears_died"
                await session.close()
            else:
                reasons.append((error.reason, error.retry_after_s))
                if error.reason == "gone":
                    break
                await asyncio.sleep(0.05)
        assert deaths == RESTARTS + 1
        assert set(reasons[:-1]) == {("starting", 2.0)}
        assert reasons[-1] == ("gone", None)


@pytest.mark.slow
async def test_ears_that_die_now_and_then_are_started_again_and_their_room_comes_back() -> None:
    """However often, where it is seldom; while one of two processes is away, there is room for half as many."""
    clock = [0.0]
    workers = Workers(choice(), speaker_of("rms", 1.0, ""), processes=2, now=lambda: clock[0])
    async with workers, asyncio.timeout(120):
        engine = engine_on(workers, capacity=4)

        async def room(free: int) -> None:
            while engine.places.free != free:  # noqa: ASYNC110 - nobody else is told of it
                await asyncio.sleep(0.01)

        for _ in range(RESTARTS + 2):
            assert engine.places.free == engine.capacity == 4
            process = workers._processes[0]
            assert process._child is not None
            process._child.kill()
            await room(2)
            await room(4)
            clock[0] += RESTARTS_S
        engine.check_ears()
