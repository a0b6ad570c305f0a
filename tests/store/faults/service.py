"""Processes of the service in a rehearsal: they share a database and nothing else, and may die at any statement."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from npcl_voice.config import Outbox
from npcl_voice.errors import UnavailableError
from npcl_voice.rehearsal.clock import RehearsalClock
from npcl_voice.store.delivery import Delivery
from npcl_voice.store.desk import SqlDesk
from npcl_voice.store.engine import Database
from npcl_voice.store.failpoints import install
from npcl_voice.store.keys import Keys
from npcl_voice.store.outbox import Job
from npcl_voice.store.receiver import Answer as Receipt
from npcl_voice.store.records import OPERATOR, Records
from tests.fakes import MORNING
from tests.store.faults.judge import Judge
from tests.store.faults.schedule import Asking, Fault, Schedule, Strand
from tests.store.faults.wishes import BY_OPERATORS, Answer, Wish, perform

__all__ = ["SECRET", "Killed", "Rehearsal"]

SECRET = "a secret of sixteen letters"
DEMO = "000054323"
DELIVERED = 4
"""In one schedule of so many the outbox is worked off: it takes as long as all the rest."""
RUNNERS = 3
"""Runners of the outbox that may die, before one that does not."""


class Killed(BaseException):
    """The process is dead: nothing of it runs any more, and nothing of it is remembered."""


class Process:
    """One process of the service, until it dies."""

    def __init__(self, url: str, wall: Callable[[], datetime], desk: type[SqlDesk]) -> None:
        self.dead = False
        self.database = Database(url, wait_s=30)
        self.keys = Keys(SECRET)
        self.desk = desk(self.database, wall, keys=self.keys)
        self.records = Records(self.database, self.desk, wall)


class _Try:
    """One asking while it runs."""

    def __init__(self, process: Process, fault: Fault | None) -> None:
        self.process = process
        self.fault = fault
        self.points = 0
        self.writes = False


_TRY: ContextVar[_Try] = ContextVar("try")


class Rehearsal:
    """A schedule, rehearsed on the rehearsal's clock before a judge."""

    def __init__(self, file: Path, schedule: Schedule, desk: type[SqlDesk] = SqlDesk) -> None:
        self._url = f"sqlite+aiosqlite:///{file}"
        self._schedule = schedule
        self._desk = desk
        self._rng = Random(schedule.seed + 1)
        self._processes: dict[int, Process] = {}
        self._all: list[Process] = []
        self._file_lock = asyncio.Lock()  # SQLite lets one process write; here we see in which order
        self._clock = RehearsalClock()
        self._calls = 0
        self.judge = Judge(file, Keys(SECRET), self.wall)
        self.seen: Counter[str] = Counter()

    def wall(self) -> datetime:
        """The time on the wall, by the rehearsal's clock."""
        return MORNING + timedelta(seconds=self._clock.now())

    async def run(self) -> list[str]:
        """Rehearse it; what the judge has found."""
        install(self._reach)
        try:
            for hours, strands in self._schedule.groups:
                await self._clock.sleep_until(self._clock.now() + hours * 3600)
                with self._clock.work():
                    self.seen["at once"] += len(strands) > 1
                    await asyncio.gather(*map(self._follow, strands))
            if self._schedule.seed % DELIVERED == 0:
                await self._deliver()
            return self.judge.closes_the_book()
        finally:
            install(None)
            self.judge.close()
            with self._clock.work():
                for process in self._all:
                    await process.database.close()

    async def _follow(self, strand: Strand) -> None:
        call_id = ""
        for asking in strand.askings:
            if asking.how == "call" or not call_id:
                self._calls += 1
                call_id = OPERATOR if strand.wish.what in BY_OPERATORS else f"call-{self._calls}"
            self.seen[asking.how] += 1
            await self._ask(strand.wish, asking, call_id)
            for _ in range(self._rng.randrange(4)):
                await asyncio.sleep(0)

    async def _ask(self, wish: Wish, asking: Asking, call_id: str) -> None:
        known = self.judge.last_heard.get(wish.number, DEMO)
        self.judge.asks(wish, call_id, known)
        self.seen[wish.what] += 1
        async with self._inside(asking.process, asking.fault) as process:
            if process is None:
                return
            try:
                answer = await perform(process.desk, process.records, process.keys, wish, call_id, known)
            except UnavailableError:
                answer = Answer("unavailable")
            if process.dead:
                raise Killed  # it spoke, and nobody was there any more
            if answer.said == "unavailable" and (asking.fault is None or asking.fault.kind != "lost"):
                self.judge.finds("unavailable", f"{wish} on {call_id}, and nothing was wrong with the database")
            self.seen[answer.said] += 1
            self.judge.hears(wish, call_id, known, answer)

    @asynccontextmanager
    async def _inside(self, which: int, fault: Fault | None) -> AsyncIterator[Process | None]:
        """A process, started if there is none; whatever it was doing ends with it when it dies."""
        process = self._processes.get(which)
        if process is None or process.dead:
            process = self._processes[which] = Process(self._url, self.wall, self._desk)
            self._all.append(process)
        attempt = _Try(process, fault)
        _TRY.set(attempt)
        try:
            yield process
        except Killed:
            self.seen["killed"] += 1
        except Exception as error:  # noqa: BLE001 - a bug of any sort is a finding
            self.judge.finds("crash", f"{type(error).__name__}: {error}".partition("\n")[0])
        finally:
            self._let_go(attempt)

    async def _reach(self, point: str) -> None:
        attempt = _TRY.get()
        if attempt.process.dead:
            raise Killed
        if point == "begin: before":
            await self._file_lock.acquire()
            attempt.writes = True
            if attempt.process.dead:
                raise Killed
        if point == "commit: after":
            self._let_go(attempt)
        attempt.points += 1
        fault = attempt.fault
        if fault is not None and fault.at == attempt.points - 1:
            self.seen[f"{fault.kind} at {point}"] += 1
            if fault.kind == "kill":
                attempt.process.dead = True
                raise Killed
            raise UnavailableError("the database does not answer")
        for _ in range(self._rng.randrange(3)):
            await asyncio.sleep(0)

    def _let_go(self, attempt: _Try) -> None:
        if attempt.writes:
            attempt.writes = False
            self._file_lock.release()

    async def _deliver(self) -> None:
        """Work off the outbox, by runners that die, too."""
        for _ in range(RUNNERS):
            await self._clock.sleep_until(self._clock.now() + 60)
            with self._clock.work():
                await self._drain(self._rng.choice((None, Fault("kill", self._rng.randrange(20)))))
        await self._clock.sleep_until(self._clock.now() + 60)
        with self._clock.work():
            await self._drain(None)

    async def _drain(self, fault: Fault | None) -> None:
        async with self._inside(0, fault) as process:
            if process is None:
                return
            receiver = _Receiver(self.judge, self._rng)
            delivery = Delivery(
                process.database, receiver, Outbox(), wall=self.wall, chance=self._rng.random, log=_Silence()
            )
            await delivery.drain(due_only=fault is not None)


class _Receiver:
    def __init__(self, judge: Judge, rng: Random) -> None:
        self._judge = judge
        self._rng = rng

    async def deliver(self, job: Job, at: datetime) -> Receipt:
        """Take it, or be away for a moment; what is noted is the judge's."""
        self._judge.receives(job, at)
        return Receipt()


class _Silence:
    def warning(self, *_: object, **__: object) -> None:
        """Nobody reads it."""
