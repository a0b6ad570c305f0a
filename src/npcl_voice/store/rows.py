"""Queries for the domain's records, and the records that their rows become."""

from typing import Any

from sqlalchemy import RowMapping, Select, select

from npcl_voice.domain.complaints import Callback, Complaint
from npcl_voice.domain.consumers import Consumer, Premises
from npcl_voice.domain.outages import Outage, Restoration
from npcl_voice.store.tables import callbacks, complaints, consumers, contacts, outages, premises

__all__ = [
    "CALLBACKS",
    "COMPLAINTS",
    "CONSUMERS",
    "OUTAGES",
    "PREMISES",
    "callback_of",
    "complaint_of",
    "consumer_of",
    "outage_of",
    "premises_of",
]

COMPLAINTS: Select[Any] = select(complaints, premises.c.area).join(premises)
CONSUMERS: Select[Any] = select(
    consumers.c.consumer_number,
    consumers.c.name,
    consumers.c.mobile,
    consumers.c.demo,
    premises.c.premises_id,
    premises.c.area,
    premises.c.house,
).join(premises)
PREMISES: Select[Any] = select(premises.c.premises_id, premises.c.area, premises.c.house)
OUTAGES: Select[Any] = select(outages)
CALLBACKS: Select[Any] = select(callbacks, contacts.c.number).join(contacts)


def complaint_of(row: RowMapping) -> Complaint:
    """A row of `COMPLAINTS`."""
    return Complaint(
        complaint_number=row["complaint_number"],
        status=row["status"],
        kind=row["kind"],
        priority=row["priority"],
        premises=row["premises_id"],
        area=row["area"],
        registered_at=row["registered_at"],
        promise_at=row["promise_at"],
        repeats=row["repeats"],
        outage_id=row["outage_id"],
        demo=row["demo"],
        closed_at=row["closed_at"],
        openings=row["openings"],
    )


def premises_of(row: RowMapping) -> Premises:
    """A row of `PREMISES`, or of any query with its columns."""
    return Premises(premises_id=row["premises_id"], area=row["area"], house=row["house"])


def consumer_of(row: RowMapping) -> Consumer:
    """A row of `CONSUMERS`."""
    return Consumer(
        consumer_number=row["consumer_number"],
        name=row["name"],
        mobile=row["mobile"],
        premises=premises_of(row),
        demo=row["demo"],
    )


def outage_of(row: RowMapping) -> Outage:
    """A row of `OUTAGES`."""
    restoration = None
    if row["expected_at"] is not None:
        restoration = Restoration(
            at=row["expected_at"],
            source=row["expected_source"],
            given_at=row["expected_given_at"],
            confidence=row["expected_confidence"] or "medium",
        )
    return Outage(
        outage_id=row["outage_id"],
        area=row["area"],
        cause=row["cause"],
        started_at=row["started_at"],
        restoration=restoration,
        restored_at=row["restored_at"],
        demo=row["demo"],
    )


def callback_of(row: RowMapping) -> Callback:
    """A row of `CALLBACKS`."""
    return Callback(
        callback_id=row["callback_id"],
        number=row["number"],
        window=row["time_window"],
        reason=row["reason"],
        outcome=row["outcome"],
        booked_at=row["booked_at"],
        demo=row["demo"],
    )
