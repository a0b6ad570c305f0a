"""A clock that runs fast: time moves only when nobody works.

On `RehearsalLoop` all timers of asyncio share one virtual time. As long as a callback is ready, a
worker thread computes, or somebody stands inside `clock.work()`, that time stands still; when
nobody has anything to do, it jumps to the next timer. A two-minute call so takes what its
recognition costs, and comes out the same each time:

- callbacks run in the order in which they became ready, as on any loop;
- what comes from other threads is let in only when the loop is otherwise idle: jobs of
  `run_in_executor` and `to_thread` in the order they were submitted, however long each took,
  and then what else arrived through `call_soon_threadsafe` (a database driver's own thread);
- tasks and futures hash by their serial number, so that sets of them (a task group cancelling
  its children) are walked in the same order each time.

Where several threads of drivers are busy at one instant, theirs is the order of arrival. While a
foreign file descriptor (socket, pipe) is open, time passes really, since nobody can know whether
it will have something to say: no hang, no timeout before its time, but no promise of sameness.
"""

import asyncio
import heapq
import math
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import Context
from types import TracebackType
from typing import Any, TypeVar, TypeVarTuple

from npcl_voice.errors import LocalProtocolError

__all__ = ["RehearsalClock", "RehearsalLoop", "StandstillError", "run_rehearsal"]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_PATIENCE_S = 120.0
"""Real seconds that work may take before it counts as stuck: a model loads in one, a sentence decodes in two."""
_GRACE_S = 0.25
"""Real seconds that a thread nobody announced is waited for before a standstill is declared."""
_ROUNDINGS = 4
"""asyncio hands its selector a difference of times; within so many roundings the timer it meant is found again."""


class StandstillError(LocalProtocolError):
    """The rehearsal can never go on: everybody waits for somebody else."""


class RehearsalLoop(asyncio.SelectorEventLoop):
    """An event loop whose time moves only when nobody works."""

    def __init__(self, *, patience_s: float = _PATIENCE_S, grace_s: float = _GRACE_S) -> None:
        """A loop at time zero.

        `patience_s`: real seconds that work may go on without any sign before StandstillError;
        `grace_s`: the same for the moment when nobody is known to work.
        """
        self._now_s = 0.0
        self._patience_s = patience_s
        self._grace_s = grace_s
        self._home_thread = threading.get_ident()
        self._timers: list[float] = []
        self._serial = 0
        self._workers: Executor | None = None
        self._jobs: deque[tuple[Future[Any], asyncio.Future[Any]]] = deque()
        self._arrived: deque[tuple[asyncio.Handle, Callable[..., object], tuple[Any, ...], Context | None]] = deque()
        self._work = _Work()
        self._waits = _Selector(self._idle)
        super().__init__(self._waits)
        self._own_files = len(self._waits.get_map())
        self.set_task_factory(_new_task)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now_s

    def work(self) -> AbstractContextManager[None]:
        """While inside, time stands still; may be nested and held by many at once."""
        return self._work

    def run_forever(self) -> None:
        """Run until stopped. Raises StandstillError when nothing can ever happen again."""
        self._home_thread = threading.get_ident()
        super().run_forever()

    def next_serial(self) -> int:
        """A number for a new task or future."""
        self._serial += 1
        return self._serial

    def create_task(self, coro: Any, *, name: object = None, **options: Any) -> asyncio.Task[Any]:
        """A task that hashes by its serial number and, unless named, is named by it."""
        return super().create_task(coro, name=name or f"task {self._serial + 1}", **options)

    def create_future(self) -> asyncio.Future[Any]:
        """A future that hashes by its serial number."""
        return _SerialFuture(loop=self)

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call back at virtual time `when`."""
        heapq.heappush(self._timers, when)
        return super().call_at(when, callback, *args, context=context)

    def call_soon_threadsafe(
        self,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.Handle:
        """Call back soon; from another thread, when the loop has nothing else to do."""
        if threading.get_ident() == self._home_thread:
            return super().call_soon_threadsafe(callback, *args, context=context)
        if self.is_closed():
            msg = "Event loop is closed"
            raise RuntimeError(msg)
        handle = asyncio.Handle(callback, args, self, context)

        self._arrived.append((handle, callback, args, context))
        self._waits.wake()
        return handle

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """Have a worker thread call `func`; time stands still until it has answered."""
        if executor is None:
            if self._workers is None:
                self._workers = ThreadPoolExecutor(thread_name_prefix="rehearsal")
            executor = self._workers
        job = executor.submit(func, *args)
        answer: asyncio.Future[T] = self.create_future()
        self._jobs.append((job, answer))
        answer.add_done_callback(lambda done: job.cancel() if done.cancelled() else None)
        job.add_done_callback(lambda _done: self._waits.wake())
        return answer

    def set_default_executor(self, executor: Executor) -> None:
        """Use `executor` for jobs that name none."""
        self._workers = executor

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Take no more jobs; a thread that still computes for nobody is not waited for."""
        workers, self._workers = self._workers, None
        if workers is not None:
            workers.shutdown(wait=False, cancel_futures=True)

    def _idle(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        """Nothing is ready: let in what other threads bring, wait for those that work, or let time pass."""
        while True:
            while self._jobs and self._jobs[0][1].done():
                self._jobs.popleft()
            if self._jobs:
                if self._jobs[0][0].done():
                    self.call_soon(_hand_over, *self._jobs.popleft())
                    return []
            elif self._arrived:
                handle, callback, args, context = self._arrived.popleft()
                self.call_soon(_unless_cancelled, handle, callback, args, context=context)
                return []
            working = self._jobs or self._work.holders
            if working or timeout is None:
                foreign = len(self._waits.get_map()) > self._own_files
                limit = self._patience_s if working else None if foreign else self._grace_s
                woken, events = self._waits.wait(limit)
                if events:
                    return events
                if not woken:
                    raise StandstillError(self._standstill(bool(working)))
            elif len(self._waits.get_map()) > self._own_files:
                began = time.monotonic()
                woken, events = self._waits.wait(timeout)
                if woken or events:
                    self._now_s += min(timeout, time.monotonic() - began)
                    return events
                self._move_to(self._now_s + timeout)
                return []
            else:
                self._move_to(self._now_s + timeout)
                return []

    def _move_to(self, target: float) -> None:
        """Jump, to the very number that the timer was set to when there is one."""
        rounding = _ROUNDINGS * math.ulp(target)
        while self._timers and self._timers[0] < target - rounding:
            heapq.heappop(self._timers)
        if self._timers and self._timers[0] <= target + rounding:
            target = heapq.heappop(self._timers)
        self._now_s = max(self._now_s, target)

    def _standstill(self, working: bool) -> str:
        """Who waits where, in words."""
        why = (
            f"work has been under way for {self._patience_s:g} s and nothing has come of it"
            if working
            else "nothing is ready, no timer is set and nobody works"
        )
        lines = [f"the rehearsal stands still at {self._now_s:.3f} s: {why}"]
        for task in sorted(asyncio.all_tasks(self), key=hash):
            frames = task.get_stack(limit=1)
            where = f"{frames[0].f_code.co_qualname}, line {frames[0].f_lineno}" if frames else "its start"
            lines.append(f"  {task.get_name()} waits in {where}")
        return "\n".join(lines)


class RehearsalClock:
    """The Clock port on a rehearsal's loop."""

    def __init__(self) -> None:
        """The clock of the running loop. Raises LocalProtocolError outside `run_rehearsal`."""
        loop = asyncio.get_running_loop()
        if not isinstance(loop, RehearsalLoop):
            msg = "a rehearsal clock runs on a rehearsal's loop only: use run_rehearsal"
            raise LocalProtocolError(msg)
        self._loop = loop

    def now(self) -> float:
        """Virtual seconds since the rehearsal began."""
        return self._loop.time()

    async def sleep_until(self, deadline: float) -> None:
        """Return when `now()` has reached `deadline`, at once if it has."""
        while self._loop.time() < deadline:  # asyncio fires timers up to a tick of its clock early
            waiter = self._loop.create_future()
            timer = self._loop.call_at(deadline, _finish, waiter)
            try:
                await waiter
            finally:
                timer.cancel()

    def work(self) -> AbstractContextManager[None]:
        """While inside, time stands still."""
        return self._loop.work()


def run_rehearsal(
    coroutine: Coroutine[Any, Any, T], *, patience_s: float = _PATIENCE_S, grace_s: float = _GRACE_S
) -> T:
    """Run `coroutine` on a fresh rehearsal loop and return what it returns.

    Raises StandstillError when everybody waits for somebody else.
    """
    with asyncio.Runner(loop_factory=lambda: RehearsalLoop(patience_s=patience_s, grace_s=grace_s)) as runner:
        return runner.run(coroutine)


class _Work(AbstractContextManager[None]):
    """Counts those who work; one object serves them all."""

    def __init__(self) -> None:
        self.holders = 0

    def __enter__(self) -> None:
        self.holders += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.holders -= 1


class _Selector(selectors.BaseSelector):
    """The platform's selector, which asks the loop before it would block; any thread can wake it."""

    def __init__(self, idle: Callable[[float | None], list[tuple[selectors.SelectorKey, int]]]) -> None:
        self._idle = idle
        self._inner = selectors.DefaultSelector()
        self._bell, self._bell_rope = socket.socketpair()
        self._bell.setblocking(False)
        self._bell_rope.setblocking(False)
        self._inner.register(self._bell, selectors.EVENT_READ)

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._inner.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._inner.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._inner.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._inner.get_map()

    def close(self) -> None:
        self._inner.close()
        self._bell.close()
        self._bell_rope.close()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        _woken, events = self.wait(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        return self._idle(timeout)

    def wait(self, timeout: float | None) -> tuple[bool, list[tuple[selectors.SelectorKey, int]]]:
        """Wait really: whether somebody woke us, and what is ready."""
        events = self._inner.select(timeout)
        rest = [(key, mask) for key, mask in events if key.fileobj is not self._bell]
        woken = len(rest) < len(events)
        if woken:
            self._bell.recv(4096)
        return woken, rest

    def wake(self) -> None:
        """End a wait, from any thread."""
        try:
            self._bell_rope.send(b"\0")
        except OSError:
            # Full: it is ringing already. Closed: nobody waits any more.
            return


class _SerialTask(asyncio.Task[Any]):
    """A task that hashes by its serial number, not by its address."""

    def __init__(self, coro: Any, *, loop: RehearsalLoop, **options: Any) -> None:
        self._serial = loop.next_serial()
        super().__init__(coro, loop=loop, **options)

    def __hash__(self) -> int:
        return self._serial


class _SerialFuture(asyncio.Future[Any]):
    """A future that hashes by its serial number, not by its address."""

    def __init__(self, *, loop: RehearsalLoop) -> None:
        self._serial = loop.next_serial()
        super().__init__(loop=loop)

    def __hash__(self) -> int:
        return self._serial


def _new_task(loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Task[Any]:
    """The loop's task factory."""
    return _SerialTask(coro, loop=loop, **options)  # type: ignore[arg-type] # set on a RehearsalLoop only


def _unless_cancelled(handle: asyncio.Handle, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
    """Call back, unless it was called off while waiting."""
    if not handle.cancelled():
        callback(*args)


def _hand_over(job: Future[Any], answer: asyncio.Future[Any]) -> None:
    """Give a worker's result to whoever waits for it still."""
    if answer.done():
        return
    if job.cancelled():
        answer.cancel()
    elif (error := job.exception()) is not None:
        answer.set_exception(error)
    else:
        answer.set_result(job.result())


def _finish(waiter: asyncio.Future[None]) -> None:
    """End a sleep, unless its sleeper has gone."""
    if not waiter.done():
        waiter.set_result(None)
