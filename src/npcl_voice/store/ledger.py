"""The audit: who did what, in order, each entry bound to the one before by its digest.

Entries hold no personal data, so they outlive the erasure of a caller's.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.store.failpoints import passing
from npcl_voice.store.tables import audit, counters

__all__ = ["GENESIS", "Entry", "append", "entries", "first_break", "take_turn"]

GENESIS = "0" * 64
"""What stands for the digest before the first entry."""


class Entry(msgspec.Struct, frozen=True):
    """One line of the audit."""

    entry: int
    at: datetime
    actor: str
    """A call's id, `operator` or `system`."""
    action: str
    subject: str
    detail: dict[str, Any]
    previous: str
    digest: str

    def expected_digest(self) -> str:
        """What the digest must be for this content."""
        return _digest(self.entry, self.at, self.actor, self.action, self.subject, self.detail, self.previous)


async def take_turn(connection: AsyncConnection) -> None:
    """Wait until no other transaction is writing to the audit.

    Numbers without gaps and a chain of digests need one writer at a time. SQLite has one anyway and
    ignores the lock; PostgreSQL holds the row until commit.
    """
    head = select(counters.c.value).where(counters.c.name == "audit").with_for_update()
    await passing("turn", connection.execute(head))


async def append(
    connection: AsyncConnection, *, at: datetime, actor: str, action: str, subject: str, detail: dict[str, Any]
) -> int:
    """Add an entry in the transaction of what it tells of, after `take_turn`; its number."""
    counted = (
        update(counters)
        .where(counters.c.name == "audit")
        .values(value=counters.c.value + 1)
        .returning(counters.c.value)
    )
    entry = int((await passing("audit number", connection.execute(counted))).scalar_one())
    before = select(audit.c.digest).where(audit.c.entry == entry - 1)
    previous = (await passing("audit head", connection.execute(before))).scalar() or GENESIS
    row = {"entry": entry, "at": at, "actor": actor, "action": action, "subject": subject, "previous": previous}
    row["detail"] = msgspec.json.encode(detail, order="deterministic").decode()
    row["digest"] = _digest(entry, at, actor, action, subject, detail, previous)
    await passing("audit entry", connection.execute(insert(audit).values(row)))
    return entry


async def entries(connection: AsyncConnection, subject: str | None = None) -> list[Entry]:
    """All entries in order, or those about one subject."""
    query = select(audit).order_by(audit.c.entry)
    if subject is not None:
        query = query.where(audit.c.subject == subject)
    rows = (await connection.execute(query)).mappings()
    return [Entry(**{**row, "detail": msgspec.json.decode(row["detail"])}) for row in rows]


async def first_break(connection: AsyncConnection) -> int | None:
    """The number of the first entry that is missing or was changed; None while the chain holds.

    An end that was cut off shows, too: the counter knows how many there were.
    """
    expected, previous = 1, GENESIS
    for entry in await entries(connection):
        if entry.entry != expected or entry.previous != previous or entry.digest != entry.expected_digest():
            return expected
        expected, previous = expected + 1, entry.digest
    written = (await connection.execute(select(counters.c.value).where(counters.c.name == "audit"))).scalar_one()
    return expected if written >= expected else None


def _digest(entry: int, at: datetime, actor: str, action: str, subject: str, detail: Any, previous: str) -> str:
    content = [entry, at.astimezone(UTC).isoformat(), actor, action, subject, detail, previous]
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()
