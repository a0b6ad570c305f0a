"""Reports of theft: what was seen and where, and nothing by which anybody could find who said so."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.complaints import Complaint, priority_of
from npcl_voice.domain.consumers import Premises
from npcl_voice.domain.promises import PromiseRule, due_at, promise_at
from npcl_voice.meaning.mask import Mask
from npcl_voice.store import ledger, outbox
from npcl_voice.store.failpoints import passing
from npcl_voice.store.keys import Keys
from npcl_voice.store.lookups import accept, accepted, add_premises, complaint_on_record
from npcl_voice.store.numbers import next_number
from npcl_voice.store.tables import complaints, notes, reports

__all__ = ["ANONYMOUS", "write_theft"]

ANONYMOUS = "anonymous"
"""Who reported it, wherever a call's id stands otherwise."""

MOST_TEXT = 1000
"""Characters of what was seen; what stands behind is not kept."""
MOST_PLACE = 200
"""Characters of where it is."""


async def write_theft(
    connection: AsyncConnection,
    keys: Keys,
    mask: Mask,
    rules: Sequence[PromiseRule],
    area: str,
    details: str,
    *,
    key: str,
    now: datetime,
) -> Complaint:
    """Write a report of theft, its audit entry and its outbox job, once for its key.

    Each report is a case of its own: two of one area need not mean the same house. The key is kept as
    a digest, since it may name the call. `details` is masked: whose name it holds did not call.
    """
    request = keys.digest("request", f"theft:{key}")
    subject = await accepted(connection, request)
    if subject is not None:
        return await complaint_on_record(connection, subject)
    place = Premises(premises_id=f"theft/{request[:32]}", area=area[:MOST_PLACE])
    await add_premises(connection, place, place.premises_id)
    number, priority = await next_number(connection), priority_of("theft")
    values = {
        "complaint_number": number,
        "idempotency_key": request,
        "status": "registered",
        "kind": "theft",
        "priority": priority,
        "premises_id": place.premises_id,
        "registered_at": now,
        "promise_at": promise_at(rules, "theft", now),
        "due_at": due_at(rules, "theft", now),
        "repeats": 0,
        "call_id": ANONYMOUS,
        "demo": False,
    }
    await passing("complaint", connection.execute(insert(complaints).values(values)))
    report = {"idempotency_key": request, "complaint_number": number, "repeat": False, "call_id": ANONYMOUS}
    await passing("report", connection.execute(insert(reports).values(**report, reported_at=now)))
    action = "complaint.registered"
    await accept(connection, request, action=action, subject=number, call_id=None, at=now)
    entry = await ledger.append(
        connection,
        at=now,
        actor=ANONYMOUS,
        action=action,
        subject=number,
        detail={"kind": "theft", "priority": priority},
    )
    if details:
        seen = {"entry": entry, "text": mask.text(details[:MOST_TEXT])}
        await passing("note", connection.execute(insert(notes).values(seen)))
    complaint = await complaint_on_record(connection, number)
    await outbox.owe_for(connection, at=now, action=action, key=request, complaint=complaint)
    return complaint
