"""What is owed to others: jobs written in the transaction of what they tell of.

A job is delivered at least once; its key lets the receiver drop what it has seen. Key and payload
leave the house, so they name records and hold no personal data. An alert, a job about an emergency,
goes before all others; jobs of one rank go in the order in which they were made.
"""

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import RowMapping, Select, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.complaints import Complaint
from npcl_voice.store.failpoints import passing
from npcl_voice.store.tables import areas, outbox

__all__ = [
    "Cursor",
    "Job",
    "Owed",
    "claim",
    "job_key",
    "jobs",
    "mark_delivered",
    "mark_failed",
    "owe",
    "owe_for",
    "owed",
    "peek",
    "pending",
]


class Job(msgspec.Struct, frozen=True):
    """One thing that is owed."""

    job_id: int
    job_key: str
    """The same at every attempt; the receiver drops what it has seen."""
    kind: str
    """What happened, such as `complaint.registered`; an alert begins with `hazard.`."""
    payload: dict[str, Any]
    made_at: datetime
    attempts: int
    """How often its delivery was begun."""
    done_at: datetime | None
    last_error: str | None
    urgent: bool = False
    """An alert: it goes before all others."""
    next_attempt_at: datetime | None = None
    """Not before; None means at once."""
    leased_by: str | None = None
    leased_until: datetime | None = None
    """While a runner has it in hand, when that runner counts as dead."""


class Owed(msgspec.Struct, frozen=True):
    """How much is owed."""

    jobs: int
    alerts: int
    """How many of them are alerts."""
    stuck: int
    """How many of them were tried so often that somebody should look."""
    in_hand: int
    """How many of them a living runner is delivering."""


class Cursor(msgspec.Struct, frozen=True):
    """How far a runner has come through the queue; the next job stands behind it."""

    alert: int = 0
    """The `job_id` of the last alert."""
    other: int = 0
    """The `job_id` of the last other job."""

    def behind(self, job: Job) -> "Cursor":
        """Where it stands once that job was tried."""
        return Cursor(job.job_id, self.other) if job.urgent else Cursor(self.alert, job.job_id)


def job_key(kind: str, key: str) -> str:
    """The key under which a job is delivered, from the key of the request that it comes from.

    A digest, for the request's key may hold a telephone number or an address.
    """
    return f"job_{hashlib.sha256(f'{kind}:{key}'.encode()).hexdigest()[:32]}"


async def owe(
    connection: AsyncConnection, *, at: datetime, kind: str, key: str, payload: dict[str, Any], urgent: bool = False
) -> None:
    """Write a job; `key` says which request it comes from, and with `kind` is unique."""
    row = {"job_key": job_key(kind, key), "kind": kind, "made_at": at, "attempts": 0, "urgent": urgent}
    row["payload"] = msgspec.json.encode(payload, order="deterministic").decode()
    await passing("outbox job", connection.execute(insert(outbox).values(row)))


async def owe_for(
    connection: AsyncConnection, *, at: datetime, action: str, key: str, complaint: Complaint, **more: str
) -> None:
    """Write a job about a complaint, `action` being the audit's word; an emergency's is an alert.

    The place goes along by the name of its area only: a house, and what a caller called the place
    of an emergency, may lead to a person. `more` is added to the payload.
    """
    urgent = complaint.priority == "emergency"
    known = select(areas.c.name).where(areas.c.name == complaint.area)
    payload = {
        "complaint_number": complaint.complaint_number,
        "status": complaint.status,
        "kind": complaint.kind,
        "priority": complaint.priority,
        "area": (await passing("area", connection.execute(known))).scalar(),
        **more,
    }
    kind = action.replace("complaint.", "hazard.", 1) if urgent else action
    await owe(connection, at=at, kind=kind, key=key, payload=payload, urgent=urgent)


async def jobs(
    connection: AsyncConnection, *, pending_only: bool, limit: int | None, stuck_after: int | None = None
) -> list[Job]:
    """The newest jobs first; with `stuck_after` only those that are owed after so many attempts."""
    query = select(outbox).order_by(outbox.c.job_id.desc()).limit(limit)
    if stuck_after is not None:
        query = query.where(outbox.c.done_at.is_(None), outbox.c.attempts >= stuck_after)
    if pending_only:
        query = query.where(outbox.c.done_at.is_(None))
    return [_job_of(row) for row in (await connection.execute(query)).mappings()]


async def pending(connection: AsyncConnection) -> int:
    """How many jobs are not done."""
    query = select(func.count()).select_from(outbox).where(outbox.c.done_at.is_(None))
    return int((await connection.execute(query)).scalar_one())


async def owed(connection: AsyncConnection, *, now: datetime, stuck_after: int) -> Owed:
    """How much is owed; `stuck_after` is in attempts."""
    rows = select(outbox.c.urgent, outbox.c.attempts, outbox.c.leased_until).where(outbox.c.done_at.is_(None))
    found = (await connection.execute(rows)).all()
    return Owed(
        jobs=len(found),
        alerts=sum(urgent for urgent, _, _ in found),
        stuck=sum(attempts >= stuck_after for _, attempts, _ in found),
        in_hand=sum(until is not None and until > now for _, _, until in found),
    )


async def peek(connection: AsyncConnection, *, now: datetime, due_only: bool, cursor: Cursor) -> Job | None:
    """The job that `claim` would take."""
    row = (await connection.execute(_next(now, due_only=due_only, cursor=cursor))).mappings().one_or_none()
    return None if row is None else _job_of(row)


async def claim(
    connection: AsyncConnection, *, now: datetime, until: datetime, runner: str, due_only: bool, cursor: Cursor
) -> Job | None:
    """Take the next job in hand for `runner` until that time, and count the attempt; None when there is none.

    Alerts first, then in the order of making; what another runner has in hand is passed over, unless
    that runner is dead by `now`. `due_only` leaves out what shall not be tried before a later time.
    """
    # Two runners on PostgreSQL pass each other's rows; SQLite lets in one writer at a time.
    query = _next(now, due_only=due_only, cursor=cursor).with_for_update(skip_locked=True)
    row = (await passing("claim", connection.execute(query))).mappings().one_or_none()
    if row is None:
        return None
    job = _job_of(row)
    taken = {"leased_by": runner, "leased_until": until, "attempts": job.attempts + 1}
    await passing("lease", connection.execute(update(outbox).where(outbox.c.job_id == job.job_id).values(taken)))
    return msgspec.structs.replace(job, leased_by=runner, leased_until=until, attempts=job.attempts + 1)


async def mark_delivered(connection: AsyncConnection, job: Job, *, at: datetime) -> None:
    """The receiver has it, whoever holds the lease by now."""
    done = {"done_at": at, "last_error": None, "next_attempt_at": None, "leased_by": None, "leased_until": None}
    mine = update(outbox).where(outbox.c.job_id == job.job_id, outbox.c.done_at.is_(None))
    await passing("delivered", connection.execute(mine.values(done)))


async def mark_failed(connection: AsyncConnection, job: Job, *, error: str, again_at: datetime) -> None:
    """The job stays owed and is let go; a runner that took it over meanwhile keeps it."""
    mine = update(outbox).where(
        outbox.c.job_id == job.job_id, outbox.c.done_at.is_(None), outbox.c.leased_by == job.leased_by
    )
    free = {"last_error": error, "next_attempt_at": again_at, "leased_by": None, "leased_until": None}
    await passing("failed", connection.execute(mine.values(free)))


def _next(now: datetime, *, due_only: bool, cursor: Cursor) -> Select[Any]:
    query = select(outbox).where(
        outbox.c.done_at.is_(None),
        or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now),
        or_(
            and_(outbox.c.urgent, outbox.c.job_id > cursor.alert),
            and_(~outbox.c.urgent, outbox.c.job_id > cursor.other),
        ),
    )
    if due_only:
        query = query.where(or_(outbox.c.next_attempt_at.is_(None), outbox.c.next_attempt_at <= now))
    return query.order_by(outbox.c.urgent.desc(), outbox.c.job_id).limit(1)


def _job_of(row: RowMapping) -> Job:
    return Job(**{**row, "payload": msgspec.json.decode(row["payload"])})
