"""The clock that runs fast: what stands still when, and that each run is like the other."""

import asyncio
import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from npcl_voice.errors import LocalProtocolError
from npcl_voice.rehearsal.clock import RehearsalClock, RehearsalLoop, StandstillError, run_rehearsal


def test_time_jumps():
    """A day of sleep takes no time, and ends at the very number that was asked for."""

    async def main() -> list[float]:
        clock = RehearsalClock()
        seen = [clock.now()]
        await asyncio.sleep(86_400.1)
        seen.append(clock.now())
        await clock.sleep_until(100_000.0001)
        seen.append(clock.now())
        await clock.sleep_until(3.0)
        seen.append(clock.now())
        return seen

    began = time.monotonic()
    assert run_rehearsal(main()) == [0.0, 86_400.1, 100_000.0001, 100_000.0001]
    assert time.monotonic() - began < 60


def test_asyncios_own_time():
    """Timeouts and waits of asyncio live in the same time."""

    async def main() -> list[float]:
        clock, seen = RehearsalClock(), []
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 5)
        seen.append(clock.now())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2.5):
                await asyncio.sleep(60)
        seen.append(clock.now())
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            tasks.create_task(asyncio.sleep(3))
            tasks.create_task(asyncio.sleep(4))
        seen.append(clock.now())
        return seen

    assert run_rehearsal(main()) == [5.0, 7.5, 11.5]


def test_close_timers():
    """Two timers within one tick of asyncio's clock: nobody is woken before the time."""

    async def main() -> None:
        clock = RehearsalClock()

        async def sleeper(deadline: float) -> None:
            await clock.sleep_until(deadline)
            assert clock.now() >= deadline

        async with asyncio.TaskGroup() as tasks:
            for step in range(20):
                tasks.create_task(sleeper(1.0 + step * 1e-10))

    run_rehearsal(main())


def test_time_stands_still_for_workers():
    """While a thread computes nothing runs out, not even the shortest timeout."""

    async def main() -> tuple[int, float]:
        async with asyncio.timeout(0.001):
            got = await asyncio.to_thread(lambda: (threading.Event().wait(0.05), 7)[1])
        return got, RehearsalClock().now()

    assert run_rehearsal(main()) == (7, 0.0)


def test_time_stands_still_for_work():
    """While somebody works, a thread that nobody knows of is waited for."""

    async def main() -> float:
        clock = RehearsalClock()
        loop = asyncio.get_running_loop()
        done = loop.create_future()

        def elsewhere() -> None:
            threading.Event().wait(0.05)
            loop.call_soon_threadsafe(done.set_result, None)

        async with asyncio.timeout(0.001):
            with clock.work():
                threading.Thread(target=elsewhere).start()
                await done
        return clock.now()

    assert run_rehearsal(main()) == 0.0


def test_a_database():
    """A driver with a thread of its own answers at the time of the question."""

    async def main() -> tuple[list, float]:
        clock, seen = RehearsalClock(), []

        async def tick() -> None:
            for _ in range(10**6):
                await asyncio.sleep(0.01)

        ticking = asyncio.get_running_loop().create_task(tick())
        with clock.work():
            engine = create_async_engine("sqlite+aiosqlite://")
            async with engine.begin() as connection:
                await connection.execute(text("create table t (n integer)"))
                for number in range(20):
                    await connection.execute(text("insert into t values (:n)"), {"n": number})
                seen.append((await connection.execute(text("select sum(n) from t"))).scalar())
            await engine.dispose()
        ticking.cancel()
        return seen, clock.now()

    assert run_rehearsal(main()) == ([190], 0.0)


def test_jobs_come_back_in_order():
    """However long each took, jobs are handed over in the order in which they were given."""

    async def main(waits: list[float]) -> list[int]:
        order = []

        async def job(number: int, wait: float) -> None:
            await asyncio.to_thread(threading.Event().wait, wait)
            order.append(number)

        async with asyncio.TaskGroup() as tasks:
            for number, wait in enumerate(waits):
                tasks.create_task(job(number, wait))
        return order

    assert run_rehearsal(main([0.06, 0.0, 0.03, 0.01])) == [0, 1, 2, 3]


def test_jobs_fail_and_are_called_off():
    """A worker's error is raised where it is awaited; a job that nobody wants any more is dropped."""

    async def main() -> list[str]:
        seen, loop = [], asyncio.get_running_loop()
        with pytest.raises(ZeroDivisionError):
            await loop.run_in_executor(None, lambda: 1 // 0)
        with ThreadPoolExecutor(1) as pool:
            gate = threading.Event()
            first = loop.run_in_executor(pool, gate.wait, 10)
            unwanted = loop.run_in_executor(pool, seen.append, "ran")
            unwanted.cancel()
            await asyncio.sleep(0)
            gate.set()
            assert await first is True
            assert unwanted.cancelled()
            running = loop.run_in_executor(pool, threading.Event().wait, 0.02)
            await asyncio.sleep(0)
            running.cancel()
            await loop.run_in_executor(pool, seen.append, "last")
            stopped = ThreadPoolExecutor(1)
            busy = loop.run_in_executor(stopped, threading.Event().wait, 0.02)
            dropped = loop.run_in_executor(stopped, seen.append, "never")
            stopped.shutdown(wait=False, cancel_futures=True)
            await busy
            with pytest.raises(asyncio.CancelledError):
                await dropped
        return seen

    assert run_rehearsal(main()) == ["last"]


def test_a_pool_of_ones_own():
    """Jobs without a pool go to the one that was set."""

    async def main() -> str:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1, thread_name_prefix="mine"))
        return await asyncio.to_thread(lambda: threading.current_thread().name)

    assert run_rehearsal(main()).startswith("mine")


def test_calls_from_other_threads_can_be_called_off():
    """A callback that was cancelled before it was let in is not run."""

    async def main() -> list[str]:
        loop, seen = asyncio.get_running_loop(), []
        arrived = loop.create_future()

        def elsewhere() -> None:
            loop.call_soon_threadsafe(seen.append, "unwanted").cancel()
            loop.call_soon_threadsafe(seen.append, "wanted")
            loop.call_soon_threadsafe(arrived.set_result, None)

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        await arrived
        return seen

    assert run_rehearsal(main()) == ["wanted"]


def test_a_loop_that_is_closed():
    """Calls from other threads are refused by then."""
    loop = RehearsalLoop()
    loop.close()
    errors = []

    def elsewhere() -> None:
        try:
            loop.call_soon_threadsafe(print)
        except RuntimeError as error:
            errors.append(str(error))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert errors == ["Event loop is closed"]


def test_everybody_waits():
    """A rehearsal that can never go on says who waits where, instead of hanging."""

    async def reader(queue: asyncio.Queue) -> None:
        await queue.get()

    async def main() -> None:
        async with asyncio.TaskGroup() as tasks:
            await asyncio.sleep(2)
            tasks.create_task(reader(asyncio.Queue()), name="reader of nothing")

    with pytest.raises(StandstillError) as stood:
        run_rehearsal(main(), grace_s=0.01)
    lines = str(stood.value).splitlines()
    assert lines[0] == "the rehearsal stands still at 2.000 s: nothing is ready, no timer is set and nobody works"
    assert "reader of nothing waits in" in lines[2]
    assert "main" in lines[1]
    assert issubclass(StandstillError, LocalProtocolError)


def test_work_that_comes_to_nothing():
    """Work that nobody does is found out as well, after a patience."""

    async def main() -> None:
        with RehearsalClock().work():
            await asyncio.sleep(1)

    with pytest.raises(StandstillError, match=r"stands still at 0\.000 s: work has been under way for 0\.02 s"):
        run_rehearsal(main(), patience_s=0.02)


def test_a_thread_that_nobody_announced():
    """When all else is quiet, such a thread still gets a moment."""

    async def main() -> str:
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        threading.Timer(0.02, loop.call_soon_threadsafe, (answer.set_result, "here")).start()
        return await answer

    assert run_rehearsal(main(), grace_s=5) == "here"


def test_open_sockets():
    """While a socket is open, time passes really: no timeout before its time, and no hang."""

    async def main() -> tuple[bytes, float, float]:
        clock = RehearsalClock()
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        threading.Timer(0.05, theirs.send, (b"hello\n",)).start()
        line = await asyncio.wait_for(reader.readline(), 30)
        heard_at = clock.now()
        await asyncio.sleep(0.01)
        with theirs:
            threading.Timer(0.02, theirs.send, (b"late\n",)).start()
            await reader.readline()
            writer.close()
            await writer.wait_closed()
        slept_from = clock.now()
        await asyncio.sleep(1_000)
        return line, heard_at, clock.now() - slept_from

    line, heard_at, slept = run_rehearsal(main(), grace_s=0.001)
    assert line == b"hello\n"
    assert 0.0 < heard_at < 30
    assert slept == pytest.approx(1_000)


def test_a_rehearsals_clock_elsewhere():
    """On another loop there is no such clock."""

    async def main() -> None:
        RehearsalClock()

    with pytest.raises(LocalProtocolError, match="use run_rehearsal"):
        asyncio.run(main())


def test_names_of_tasks():
    """Tasks are named by their order, the same in each run."""

    async def main() -> list[str]:
        async def child() -> None:
            await asyncio.sleep(1)

        names = [asyncio.current_task().get_name()]
        async with asyncio.TaskGroup() as tasks:
            names += [tasks.create_task(child()).get_name(), tasks.create_task(child(), name="mine").get_name()]
        return names

    assert run_rehearsal(main()) == run_rehearsal(main())
    assert run_rehearsal(main())[2] == "mine"


def test_a_group_cancels_in_order():
    """A task group that fails cancels its children in the same order each time."""

    async def main() -> list[int]:
        ended = []

        async def child(number: int) -> None:
            try:
                await asyncio.sleep(100)
            finally:
                ended.append(number)

        async def failing() -> None:
            await asyncio.sleep(1)
            raise LookupError

        async def group() -> None:
            async with asyncio.TaskGroup() as tasks:
                for number in range(40):
                    tasks.create_task(child(number))
                tasks.create_task(failing())

        with pytest.raises(ExceptionGroup):
            await group()
        return ended

    orders = [run_rehearsal(main()) for _ in range(5)]
    assert all(order == orders[0] for order in orders)
    assert sorted(orders[0]) == list(range(40))


class Program:
    """A random program of tasks, and the trace that it leaves."""

    def __init__(self, seed: int, depth: int) -> None:
        self.random = random.Random(seed)
        self.depth = depth
        self.trace: list[tuple] = []
        self.names = 0

    def say(self, *what: object) -> None:
        self.trace.append((round(self.clock.now(), 9), *what))

    async def main(self) -> list[tuple]:
        self.clock = RehearsalClock()
        self.queue: asyncio.Queue[int] = asyncio.Queue(2)
        self.lock = asyncio.Lock()
        async with asyncio.TaskGroup() as tasks:
            for _ in range(4):
                tasks.create_task(self.task(self.depth))
        return self.trace

    async def task(self, depth: int) -> None:
        self.names += 1
        name, chance = self.names, random.Random(self.random.random())
        for step in range(chance.randint(1, 5)):
            kind = chance.choice(["sleep", "job", "lock", "put", "get", "thread", "timeout", "group"])
            self.say(name, step, kind)
            await self.step(kind, chance, depth)
            self.say(name, step, "done")

    async def step(self, kind: str, chance: random.Random, depth: int) -> None:
        wait = chance.choice([0, 0.001, 0.02, 0.02, 1.5])
        if kind == "sleep":
            await asyncio.sleep(wait)
        elif kind == "job":
            await asyncio.to_thread(threading.Event().wait, chance.choice([0, 0.0005]))
        elif kind == "lock":
            async with self.lock:
                await asyncio.sleep(wait)
        elif kind == "put" and not self.queue.full():
            self.queue.put_nowait(1)
        elif kind == "get":
            try:
                await asyncio.wait_for(self.queue.get(), wait)
            except TimeoutError:
                self.say("waited in vain")
        elif kind == "thread":
            await self.driver()
        elif kind == "timeout":
            try:
                async with asyncio.timeout(wait):
                    await asyncio.sleep(chance.choice([0, 0.02, 3]))
            except TimeoutError:
                self.say("timed out")
        elif kind == "group" and depth:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(chance.randint(1, 3)):
                    tasks.create_task(self.task(depth - 1))

    async def driver(self) -> None:
        """A database driver of one thread: one at a time, inside `work`."""
        loop = asyncio.get_running_loop()
        async with self.lock:
            with self.clock.work():
                answer = loop.create_future()
                thread = threading.Thread(target=loop.call_soon_threadsafe, args=(answer.set_result, None))
                thread.start()
                await answer
                thread.join()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1), st.integers(0, 3))
def test_each_run_is_like_the_other(seed, depth):
    """Ten runs of the same random program leave the same trace, step by step."""
    first = run_rehearsal(Program(seed, depth).main())
    for _ in range(9):
        assert run_rehearsal(Program(seed, depth).main()) == first
