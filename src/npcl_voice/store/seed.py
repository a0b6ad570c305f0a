"""What stands in a new database: the areas that are supplied, and a demonstration marked as such.

The demonstration keeps the first names, complaint numbers and states of the company's earlier
prototypes. Its consumer and telephone numbers are made up.
"""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.company import Company
from npcl_voice.domain.complaints import Kind, Priority, Status
from npcl_voice.domain.consumers import made_up
from npcl_voice.domain.promises import due_at, promise_at
from npcl_voice.store import ledger
from npcl_voice.store.tables import areas, complaints, consumers, premises, reports

__all__ = ["settle_areas", "write_demonstration"]


class _Consumer(msgspec.Struct, frozen=True):
    """A consumer who does not exist."""

    name: str
    consumer_number: str
    mobile: str
    premises_id: str
    area: str
    house: str


class _Complaint(msgspec.Struct, frozen=True):
    """A complaint that nobody made."""

    number: str
    of: str
    kind: Kind
    status: Status
    priority: Priority
    age: timedelta
    """How long ago it was registered, when the database is new."""


CONSUMERS = (
    _Consumer("Dheeraj", "2990417365", "6999041736", "P-1001", "Alpha 1", "21"),
    _Consumer("Nidhi", "2990528146", "6999052814", "P-1002", "Beta 1", "108"),
    _Consumer("Nikunj", "2990630271", "6999063027", "P-1003", "Gamma 1", "56"),
    _Consumer("Priya", "2990741852", "6999074185", "P-1004", "Delta 1", "34"),
    _Consumer("Rahul", "2990859637", "6999085963", "P-1005", "Knowledge Park 3", "7"),
    _Consumer("Anjali", "2990963514", "6999096351", "P-1006", "Delta 2", "215"),
    _Consumer("Vikash", "2990172408", "6999017240", "P-1007", "Surajpur", "12"),
    _Consumer("Sunita", "2990286093", "6999028609", "P-1008", "Kasna", "40"),
)

COMPLAINTS = (
    _Complaint("000054321", "Dheeraj", "no_supply", "in_progress", "high", timedelta(hours=3)),
    _Complaint("000054322", "Nidhi", "fluctuation", "assigned", "medium", timedelta(days=1, hours=2)),
    _Complaint("000054323", "Nikunj", "meter_reading", "resolved", "low", timedelta(days=6)),
)


async def settle_areas(connection: AsyncConnection, company: Company) -> None:
    """Bring the table of areas to the company's; none is removed, for outages point there."""
    rows = (await connection.execute(select(areas))).mappings()
    on_record = {row["name"]: row["aliases"] for row in rows}
    wanted = {area.name: msgspec.json.encode(area.aliases).decode() for area in company.areas}
    for name in wanted.keys() - on_record.keys():
        await connection.execute(insert(areas).values(name=name, aliases=wanted[name]))
    for name in wanted.keys() & on_record.keys():
        if wanted[name] != on_record[name]:
            await connection.execute(update(areas).where(areas.c.name == name).values(aliases=wanted[name]))


async def write_demonstration(connection: AsyncConnection, now: datetime, company: Company) -> None:
    """Write the demonstration's consumers and complaints, each marked as `demo`."""
    by_name = {consumer.name: consumer for consumer in CONSUMERS}
    for consumer in CONSUMERS:
        place = {
            "premises_id": consumer.premises_id,
            "area": consumer.area,
            "house": consumer.house,
            "place_key": made_up(consumer.area, consumer.house).premises_id,
            "demo": True,
        }
        await connection.execute(insert(premises).values(place))
        row = {
            "consumer_number": consumer.consumer_number,
            "name": consumer.name,
            "mobile": consumer.mobile,
            "premises_id": consumer.premises_id,
            "demo": True,
        }
        await connection.execute(insert(consumers).values(row))
    for complaint in sorted(COMPLAINTS, key=lambda one: one.age, reverse=True):
        of, at, key = by_name[complaint.of], now - complaint.age, f"demo-{complaint.number}"
        complaint_row = {
            "complaint_number": complaint.number,
            "idempotency_key": key,
            "status": complaint.status,
            "kind": complaint.kind,
            "priority": complaint.priority,
            "premises_id": of.premises_id,
            "registered_at": at,
            "promise_at": promise_at(company.promises, complaint.kind, at),
            "due_at": due_at(company.promises, complaint.kind, at),
            "repeats": 0,
            "consumer_number": of.consumer_number,
            "call_id": "demo",
            "demo": True,
        }
        await connection.execute(insert(complaints).values(complaint_row))
        report = {
            "idempotency_key": key,
            "complaint_number": complaint.number,
            "repeat": False,
            "call_id": "demo",
            "reported_at": at,
        }
        await connection.execute(insert(reports).values(report))
        await ledger.append(
            connection,
            at=at,
            actor="system",
            action="complaint.registered",
            subject=complaint.number,
            detail={"kind": complaint.kind, "priority": complaint.priority, "demo": True},
        )
