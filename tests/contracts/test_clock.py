"""What every Clock does: the real one and the rehearsal's."""

import asyncio

import pytest

from npcl_voice.call import RealClock
from npcl_voice.rehearsal.clock import RehearsalClock, run_rehearsal


@pytest.fixture(params=["real", "rehearsal"])
def on(request):
    """Runs a coroutine function that takes a clock, on that clock's loop."""
    if request.param == "real":
        return lambda call: asyncio.run(call(RealClock()))

    async def made(call):
        return await call(RehearsalClock())

    return lambda call: run_rehearsal(made(call))


def test_a_deadline_is_reached(on):
    """Nobody is woken before the time."""

    async def call(clock) -> None:
        deadline = clock.now() + 0.01
        await clock.sleep_until(deadline)
        assert clock.now() >= deadline

    on(call)


def test_the_past(on):
    """A deadline that has passed is no wait."""

    async def call(clock) -> None:
        now = clock.now()
        await clock.sleep_until(now)
        await clock.sleep_until(now - 100)
        assert clock.now() - now < 50

    on(call)


def test_time_never_goes_back(on):
    """Whatever is done, the time is the same or later."""

    async def call(clock) -> None:
        seen = [clock.now()]
        for wait in (0.003, 0.001, 0.0, 0.002):
            await clock.sleep_until(clock.now() + wait)
            seen.append(clock.now())
        assert seen == sorted(seen)

    on(call)


def test_sleepers_in_order(on):
    """Whoever wants to be woken first is woken first."""
    woken = []

    async def call(clock) -> None:
        start = clock.now()

        async def sleeper(wait: float) -> None:
            await clock.sleep_until(start + wait)
            woken.append(wait)

        async with asyncio.TaskGroup() as tasks:
            for wait in (0.03, 0.01, 0.02):
                tasks.create_task(sleeper(wait))

    on(call)
    assert woken == [0.01, 0.02, 0.03]


def test_a_sleeper_can_be_woken_for_good(on):
    """A cancelled sleep ends at once and leaves nothing behind."""

    async def call(clock) -> None:
        sleep = asyncio.get_running_loop().create_task(clock.sleep_until(clock.now() + 1_000))
        await asyncio.sleep(0)
        sleep.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleep

    on(call)


def test_work(on):
    """Work can be nested, and a failure in it ends it."""

    async def call(clock) -> None:
        with clock.work(), clock.work():
            await asyncio.sleep(0)
        with pytest.raises(LookupError), clock.work():
            raise LookupError
        await clock.sleep_until(clock.now() + 0.001)

    on(call)
