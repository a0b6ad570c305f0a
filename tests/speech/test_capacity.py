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


def test_some_places_may_be_kept_for_danger():
    """But never all of them; danger takes those first."""
    assert ask(Capacity(lambda: 3, reserved=2), COMPLAINT, OTHER, DANGER) == [True, False, True]
    capacity = Capacity(lambda: 3, reserved=1)
    assert ask(capacity, OTHER, OTHER, OTHER) == [True, True, False]
    assert ask(capacity, OTHER, DANGER, DANGER) == [False, True, False]
    assert ask(Capacity(lambda: 1, reserved=5), OTHER) == [True]
    assert ask(Capacity(lambda: 0, reserved=5), DANGER) == [False]


def test_the_place_of_a_danger_that_is_over_is_kept_for_the_next():
    """It is not given to what was turned away before."""

    async def work():
        capacity, clock = Capacity(lambda: 2, reserved=1), RehearsalClock()
        assert await capacity.admit(OTHER, clock) is not None
        danger = await capacity.admit(DANGER, clock)
        danger.release()
        assert await capacity.admit(OTHER, clock) is None
        assert await capacity.admit(DANGER, clock) is not None

    run_rehearsal(work())


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


def test_a_place_that_becomes_free_goes_to_the_most_urgent_who_waits():
    """One place, one call."""

    async def work():
        capacity, got = Capacity(lambda: 1), []
        place = await capacity.admit(OTHER, RehearsalClock())

        async def waits(name, urgency):
            mine = await capacity.wait(urgency)
            got.append(name)
            return mine

        async with asyncio.TaskGroup() as tasks:
            waiting = [
                tasks.create_task(waits(name, urgency))
                for name, urgency in (("other", OTHER), ("danger", DANGER), ("complaint", COMPLAINT))
            ]
            await asyncio.sleep(1)
            assert got == []
            place.release()
            await asyncio.sleep(1)
            assert got == ["danger"]
            (await waiting[1]).release()
            await asyncio.sleep(1)
            assert got == ["danger", "complaint"]
            (await waiting[2]).release()
            assert await waiting[0] is not None
        assert (got, capacity.taken) == (["danger", "complaint", "other"], 1)

    run_rehearsal(work())


def test_a_place_that_becomes_free_while_others_ask_is_not_given_before_all_have_asked():
    """Danger that asks at the same moment comes before a complaint that waits; the complaint before what is new."""

    async def work():
        for urgency, admitted in ((DANGER, True), (COMPLAINT, False)):
            capacity, clock = Capacity(lambda: 1), RehearsalClock()
            place = await capacity.admit(OTHER, clock)
            async with asyncio.TaskGroup() as tasks:
                waiting = tasks.create_task(capacity.wait(COMPLAINT))
                asking = tasks.create_task(capacity.admit(urgency, clock))
                await asyncio.sleep(GATHER_S / 2)
                place.release()
                assert capacity.free == 1
                assert (await asking is not None) is admitted
                assert waiting.done() is not admitted
                if admitted:
                    (await asking).release()
                await waiting

    run_rehearsal(work())


def test_a_place_that_is_there_is_had_at_once_by_who_waits():
    """And so is one that comes because there is more room."""

    async def work():
        room = [1]
        capacity = Capacity(lambda: room[0])
        await capacity.wait(OTHER)
        waiting = asyncio.get_running_loop().create_task(capacity.wait(OTHER))
        await asyncio.sleep(1)
        assert not waiting.done()
        room[0] = 2
        capacity.changed()
        await waiting
        room[0] = 0
        assert capacity.free == 0

    run_rehearsal(work())


@pytest.mark.parametrize("at", [0.05, GATHER_S])
def test_who_does_not_want_it_any_more_takes_no_place(at):
    """Neither while others are awaited, nor at the very moment when it is given."""

    async def work():
        capacity, clock = Capacity(lambda: 1), RehearsalClock()
        loop = asyncio.get_running_loop()
        first, second, waits = (
            loop.create_task(asked)
            for asked in (capacity.admit(DANGER, clock), capacity.admit(OTHER, clock), capacity.wait(OTHER))
        )
        await asyncio.sleep(0)
        loop.call_at(at, first.cancel)
        if at == GATHER_S:
            waits.cancel()
        done, _ = await asyncio.wait({first, second}, timeout=5)
        assert done == {first, second}
        assert first.cancelled()
        assert second.result() is not None
        assert capacity.taken == 1
        second.result().release()
        await asyncio.wait({waits})
        assert capacity.taken == (0 if waits.cancelled() else 1)

    run_rehearsal(work())


CALLS = st.lists(
    st.tuples(
        st.sampled_from(["admit", "wait"]),
        st.sampled_from(list(Urgency)),
        st.integers(0, 60),
        st.integers(0, 40),
        st.none() | st.integers(0, 25),
    ),
    max_size=16,
)
"""How each call asks, how urgently, when it comes, how long it holds its place, and when it gives up (in 10 ms)."""


@given(CALLS, st.lists(st.integers(0, 5), min_size=1, max_size=4), st.integers(0, 2))
@settings(max_examples=300, deadline=None)
def test_no_place_is_lost_or_given_twice(calls, limits, reserved):
    """Whoever comes, gives up and leaves when: never more calls than places, and all places there in the end."""

    async def work():
        clock, inside, held = RehearsalClock(), [limits[0]], []
        capacity = Capacity(lambda: inside[0], reserved=reserved)

        async def call(kind, urgency, comes, holds):
            await clock.sleep_until(comes / 100)
            place = await (capacity.admit(urgency, clock) if kind == "admit" else capacity.wait(urgency))
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
        for kind, urgency, comes, holds, gives_up in calls:
            task = loop.create_task(call(kind, urgency, comes, holds))
            tasks.append(task)
            if gives_up is not None:
                loop.call_at((comes + gives_up) / 100, task.cancel)
        for at, limit in enumerate(limits):
            await clock.sleep_until(at * 0.17)
            inside[0] = limit
            capacity.changed()
        await clock.sleep_until(20)
        never = [task for task in tasks if not task.done()]
        if limits[-1] > 0:
            assert not never, "a place is free and somebody waits for it"
        for task in never:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
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
