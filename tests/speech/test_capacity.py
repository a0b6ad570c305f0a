"""Who gets a place where there is room for few."""

import asyncio
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal
from npcl_voice.speech.capacity import CROWDED, GATHER_S, SPEAKS, Capacity, Place, Urgency, calls_for

DANGER, COMPLAINT, OTHER = Urgency


def ask(capacity: Capacity, *urgencies: int) -> list[bool]:
    """Who of these gets a place, when they ask at one moment in this order."""

    async def work() -> list[Place | None]:
        return await asyncio.gather(*(capacity.admit(urgency, RehearsalClock()) for urgency in urgencies))

    return [place is not None for place in run_rehearsal(work())]


def test_danger_comes_first_then_complaints_in_progress_then_the_others():
    """However late it asks among those who ask at one moment; the places are not one too many."""
    capacity = Capacity(lambda: 3)
    assert ask(capacity, OTHER, COMPLAINT, OTHER, COMPLAINT, DANGER) == [False, True, False, True, True]
    assert (capacity.taken, capacity.free) == (3, 0)
    assert ask(capacity, DANGER) == [False]


def test_among_equals_the_first_comes_first():
    """In the order in which they asked."""
    assert ask(Capacity(lambda: 2), OTHER, OTHER, OTHER, OTHER) == [True, True, False, False]


def test_nobody_waits_longer_than_the_others_may_take_to_ask():
    """Who comes within that time is served at the same moment; who comes later begins anew."""

    async def work():
        clock, capacity, told = RehearsalClock(), Capacity(lambda: 1), []

        async def asks(name, at, urgency):
            await clock.sleep_until(at)
            place = await capacity.admit(urgency, clock)
            told.append((name, round(clock.now(), 3), place is not None))

        await asyncio.gather(asks("first", 0, OTHER), asks("danger", 0.09, DANGER), asks("late", 0.1, DANGER))
        return told

    assert run_rehearsal(work()) == [("first", GATHER_S, False), ("danger", GATHER_S, True), ("late", 0.2, False)]


def test_who_is_done_decides_nothing_for_those_who_ask_next():
    """One of two is refused and asks again before the other has noticed: danger may still come before it."""

    async def work():
        clock, room, told = RehearsalClock(), [0], []
        capacity = Capacity(lambda: room[0])

        async def asks_twice():
            assert await capacity.admit(OTHER, clock) is None
            room[0] = 1
            told.append(await capacity.admit(OTHER, clock))

        async def asks_at(at, urgency):
            await clock.sleep_until(at)
            return await capacity.admit(urgency, clock)

        _, refused, danger = await asyncio.gather(asks_twice(), asks_at(0, OTHER), asks_at(0.15, DANGER))
        assert (told, refused) == ([None], None)
        assert danger is not None

    run_rehearsal(work())


def test_a_place_is_given_back_once():
    """However often it is said."""
    capacity = Capacity(lambda: 2)

    async def work():
        first, second = [await capacity.admit(OTHER, RehearsalClock()) for _ in range(2)]
        first.release()
        first.release()
        assert capacity.taken == 1
        second.release()
        assert capacity.taken == 0

    run_rehearsal(work())


@pytest.mark.parametrize("at", [0.05, GATHER_S])
def test_who_does_not_want_it_any_more_takes_no_place(at):
    """Neither while others are awaited, nor at the very moment when it is given."""

    async def work():
        capacity, clock = Capacity(lambda: 1), RehearsalClock()
        loop = asyncio.get_running_loop()
        first, second = (loop.create_task(capacity.admit(urgency, clock)) for urgency in (DANGER, OTHER))
        await asyncio.sleep(0)
        loop.call_at(at, first.cancel)
        done, _ = await asyncio.wait({first, second}, timeout=5)
        assert done == {first, second}
        assert first.cancelled()
        assert capacity.taken == (second.result() is not None)
        if at < GATHER_S:
            assert second.result() is not None

    run_rehearsal(work())


CALLS = st.lists(
    st.tuples(
        st.sampled_from(list(Urgency)),
        st.integers(0, 60),
        st.integers(0, 40),
        st.none() | st.integers(0, 25),
    ),
    max_size=16,
)
"""How urgently each call asks, when it comes, how long it holds its place, and when it gives up (in 10 ms)."""


@given(CALLS, st.lists(st.integers(0, 5), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_no_place_is_lost_or_given_twice(calls, limits):
    """Whoever comes, gives up and leaves when: never more calls than places, and all places there in the end."""

    async def work():
        clock, inside, held = RehearsalClock(), [limits[0]], []
        capacity = Capacity(lambda: inside[0])

        async def call(urgency, comes, holds):
            await clock.sleep_until(comes / 100)
            place = await capacity.admit(urgency, clock)
            if place is None:
                return
            held.append(place)
            try:
                assert len(held) <= max(limits)
                assert len(held) <= capacity.taken
                await clock.sleep_until(clock.now() + holds / 100)
            finally:
                held.remove(place)
                place.release()

        loop = asyncio.get_running_loop()
        tasks = []
        for urgency, comes, holds, gives_up in calls:
            task = loop.create_task(call(urgency, comes, holds))
            tasks.append(task)
            if gives_up is not None:
                loop.call_at((comes + gives_up) / 100, task.cancel)
        for at, limit in enumerate(limits):
            await clock.sleep_until(at * 0.17)
            inside[0] = limit
        await clock.sleep_until(20)
        assert all(task.done() for task in tasks), "somebody was never told"
        for task in tasks:
            if not task.cancelled():
                assert task.exception() is None
        assert (capacity.taken, held) == (0, [])

    run_rehearsal(work())


def test_more_calls_than_speakers_may_go_on():
    """Nobody speaks all the time: the figures are Bernoulli's, and one call more would be too many."""
    assert [calls_for(speakers) for speakers in (1, 2, 3, 4, 8)] == [1, 3, 5, 7, 16]
    chance = Random(1)
    for speakers in (2, 5):
        calls, rounds = calls_for(speakers), 40_000
        for held, fits in ((calls, True), (calls + 1, False)):
            crowded = sum(sum(chance.random() < SPEAKS for _ in range(held)) > speakers for _ in range(rounds))
            assert (crowded / rounds <= CROWDED + 0.005) is fits
