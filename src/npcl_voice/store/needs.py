"""Places where somebody depends on power for life or health: that it is so, until when, and nothing more."""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.complaints import is_complaint_number
from npcl_voice.store import ledger, outbox
from npcl_voice.store.failpoints import passing
from npcl_voice.store.keys import Keys
from npcl_voice.store.lookups import accept, accepted, one
from npcl_voice.store.tables import complaints, needs, premises

__all__ = ["flag_need"]


async def flag_need(
    connection: AsyncConnection, keys: Keys, place: str, *, key: str, call_id: str, until: datetime, now: datetime
) -> bool:
    """Note a special need at a place, with its audit entry and its outbox job; False for a place not on record.

    `place` is the key of the premises, or the number of a complaint about them. A place is flagged
    once until the flag ends; then it may be flagged anew.
    """
    number = place if is_complaint_number(place) else None
    query = select(premises.c.premises_id).where(premises.c.premises_id == place)
    if number is not None:
        query = select(complaints.c.premises_id).where(complaints.c.complaint_number == number)
    row = await one(connection, "place", query)
    if row is None:
        return False
    request = keys.digest("request", f"need:{key}")
    if await accepted(connection, request) is not None:
        return True
    known = await one(connection, "need", select(needs).where(needs.c.premises_id == row["premises_id"]))
    if known is not None and known["until"] > now:
        subject = f"need {known['need_id']}"
        await accept(connection, request, action="need.flagged", subject=subject, call_id=call_id, at=now)
        return True
    if known is not None:
        over = delete(needs).where(needs.c.need_id == known["need_id"])
        await passing("need over", connection.execute(over))
    values = {"premises_id": row["premises_id"], "until": until, "flagged_at": now, "call_id": call_id}
    added = insert(needs).values(values).returning(needs.c.need_id)
    subject = f"need {(await passing('new need', connection.execute(added))).scalar_one()}"
    await accept(connection, request, action="need.flagged", subject=subject, call_id=call_id, at=now)
    entry = await ledger.append(
        connection, at=now, actor=call_id, action="need.flagged", subject=subject, detail={"complaint": number}
    )
    payload = {"need": subject, "complaint_number": number}
    await outbox.owe(connection, at=now, kind="need.flagged", key=f"{subject}:{entry}", payload=payload)
    return True
