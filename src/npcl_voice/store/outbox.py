"""What is owed to others: jobs written in the transaction of what they tell of.

A job is delivered at least once; its key lets the receiver drop what it has seen. It names records
and holds no personal data.
"""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.store.failpoints import passing
from npcl_voice.store.tables import outbox

__all__ = ["Job", "jobs", "owe", "pending"]


class Job(msgspec.Struct, frozen=True):
    """One thing that is owed."""

    job_id: int
    job_key: str
    kind: str
    payload: dict[str, Any]
    made_at: datetime
    attempts: int
    done_at: datetime | None
    last_error: str | None


async def owe(connection: AsyncConnection, *, at: datetime, kind: str, key: str, payload: dict[str, Any]) -> None:
    """Write a job; `key` says which request it comes from, and with `kind` is unique."""
    row = {"job_key": f"{kind}:{key}", "kind": kind, "made_at": at, "attempts": 0}
    row["payload"] = msgspec.json.encode(payload, order="deterministic").decode()
    await passing("outbox job", connection.execute(insert(outbox).values(row)))


async def jobs(connection: AsyncConnection, *, pending_only: bool, limit: int | None) -> list[Job]:
    """The newest jobs first."""
    query = select(outbox).order_by(outbox.c.job_id.desc()).limit(limit)
    if pending_only:
        query = query.where(outbox.c.done_at.is_(None))
    rows = (await connection.execute(query)).mappings()
    return [Job(**{**row, "payload": msgspec.json.decode(row["payload"])}) for row in rows]


async def pending(connection: AsyncConnection) -> int:
    """How many jobs are not done."""
    query = select(func.count()).select_from(outbox).where(outbox.c.done_at.is_(None))
    return int((await connection.execute(query)).scalar_one())
