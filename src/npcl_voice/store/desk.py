"""The Desk port over the tables: what a call may look up, and what it may write.

A complaint, its audit entry and its outbox job are one transaction, and nothing is returned before
it is committed: a number that somebody hears is on disk.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import RowMapping, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.complaints import (
    OPEN_STATUSES,
    Callback,
    CallbackDraft,
    Complaint,
    Draft,
    Kind,
    Registered,
    format_number,
)
from npcl_voice.domain.consumers import Consumer, Premises, made_up
from npcl_voice.domain.outages import Outage
from npcl_voice.domain.promises import PromiseRule, due_at, packaged_promises, promise_at
from npcl_voice.errors import RuleError
from npcl_voice.store import ledger, outbox
from npcl_voice.store.engine import Database
from npcl_voice.store.failpoints import passing
from npcl_voice.store.rows import (
    CALLBACKS,
    COMPLAINTS,
    CONSUMERS,
    OUTAGES,
    PREMISES,
    callback_of,
    complaint_of,
    consumer_of,
    outage_of,
    premises_of,
)
from npcl_voice.store.tables import (
    areas,
    callbacks,
    complaints,
    consumers,
    contacts,
    counters,
    outages,
    premises,
    reports,
)

__all__ = ["SqlDesk"]


class SqlDesk:
    """The company's records in a database. Every method raises UnavailableError when it does not answer."""

    def __init__(
        self,
        database: Database,
        wall: Callable[[], datetime],
        rules: Sequence[PromiseRule] | None = None,
    ) -> None:
        """`wall` tells the time, with a zone; `rules` are the limits for complaints, else the packaged ones."""
        self._database = database
        self._wall = wall
        self._rules = packaged_promises() if rules is None else rules

    async def consumer(self, consumer_number: str) -> Consumer | None:
        """The consumer of that number, if there is one."""
        row = await self._look_up(CONSUMERS.where(consumers.c.consumer_number == consumer_number))
        return None if row is None else consumer_of(row)

    async def area(self, name: str) -> str | None:
        """The area's name as on record; another name counts when only one area has it."""
        wanted = _key(name)
        async with self._database.read() as connection:
            known = (await connection.execute(select(areas))).mappings().all()
        for row in known:
            if _key(row["name"]) == wanted:
                return str(row["name"])
        others = [row["name"] for row in known if wanted in map(_key, msgspec.json.decode(row["aliases"]))]
        return str(others[0]) if len(others) == 1 else None

    async def premises(self, area: str, house: str) -> Premises:
        """The premises of that house in that area, on record or made up from both."""
        place = made_up(area, house)
        row = await self._look_up(PREMISES.where(premises.c.place_key == place.premises_id))
        return place if row is None else premises_of(row)

    async def open_outage(self, area: str) -> Outage | None:
        """The newest known outage of that area that is not over, with a time only if it may be told."""
        query = OUTAGES.where(outages.c.area == area, outages.c.restored_at.is_(None))
        row = await self._look_up(query.order_by(outages.c.started_at.desc(), outages.c.outage_id.desc()).limit(1))
        return None if row is None else outage_of(row).as_told(self._wall())

    async def complaint(self, complaint_number: str) -> Complaint | None:
        """The complaint of that number, if there is one."""
        row = await self._look_up(COMPLAINTS.where(complaints.c.complaint_number == complaint_number))
        return None if row is None else complaint_of(row)

    async def register(self, draft: Draft) -> Registered:
        """Write a complaint, its audit entry and its outbox job in one transaction.

        A key that was accepted before gives what it gave then. An open complaint of the same
        premises and kind gives that complaint, and counts as a repeat. Raises RuleError
        (`unknown_consumer`, `unknown_outage`) when the draft points at what is not on record.
        """
        now = self._wall()
        async with self._database.write() as connection:
            await ledger.take_turn(connection)
            known = await self._by_key(connection, draft.idempotency_key)
            if known is not None:
                return known
            await _see_that_it_points_right(connection, draft)
            premises_id = await _settle_premises(connection, draft.premises)
            number = await self._open_one(connection, draft.kind, premises_id)
            repeat = number is not None
            if number is not None:
                again = (
                    update(complaints)
                    .where(complaints.c.complaint_number == number)
                    .values(repeats=complaints.c.repeats + 1)
                )
                await passing("repeat", connection.execute(again))
            else:
                number = await self._insert(connection, draft, premises_id, now)
            await self._report(connection, draft, number, repeat=repeat, now=now)
            action = "complaint.repeated" if repeat else "complaint.registered"
            detail = {"kind": draft.kind, "priority": draft.priority}
            await ledger.append(connection, at=now, actor=draft.call_id, action=action, subject=number, detail=detail)
            mine = COMPLAINTS.where(complaints.c.complaint_number == number)
            written = complaint_of((await passing("read back", connection.execute(mine))).mappings().one())
            await self._owe(connection, action, draft.idempotency_key, written, now)
            return Registered(complaint=written, repeat=repeat)

    async def locate(self, complaint_number: str, place: str) -> Complaint:
        """Write where an emergency is, once its caller has said so, with its audit entry and outbox job.

        The place is the ticket's own, so no other complaint moves with it. Raises RuleError
        (`unknown_number`, or `not_an_emergency` for a complaint of a supplied place).
        """
        now = self._wall()
        mine = COMPLAINTS.where(complaints.c.complaint_number == complaint_number)
        async with self._database.write() as connection:
            await ledger.take_turn(connection)
            row = await _one(connection, "emergency", mine)
            if row is None:
                raise RuleError("unknown_number", f"there is no complaint {complaint_number}")
            known = complaint_of(row)
            if known.priority != "emergency":
                raise RuleError("not_an_emergency", f"complaint {complaint_number} is at a supplied place")
            if known.area != place:
                moved = update(premises).where(premises.c.premises_id == known.premises).values(area=place)
                await passing("place", connection.execute(moved))
                entry = await ledger.append(
                    connection,
                    at=now,
                    actor="call",
                    action="complaint.located",
                    subject=complaint_number,
                    detail={},  # the place is in the caller's own words, which may name a person
                )
                key = f"{complaint_number}:located:{entry}"
                located = complaint_of((await passing("read back", connection.execute(mine))).mappings().one())
                await self._owe(connection, "complaint.located", key, located, now)
                return located
            return known

    async def book_callback(self, draft: CallbackDraft) -> Callback:
        """Write a callback, its audit entry and its outbox job, once for its idempotency key."""
        now = self._wall()
        mine = CALLBACKS.where(callbacks.c.idempotency_key == draft.idempotency_key)
        async with self._database.write() as connection:
            await ledger.take_turn(connection)
            row = await _one(connection, "callback", mine)
            if row is None:
                values = {
                    "idempotency_key": draft.idempotency_key,
                    "contact_id": await _contact(connection, draft.number),
                    "time_window": draft.window,
                    "reason": draft.reason,
                    "outcome": "pending",
                    "call_id": draft.call_id,
                    "booked_at": now,
                    "demo": False,
                }
                added = insert(callbacks).values(values).returning(callbacks.c.callback_id)
                subject = f"callback {(await passing('new callback', connection.execute(added))).scalar_one()}"
                await ledger.append(
                    connection, at=now, actor=draft.call_id, action="callback.booked", subject=subject, detail={}
                )
                await outbox.owe(
                    connection,
                    at=now,
                    kind="callback.booked",
                    key=draft.idempotency_key,
                    payload={"callback": subject},
                )
                row = (await passing("read back", connection.execute(mine))).mappings().one()
            return callback_of(row)

    async def _look_up(self, query: Select[Any]) -> RowMapping | None:
        async with self._database.read() as connection:
            found: RowMapping | None = (await connection.execute(query)).mappings().one_or_none()
            return found

    async def _by_key(self, connection: AsyncConnection, key: str) -> Registered | None:
        query = COMPLAINTS.add_columns(reports.c.repeat).join(
            reports, reports.c.complaint_number == complaints.c.complaint_number
        )
        row = await _one(connection, "key", query.where(reports.c.idempotency_key == key))
        return None if row is None else Registered(complaint=complaint_of(row), repeat=row["repeat"])

    async def _open_one(self, connection: AsyncConnection, kind: Kind, premises_id: str) -> str | None:
        """The number of the open complaint of that kind and place, if there is one."""
        query = select(complaints.c.complaint_number).where(
            complaints.c.premises_id == premises_id,
            complaints.c.kind == kind,
            complaints.c.status.in_(sorted(OPEN_STATUSES)),
        )
        row = await _one(connection, "open complaint", query)
        return None if row is None else str(row["complaint_number"])

    async def _insert(self, connection: AsyncConnection, draft: Draft, premises_id: str, now: datetime) -> str:
        counted = (
            update(counters)
            .where(counters.c.name == "complaint")
            .values(value=counters.c.value + 1)
            .returning(counters.c.value)
        )
        serial = (await passing("number", connection.execute(counted))).scalar_one()
        number = format_number(serial)
        values = {
            "complaint_number": number,
            "idempotency_key": draft.idempotency_key,
            "status": "registered",
            "kind": draft.kind,
            "priority": draft.priority,
            "premises_id": premises_id,
            "registered_at": now,
            "promise_at": promise_at(self._rules, draft.kind, now),
            "due_at": due_at(self._rules, draft.kind, now),
            "repeats": 0,
            "outage_id": draft.outage_id,
            "consumer_number": draft.consumer_number,
            "contact_id": await _contact(connection, draft.caller_number),
            "call_id": draft.call_id,
            "demo": False,
        }
        await passing("complaint", connection.execute(insert(complaints).values(values)))
        return number

    async def _report(
        self, connection: AsyncConnection, draft: Draft, number: str, *, repeat: bool, now: datetime
    ) -> None:
        report = {
            "idempotency_key": draft.idempotency_key,
            "complaint_number": number,
            "repeat": repeat,
            "call_id": draft.call_id,
            "contact_id": await _contact(connection, draft.caller_number),
            "reported_at": now,
        }
        await passing("report", connection.execute(insert(reports).values(report)))

    async def _owe(
        self, connection: AsyncConnection, action: str, key: str, complaint: Complaint, now: datetime
    ) -> None:
        await outbox.owe_for(connection, at=now, action=action, key=key, complaint=complaint)


async def _see_that_it_points_right(connection: AsyncConnection, draft: Draft) -> None:
    if draft.consumer_number is not None:
        theirs = select(consumers.c.consumer_number).where(consumers.c.consumer_number == draft.consumer_number)
        if await _one(connection, "consumer", theirs) is None:
            raise RuleError("unknown_consumer", "there is no consumer of that number")
    if draft.outage_id is not None:
        known = select(outages.c.outage_id).where(outages.c.outage_id == draft.outage_id)
        if await _one(connection, "outage", known) is None:
            raise RuleError("unknown_outage", f"there is no outage {draft.outage_id}")


async def _settle_premises(connection: AsyncConnection, place: Premises) -> str:
    """The key under which the place is on record, after writing it if it was not."""
    # A place of which nothing was said is nobody else's: danger without an address stays a case of its own.
    place_key = made_up(place.area, place.house).premises_id if place.area or place.house else place.premises_id
    for condition in (premises.c.premises_id == place.premises_id, premises.c.place_key == place_key):
        row = await _one(connection, "premises", PREMISES.where(condition))
        if row is not None:
            return str(row["premises_id"])
    values = {
        "premises_id": place.premises_id,
        "area": place.area,
        "house": place.house,
        "place_key": place_key,
        "demo": False,
    }
    await passing("new premises", connection.execute(insert(premises).values(values)))
    return place.premises_id


async def _contact(connection: AsyncConnection, number: str | None) -> int | None:
    """The key of a telephone number, after writing it if it was not on record."""
    if number is None:
        return None
    row = await _one(connection, "contact", select(contacts).where(contacts.c.number == number))
    if row is not None:
        return int(row["contact_id"])
    added = insert(contacts).values(number=number).returning(contacts.c.contact_id)
    return int((await passing("new contact", connection.execute(added))).scalar_one())


async def _one(connection: AsyncConnection, step: str, query: Select[Any]) -> RowMapping | None:
    found: RowMapping | None = (await passing(step, connection.execute(query))).mappings().one_or_none()
    return found


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
