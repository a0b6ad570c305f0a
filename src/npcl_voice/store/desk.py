"""The Desk port over the tables: what a call may look up, and what it may write.

A complaint, its audit entry and its outbox job are one transaction, and nothing is returned before
it is committed: a number that somebody hears is on disk.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import RowMapping, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.accounts import Account
from npcl_voice.domain.company import Company, packaged_company
from npcl_voice.domain.complaints import (
    COMPLAINTS_A_DAY,
    HAZARD_KINDS,
    OPEN_STATUSES,
    Callback,
    CallbackDraft,
    Complaint,
    Draft,
    Kind,
    Registered,
    may_be_many,
)
from npcl_voice.domain.consumers import Consumer, Premises, made_up
from npcl_voice.domain.handover import Handover, Packet
from npcl_voice.domain.identity import TRIES_SPAN, Verdict
from npcl_voice.domain.outages import Outage
from npcl_voice.domain.promises import due_at, promise_at
from npcl_voice.errors import RuleError
from npcl_voice.meaning.mask import Mask
from npcl_voice.store import accounts, callbacks, closing, handovers, identity, ledger, needs, outbox, theft
from npcl_voice.store.engine import Database
from npcl_voice.store.failpoints import passing
from npcl_voice.store.keys import Keys
from npcl_voice.store.lookups import contact_of, one, reported_from, settle_premises
from npcl_voice.store.numbers import next_number
from npcl_voice.store.rows import (
    COMPLAINTS,
    CONSUMERS,
    OUTAGES,
    PREMISES,
    complaint_of,
    consumer_of,
    outage_of,
    premises_of,
)
from npcl_voice.store.tables import areas, complaints, consumers, contacts, outages, premises, reports

__all__ = ["NEED_LASTS", "REOPEN_WITHIN_H", "SqlDesk"]

NEED_LASTS = timedelta(days=365)
"""How long a special need is kept unless a setting says otherwise."""

REOPEN_WITHIN_H = 72
"""Hours within which a closed complaint is opened again, where the company's data names none."""


class SqlDesk:
    """The company's records in a database. Every method raises UnavailableError when it does not answer."""

    def __init__(
        self,
        database: Database,
        wall: Callable[[], datetime],
        company: Company | None = None,
        *,
        keys: Keys | None = None,
        need_lasts: timedelta = NEED_LASTS,
    ) -> None:
        """`wall` tells the time, with a zone; `company` is whose limits count, the packaged one's unless given.

        `keys` derive closing codes and digests, from a secret of chance unless given; `need_lasts` is
        how long a special need is kept.
        """
        self._database = database
        self._wall = wall
        self._company = packaged_company() if company is None else company
        self._keys = Keys() if keys is None else keys
        self._need_lasts = need_lasts

    @property
    def keys(self) -> Keys:
        """What closing codes and digests are derived from."""
        return self._keys

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
        """The newest known outage of that area that is not over, marked as expired when its time has passed."""
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
        (`unknown_consumer`, `unknown_outage`) when the draft points at what is not on record, and
        (`too_many`) for one new complaint too many of a calling number, unless it is danger.
        """
        now = self._wall()
        async with self._database.write() as connection:
            await ledger.take_turn(connection)
            known = await self._by_key(connection, draft.idempotency_key)
            if known is not None:
                return known
            await _see_that_it_points_right(connection, draft)
            premises_id = await settle_premises(connection, draft.premises)
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
                await _see_that_it_is_not_too_much(connection, draft, now)
                number = await self._insert(connection, draft, premises_id, now)
            await self._report(connection, draft, number, repeat=repeat, now=now)
            action = "complaint.repeated" if repeat else "complaint.registered"
            detail = {"kind": draft.kind, "priority": draft.priority}
            await ledger.append(connection, at=now, actor=draft.call_id, action=action, subject=number, detail=detail)
            mine = COMPLAINTS.where(complaints.c.complaint_number == number)
            written = complaint_of((await passing("read back", connection.execute(mine))).mappings().one())
            await self._owe(connection, action, draft.idempotency_key, written, now)
            if not repeat:
                await closing.owe_closing_code(connection, written, now)
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
            row = await one(connection, "emergency", mine)
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
        """Write a callback once for its key; while one is owed to that number, that one is given.

        Another window that was asked for takes the place of the one it had. Raises RuleError
        (`too_many`) for a number that was booked `CALLBACKS_A_DAY` times within a day.
        """
        now = self._wall()
        async with self._writing() as connection:
            return await callbacks.book(connection, self._keys, draft, now)

    async def complaints_from(self, number: str) -> tuple[str, ...]:
        """The complaints that were reported from that telephone number, for the first time or again, in their order."""
        async with self._database.read() as connection:
            return tuple((await connection.execute(reported_from(number))).scalars())

    async def accounts_of(self, mobile: str) -> tuple[str, ...]:
        """The consumer numbers that are registered with that mobile number, in their order."""
        async with self._database.read() as connection:
            return tuple((await connection.execute(accounts.numbers_of(mobile))).scalars())

    async def account(self, consumer_number: str) -> Account | None:
        """The account of that number with its newest bill, if there is one."""
        row = await self._look_up(accounts.ACCOUNTS.where(consumers.c.consumer_number == consumer_number))
        return None if row is None else accounts.account_of(row)

    async def verify(self, call_id: str, consumer_number: str, said_name: str) -> Verdict:
        """Compare the name that a caller said, in either script, with the account's; the try is counted.

        Success is remembered for that call. After `TRIES_A_CALL` different wrong names on a call, or
        `TRIES_A_DAY` for an account within a day, even the right one is `locked`. The same wrong name
        said again is no further try.
        """
        now = self._wall()
        async with self._writing() as connection:
            return await identity.compare_name(
                connection, self._keys, call_id=call_id, consumer_number=consumer_number, said=said_name, now=now
            )

    async def verified(self, call_id: str) -> str | None:
        """The account for which the caller was verified on that call, the last one where there are more."""
        async with self._database.read() as connection:
            return await identity.verified_on(connection, call_id)

    async def reopen(self, complaint_number: str, *, key: str, call_id: str, reason: str = "") -> Complaint:
        """Open a closed complaint again, once for its key; what is still wrong is noted, masked.

        Raises RuleError: `unknown_number`, `already_open`, `cancelled`, `too_late`, and `another_open`
        when the same fault was reported anew meanwhile.
        """
        now, limit = self._wall(), self._company.threshold("reopen_within_h")
        hours = REOPEN_WITHIN_H if limit is None else limit.value
        async with self._writing() as connection:
            return await closing.open_again(
                connection,
                self._keys,
                complaint_number,
                key=key,
                call_id=call_id,
                within_h=hours,
                note=Mask(self._keys.mask_key(f"reopen {key}"), self._company).text(reason[: closing.MOST_TEXT]),
                now=now,
            )

    async def close(self, complaint_number: str, code: str, *, call_id: str, note: str = "") -> Complaint:
        """Close a complaint by the code that was sent to its consumer; `note` is an operator's.

        Raises RuleError: `unknown_number`, `already_closed`, `cancelled`, `wrong_code`, and
        `too_many_codes` after `CODES_A_DAY` different wrong ones within a day.
        """
        now = self._wall()
        async with self._writing() as connection:
            closed = await closing.close_by_code(
                connection, self._keys, complaint_number, code, call_id=call_id, now=now, note=note
            )
        if closed is None:  # the try is committed, so it counts
            raise RuleError("wrong_code", f"that is not the code of complaint {complaint_number}")
        return closed

    async def flag_need(self, place: str, *, key: str, call_id: str) -> bool:
        """Note that somebody at that place depends on power; False for a place that is not on record.

        `place` is the key of the premises or the number of a complaint about them. The flag ends by itself.
        """
        now = self._wall()
        until = now + self._need_lasts
        async with self._writing() as connection:
            return await needs.flag_need(connection, self._keys, place, key=key, call_id=call_id, until=until, now=now)

    async def hand_over(self, packet: Packet) -> Handover:
        """Write a packet for a person, masked, once for its key; who takes the call, and how long that may take."""
        now = self._wall()
        async with self._writing() as connection:
            return await handovers.hand_over(connection, self._keys, self._company, packet, now)

    async def report_theft(self, area: str, details: str, *, key: str) -> Complaint:
        """Write a report of theft once for its key, without anything that leads to who made it."""
        now = self._wall()
        mask = Mask(self._keys.mask_key(f"theft {key}"), self._company)
        async with self._writing() as connection:
            return await theft.write_theft(
                connection, self._keys, mask, self._company.promises, area, details, key=key, now=now
            )

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction whose turn with the audit has come."""
        async with self._database.write() as connection:
            await ledger.take_turn(connection)
            yield connection

    async def _look_up(self, query: Select[Any]) -> RowMapping | None:
        async with self._database.read() as connection:
            found: RowMapping | None = (await connection.execute(query)).mappings().one_or_none()
            return found

    async def _by_key(self, connection: AsyncConnection, key: str) -> Registered | None:
        query = COMPLAINTS.add_columns(reports.c.repeat).join(
            reports, reports.c.complaint_number == complaints.c.complaint_number
        )
        row = await one(connection, "key", query.where(reports.c.idempotency_key == key))
        return None if row is None else Registered(complaint=complaint_of(row), repeat=row["repeat"])

    async def _open_one(self, connection: AsyncConnection, kind: Kind, premises_id: str) -> str | None:
        """The number of the open complaint of that kind and place, if there is one."""
        query = select(complaints.c.complaint_number).where(
            complaints.c.premises_id == premises_id,
            complaints.c.kind == kind,
            complaints.c.status.in_(sorted(OPEN_STATUSES)),
        )
        row = await one(connection, "open complaint", query)
        return None if row is None else str(row["complaint_number"])

    async def _insert(self, connection: AsyncConnection, draft: Draft, premises_id: str, now: datetime) -> str:
        number = await next_number(connection)
        values = {
            "complaint_number": number,
            "idempotency_key": draft.idempotency_key,
            "status": "registered",
            "kind": draft.kind,
            "priority": draft.priority,
            "premises_id": premises_id,
            "registered_at": now,
            "promise_at": promise_at(self._company.promises, draft.kind, now),
            "due_at": due_at(self._company.promises, draft.kind, now),
            "repeats": 0,
            "outage_id": draft.outage_id,
            "consumer_number": draft.consumer_number,
            "contact_id": await contact_of(connection, draft.caller_number),
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
            "contact_id": await contact_of(connection, draft.caller_number),
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
        if await one(connection, "consumer", theirs) is None:
            raise RuleError("unknown_consumer", "there is no consumer of that number")
    if draft.outage_id is not None:
        known = select(outages.c.outage_id).where(outages.c.outage_id == draft.outage_id)
        if await one(connection, "outage", known) is None:
            raise RuleError("unknown_outage", f"there is no outage {draft.outage_id}")


async def _see_that_it_is_not_too_much(connection: AsyncConnection, draft: Draft, now: datetime) -> None:
    """One number registers so many new complaints a day; danger is never refused."""
    if draft.caller_number is None or may_be_many(draft):
        return
    count = (
        select(func.count())
        .select_from(complaints.join(contacts))
        .where(
            contacts.c.number == draft.caller_number,
            complaints.c.registered_at > now - TRIES_SPAN,
            complaints.c.priority != "emergency",
            complaints.c.kind.not_in(sorted(HAZARD_KINDS)),
        )
    )
    if (await passing("complaints today", connection.execute(count))).scalar_one() >= COMPLAINTS_A_DAY:
        raise RuleError("too_many", f"that number registered {COMPLAINTS_A_DAY} complaints within a day")


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
