"""Working off the outbox: one job at a time, alerts first, each tried until the receiver has it.

A runner takes a job in hand for a while, sends it, and notes what came of it. If it dies between,
the lease runs out and another runner sends the job again, under the same key: at least once, never
lost. Nothing is ever given up; what was tried often is shown as stuck.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec
import structlog

from npcl_voice.config import Outbox
from npcl_voice.errors import UnavailableError
from npcl_voice.store import outbox
from npcl_voice.store.engine import Database
from npcl_voice.store.outbox import Cursor, Job, Owed
from npcl_voice.store.receiver import Answer, LogLines, Receiver

__all__ = ["Delivery", "Drained", "delivering", "opened_receiver", "wait_s"]

LEASE_MARGIN_S = 30.0
"""A runner counts as dead so long after the end of what one request may take."""

SILENT = 5
"""Requests in a row without any answer, after which the receiver counts as away."""

POLL_S = 1.0
"""How often the outbox is looked into while nothing is owed."""

SHORTEST_WAIT_S = 0.1
"""A job that failed lets others go first."""

HIGHEST_POWER = 32
"""Beyond it the wait has long reached its limit, and the figure would only grow."""


class Drained(msgspec.Struct, frozen=True):
    """What one pass did."""

    delivered: int
    failed: int
    silent: bool
    """The pass was broken off because the receiver is away."""
    last_error: str | None
    """Why the last job that failed did."""

    def and_then(self, later: "Drained") -> "Drained":
        """This pass and a later one together."""
        return Drained(
            self.delivered + later.delivered,
            self.failed + later.failed,
            silent=later.silent,
            last_error=later.last_error or self.last_error,
        )


def wait_s(attempts: int, base_s: float, limit_s: float, chance: float) -> float:
    """Seconds until a job that was tried so often is tried again: exponential backoff with full jitter.

    `chance` lies between 0 and 1. See "Exponential Backoff And Jitter" in the AWS architecture blog.
    """
    longest = min(limit_s, base_s * 2.0 ** min(attempts - 1, HIGHEST_POWER))
    return max(SHORTEST_WAIT_S, chance * longest)


class Delivery:
    """One runner."""

    def __init__(
        self,
        database: Database,
        receiver: Receiver,
        settings: Outbox,
        *,
        wall: Callable[[], datetime],
        chance: Callable[[], float],
        log: Any = None,
    ) -> None:
        """`wall` tells the time, with a zone; `chance` gives a number from 0 to 1; `log` is a structlog logger."""
        self._database = database
        self._receiver = receiver
        self._settings = settings
        self._wall = wall
        self._chance = chance
        self._log = log or structlog.get_logger()
        self._name = secrets.token_hex(8)

    async def owed(self) -> Owed:
        """How much is owed. Raises UnavailableError when the database does not answer."""
        async with self._database.read() as connection:
            return await outbox.owed(connection, now=self._wall(), stuck_after=self._settings.outbox_stuck_after)

    async def drain(self, *, due_only: bool = False, stop: asyncio.Event | None = None) -> Drained:
        """Try all that is owed once, or with `due_only` whatever is due, until nothing is left to try.

        It ends early when `stop` is set, and when the receiver is away. Raises UnavailableError when
        the database does not answer; a job that was sent by then is sent again when its lease is over.
        """
        cursor = Cursor()
        delivered = failed = silent = 0
        last_error = None
        while silent < SILENT and not (stop and stop.is_set()):
            job = await self._take(due_only, cursor)
            if job is None:
                break
            if not due_only:
                cursor = cursor.behind(job)
            answer = await self._receiver.deliver(job, self._wall())
            await self._note(job, answer)
            if answer.error is None:
                delivered += 1
            else:
                failed += 1
                last_error = answer.error
            silent = 0 if answer.heard else silent + 1
        return Drained(delivered, failed, silent=silent >= SILENT, last_error=last_error)

    async def follow(self, stop: asyncio.Event) -> Drained:
        """Deliver what becomes due until `stop` is set; what all passes did. A job in hand is finished first."""
        troubles = 0
        done = Drained(0, 0, silent=False, last_error=None)
        while not stop.is_set():
            try:
                drained = await self.drain(due_only=True, stop=stop)
                troubles = troubles + 1 if drained.silent else 0
                done = done.and_then(drained)
            except UnavailableError as error:
                self._log.warning("the outbox cannot be read", error=str(error))
                troubles += 1
            pause = POLL_S
            if troubles:
                longest = self._settings.outbox_alert_retry_max_s  # an alert may come while we wait
                pause = max(POLL_S, wait_s(troubles, POLL_S, longest, self._chance()))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
        return done

    async def _take(self, due_only: bool, cursor: Cursor) -> Job | None:
        now = self._wall()
        async with self._database.read() as connection:  # looking keeps no writer waiting
            if await outbox.peek(connection, now=now, due_only=due_only, cursor=cursor) is None:
                return None
        until = now + timedelta(seconds=self._settings.webhook_timeout_s + LEASE_MARGIN_S)
        async with self._database.write() as connection:
            return await outbox.claim(
                connection, now=now, until=until, runner=self._name, due_only=due_only, cursor=cursor
            )

    async def _note(self, job: Job, answer: Answer) -> None:
        now = self._wall()
        if answer.error is None:
            async with self._database.write() as connection:
                await outbox.mark_delivered(connection, job, at=now)
            return
        settings = self._settings
        limit = settings.outbox_alert_retry_max_s if job.urgent else settings.outbox_retry_max_s
        wait = wait_s(job.attempts, settings.outbox_retry_s, limit, self._chance())
        again_at = now + timedelta(seconds=max(wait, min(answer.retry_after_s, limit)))
        async with self._database.write() as connection:
            await outbox.mark_failed(connection, job, error=answer.error, again_at=again_at)
        self._log.warning(
            "not delivered", job_key=job.job_key, type=job.kind, attempts=job.attempts, error=answer.error
        )


@asynccontextmanager
async def opened_receiver(settings: Outbox, log: Any) -> AsyncIterator[Receiver]:
    """The receiver that the settings name; without one, lines of the log."""
    if not settings.webhook_url:
        yield LogLines(log)
        return
    from npcl_voice.store.webhook import Webhook  # its HTTP client is slow to load, and few commands send anything

    async with Webhook(settings.webhook_url, settings.webhook_secret, timeout_s=settings.webhook_timeout_s) as webhook:
        yield webhook


@asynccontextmanager
async def delivering(database: Database, settings: Outbox, wall: Callable[[], datetime]) -> AsyncIterator[None]:
    """While inside, what is owed is delivered in the background, if there is a webhook."""
    if not settings.webhook_url:
        yield
        return
    log, stop = structlog.get_logger(), asyncio.Event()

    async def run(delivery: Delivery) -> None:
        while not stop.is_set():
            try:
                await delivery.follow(stop)
            except Exception:  # a bug in here must not end the calls that run beside it
                log.exception("the outbox stopped")
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), settings.outbox_retry_max_s)

    async with opened_receiver(settings, log) as receiver:
        delivery = Delivery(database, receiver, settings, wall=wall, chance=Random().random)  # noqa: S311 - no secret
        # No task group: it would wrap what goes wrong beside it. The failures of this task stay in `run`.
        task = asyncio.get_running_loop().create_task(run(delivery), name="outbox")
        try:
            yield
        finally:
            stop.set()
            await task
