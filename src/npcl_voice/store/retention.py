"""How long things are kept, and the job that lets them go.

Never touched, however old: an open complaint, a callback that is owed, a job of the outbox that was
not delivered and what it is about, and the audit. What is taken away is taken in small transactions,
so that no caller waits for it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import ColumnElement, String, cast, func, literal, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.config import Retention
from npcl_voice.domain.callbacks import OWED_OUTCOMES
from npcl_voice.domain.complaints import OPEN_STATUSES
from npcl_voice.errors import UnavailableError
from npcl_voice.store import ledger
from npcl_voice.store.clearing import LOGS, Pile, clear, clearing, remove_files, settle_file
from npcl_voice.store.engine import Database
from npcl_voice.store.tables import (
    audit,
    callbacks,
    calls,
    complaints,
    consumers,
    contacts,
    handovers,
    needs,
    notes,
    outbox,
    premises,
    reports,
    requests,
    transcripts,
    tries,
)

__all__ = ["DAY_S", "apply_retention", "keeping"]

DAY_S = 86_400.0
AT_ONCE = 200
"""Rows of one transaction: it holds up callers for milliseconds."""

CLOSED = complaints.c.status.not_in(sorted(OPEN_STATUSES))
SETTLED = callbacks.c.outcome.not_in(sorted(OWED_OUTCOMES))


async def apply_retention(
    database: Database, limits: Retention, folder: Path, now: datetime, *, preview: bool = False
) -> dict[str, int]:
    """Let go of what has been kept long enough, or see what would go: how many of what.

    `folder` holds the event logs. Raises UnavailableError when the database does not answer or a
    file cannot be deleted; what has gone by then has gone, and the next run goes on.
    """
    counts: Counter[str] = Counter()
    logs = await _old_logs(database, _logs(folder), now - timedelta(days=limits.keep_event_logs_d))
    counts[LOGS] = remove_files(logs, preview=preview)
    if preview:
        async with clearing(database, preview=True) as connection:
            for step in _steps(limits, now):
                gone = {"": 1}
                while any(gone.values()):
                    gone = await step(connection)
                    counts.update(gone)
        return dict(counts)
    for step in _steps(limits, now):
        gone = {"": 1}
        while any(gone.values()):
            async with clearing(database, preview=False) as connection:
                gone = await step(connection)
            counts.update(gone)
    if counts.total():
        async with clearing(database, preview=False) as connection:
            await ledger.take_turn(connection)
            await ledger.append(
                connection, at=now, actor="system", action="retention.applied", subject="retention", detail=dict(counts)
            )
        await settle_file(database)
    return dict(counts)


Step = Callable[[AsyncConnection], Awaitable[dict[str, int]]]


def _steps(limits: Retention, now: datetime) -> Iterator[Step]:
    """What is let go, in an order in which nothing points to what is gone; each step takes `AT_ONCE` rows."""
    spoken = now - timedelta(days=limits.keep_transcripts_d)
    held = now - timedelta(days=limits.keep_calls_d)
    worked = now - timedelta(days=limits.keep_complaints_d)
    call_end = func.coalesce(calls.c.ended_at, calls.c.began_at)

    def of(pile: Pile) -> Step:
        async def step(connection: AsyncConnection) -> dict[str, int]:
            return await clear(connection, [_some(pile)])

        return step

    said = select(transcripts.c.call_id).join(calls).where(call_end < max(spoken, held)).distinct().limit(AT_ONCE)
    yield of(Pile("transcripts", transcripts, transcripts.c.call_id.in_(said)))
    yield of(Pile("handovers", handovers, handovers.c.made_at < spoken))
    yield of(Pile("verifications", tries, tries.c.tried_at < spoken))
    yield of(Pile("needs", needs, needs.c.until < now))
    yield of(Pile("calls", calls, call_end < held))
    subject = literal("callback ") + cast(callbacks.c.callback_id, String)
    done = SETTLED & (callbacks.c.booked_at < held) & ~_is_owed_about(subject)
    yield of(Pile("requests", requests, requests.c.subject.in_(select(subject).where(done))))
    yield of(Pile("callbacks", callbacks, done))
    yield of(Pile("requests", requests, requests.c.made_at < held))
    yield of(Pile("outbox", outbox, outbox.c.done_at < held))
    ended = func.coalesce(complaints.c.closed_at, complaints.c.registered_at) < worked
    old = CLOSED & ended & ~complaints.c.demo & ~_is_owed_about(complaints.c.complaint_number)

    # A house that the company itself has on record stays, whoever lives there; a caller's words do not.
    made_up = premises.c.premises_id.contains("/") & ~premises.c.demo
    pointed = union(*(select(one.c.premises_id) for one in (complaints, consumers, needs)))
    unused = premises.c.premises_id.not_in(pointed)

    async def complaints_whole(connection: AsyncConnection) -> dict[str, int]:
        query = select(complaints.c.complaint_number, complaints.c.premises_id).where(old).limit(AT_ONCE)
        rows = (await connection.execute(query)).all()
        numbers, at_places = [row[0] for row in rows], [row[1] for row in rows]
        entries = select(audit.c.entry).where(audit.c.subject.in_(numbers))
        return await clear(
            connection,
            [
                Pile("notes", notes, notes.c.entry.in_(entries)),
                Pile("reports", reports, reports.c.complaint_number.in_(numbers)),
                Pile("complaints", complaints, complaints.c.complaint_number.in_(numbers)),
                Pile("places", premises, made_up & unused & premises.c.premises_id.in_(at_places)),
            ],
        )

    yield complaints_whole
    points = (complaints, reports, callbacks, handovers)
    linked = union(*(select(one.c.contact_id).where(one.c.contact_id.is_not(None)) for one in points))
    yield of(Pile("contacts", contacts, contacts.c.contact_id.not_in(linked)))


def _some(pile: Pile) -> Pile:
    """Of a pile at most `AT_ONCE` rows."""
    keys = list(pile.table.primary_key)
    if len(keys) > 1:  # its own condition says how much goes at once
        return pile
    some = select(keys[0]).where(pile.where).limit(AT_ONCE)
    return Pile(pile.name, pile.table, keys[0].in_(some), pile.values)


def _is_owed_about(subject: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a job that was not delivered names it."""
    return (
        select(outbox.c.job_id)
        .where(outbox.c.done_at.is_(None), outbox.c.payload.like(literal('%"') + subject + literal('"%')))
        .exists()
    )


def _logs(folder: Path) -> dict[Path, datetime]:
    """The event logs that there are, and when each was written to last."""
    found = {}
    for file in sorted(folder.glob("*.jsonl")):
        with suppress(FileNotFoundError):
            found[file] = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return found


async def _old_logs(database: Database, logs: dict[Path, datetime], before: datetime) -> list[Path]:
    """Those whose call ended before then; where nobody knows the call, the file's own time counts."""
    old = []
    async with database.read() as connection:
        for file, written in logs.items():
            ended = (await connection.execute(select(calls.c.ended_at).where(calls.c.call_id == file.stem))).scalar()
            if (ended or written) < before:
                old.append(file)
    return old


@asynccontextmanager
async def keeping(
    database: Database, limits: Retention, folder: Path, wall: Callable[[], datetime], *, every_s: float = DAY_S
) -> AsyncIterator[None]:
    """While inside, what has been kept long enough is let go: at once, and then every so many seconds."""
    log, stop = structlog.get_logger(), asyncio.Event()

    async def run() -> None:
        while not stop.is_set():
            try:
                counts = await apply_retention(database, limits, folder, wall())
                if any(counts.values()):
                    log.info("kept long enough", **{name: count for name, count in counts.items() if count})
            except UnavailableError as error:
                log.warning("what was kept long enough is still there", error=str(error))
            except Exception:  # a bug in here must not end the calls that run beside it
                log.exception("retention stopped")
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every_s)

    task = asyncio.get_running_loop().create_task(run(), name="retention")
    try:
        yield
    finally:
        stop.set()
        await task
