"""Packets for the persons who take calls over, masked before they are kept."""

from datetime import datetime

import msgspec
from sqlalchemy import RowMapping, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.company import Company
from npcl_voice.domain.contacts import target_now
from npcl_voice.domain.handover import Fact, Handover, Packet
from npcl_voice.meaning.mask import Mask
from npcl_voice.store import ledger, outbox
from npcl_voice.store.failpoints import passing
from npcl_voice.store.keys import Keys
from npcl_voice.store.lookups import contact_of, one
from npcl_voice.store.tables import handovers

__all__ = ["HandoverRecord", "hand_over", "handover_record"]

MOST_TEXT = 1000
"""Characters of one text in a packet; what stands behind is not kept."""
MOST_LINES = 20
"""Facts, and the caller's last words, of one packet."""


class HandoverRecord(msgspec.Struct, frozen=True):
    """A handover as an operator sees it; its texts are masked."""

    handover_id: int
    call_id: str
    reason: str
    summary: str
    facts: tuple[Fact, ...]
    last_words: tuple[str, ...]
    hazard: str | None
    language: str
    outcome: str
    target: str | None
    wait_min: int | None
    open: bool
    made_at: datetime
    number: str | None
    """Whom to call back."""


async def hand_over(
    connection: AsyncConnection, keys: Keys, company: Company, packet: Packet, now: datetime
) -> Handover:
    """Write a packet, its audit entry and its outbox job, once for its key; who takes the call.

    Danger makes its job an alert. Whoever takes it is a target that the company has confirmed, and
    the wait is told only where the company has named it.
    """
    request = keys.digest("request", f"handover:{packet.idempotency_key}")
    row = await one(connection, "handover", select(handovers).where(handovers.c.request_digest == request))
    if row is not None:
        return _handover_of(row)
    target, there = target_now(company.transfers, now)
    mask = Mask(keys.mask_key(f"handover {packet.call_id}"), company)
    facts = [
        {"name": fact.name, "value": _masked(mask, fact), "source": fact.source} for fact in packet.facts[:MOST_LINES]
    ]
    last_words = [mask.text(line[:MOST_TEXT]) for line in packet.last_words[-MOST_LINES:]]
    values = {
        "request_digest": request,
        "call_id": packet.call_id,
        "contact_id": await contact_of(connection, packet.caller_number),
        "reason": mask.text(packet.reason[:MOST_TEXT]),
        "summary": mask.text(packet.summary[:MOST_TEXT]),
        "facts": msgspec.json.encode(facts).decode(),
        "last_words": msgspec.json.encode(last_words).decode(),
        "hazard": packet.hazard,
        "language": packet.language,
        "outcome": packet.outcome,
        "target": None if target is None else target.name,
        "wait_min": company.promised("queue_wait_min") if there else None,
        "open": there,
        "made_at": now,
    }
    added = insert(handovers).values(values).returning(handovers)
    row = (await passing("new handover", connection.execute(added))).mappings().one()
    subject, action = f"handover {row['handover_id']}", "hazard.handed_over" if packet.hazard else "call.handed_over"
    detail = {"outcome": packet.outcome, "hazard": packet.hazard}
    await ledger.append(
        connection, at=now, actor=packet.call_id, action="call.handed_over", subject=subject, detail=detail
    )
    payload = {"handover": subject, "outcome": packet.outcome}
    await outbox.owe(connection, at=now, kind=action, key=request, payload=payload, urgent=packet.hazard is not None)
    return _handover_of(row)


def handover_record(row: RowMapping) -> HandoverRecord:
    """A row of the table, with its contact's number."""
    return HandoverRecord(
        **{name: row[name] for name in HandoverRecord.__struct_fields__ if name not in ("facts", "last_words")},
        facts=msgspec.json.decode(row["facts"], type=tuple[Fact, ...]),
        last_words=msgspec.json.decode(row["last_words"], type=tuple[str, ...]),
    )


def _masked(mask: Mask, fact: Fact) -> str:
    return str(mask.tree(fact.value[:MOST_TEXT], fact.name))


def _handover_of(row: RowMapping) -> Handover:
    return Handover(handover_id=row["handover_id"], target=row["target"], wait_min=row["wait_min"], open=row["open"])
