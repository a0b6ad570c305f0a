"""What every write looks for first: one row, a place, a telephone number, a key that was accepted before."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.complaints import Complaint
from npcl_voice.domain.consumers import Premises, made_up
from npcl_voice.errors import RuleError
from npcl_voice.store.failpoints import passing
from npcl_voice.store.rows import COMPLAINTS, PREMISES, complaint_of
from npcl_voice.store.tables import complaints, contacts, premises, reports, requests

__all__ = [
    "accept",
    "accepted",
    "add_premises",
    "complaint_on_record",
    "contact_of",
    "one",
    "reported_from",
    "settle_premises",
]


async def one(connection: AsyncConnection, step: str, query: Select[Any]) -> RowMapping | None:
    """The only row of a query, if there is one; `step` names the fail-point."""
    found: RowMapping | None = (await passing(step, connection.execute(query))).mappings().one_or_none()
    return found


async def complaint_on_record(connection: AsyncConnection, complaint_number: str) -> Complaint:
    """The complaint of that number. Raises RuleError (`unknown_number`)."""
    row = await one(connection, "known", COMPLAINTS.where(complaints.c.complaint_number == complaint_number))
    if row is None:
        raise RuleError("unknown_number", f"there is no complaint {complaint_number}")
    return complaint_of(row)


def reported_from(number: str) -> Select[Any]:
    """The complaint numbers that were given to a telephone number, each once."""
    theirs = select(reports.c.complaint_number).join(contacts).where(contacts.c.number == number)
    return theirs.distinct().order_by(reports.c.complaint_number)


async def settle_premises(connection: AsyncConnection, place: Premises) -> str:
    """The key under which the place is on record, after writing it if it was not."""
    # A place of which nothing was said is nobody else's: danger without an address stays a case of its own.
    place_key = made_up(place.area, place.house).premises_id if place.area or place.house else place.premises_id
    for condition in (premises.c.premises_id == place.premises_id, premises.c.place_key == place_key):
        row = await one(connection, "premises", PREMISES.where(condition))
        if row is not None:
            return str(row["premises_id"])
    await add_premises(connection, place, place_key)
    return place.premises_id


async def add_premises(connection: AsyncConnection, place: Premises, place_key: str) -> None:
    """Write a place that is not on record."""
    values = {
        "premises_id": place.premises_id,
        "area": place.area,
        "house": place.house,
        "place_key": place_key,
        "demo": False,
    }
    await passing("new premises", connection.execute(insert(premises).values(values)))


async def contact_of(connection: AsyncConnection, number: str | None) -> int | None:
    """The key of a telephone number, after writing it if it was not on record."""
    if number is None:
        return None
    row = await one(connection, "contact", select(contacts).where(contacts.c.number == number))
    if row is not None:
        return int(row["contact_id"])
    added = insert(contacts).values(number=number).returning(contacts.c.contact_id)
    return int((await passing("new contact", connection.execute(added))).scalar_one())


async def accepted(connection: AsyncConnection, digest: str) -> str | None:
    """What was accepted under a key, as the audit names it; None for a key that is new."""
    row = await one(connection, "request", select(requests.c.subject).where(requests.c.request_digest == digest))
    return None if row is None else str(row["subject"])


async def accept(
    connection: AsyncConnection, digest: str, *, action: str, subject: str, call_id: str | None, at: datetime
) -> None:
    """Note that a key was accepted, in the transaction of what it brought about."""
    row = {"request_digest": digest, "action": action, "subject": subject, "call_id": call_id, "made_at": at}
    await passing("new request", connection.execute(insert(requests).values(row)))
