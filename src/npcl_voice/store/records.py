"""What an operator may look at and change: complaints, outages, callbacks, and what is owed."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from rapidfuzz import fuzz, process, utils
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.callbacks import OWED_OUTCOMES, Outcome, settle
from npcl_voice.domain.complaints import (
    OPEN_STATUSES,
    Callback,
    Complaint,
    Draft,
    Kind,
    Registered,
    Step,
    after,
    priority_of,
)
from npcl_voice.domain.notes import clean_note
from npcl_voice.domain.outages import Confidence, Outage, estimate
from npcl_voice.domain.times import as_shown
from npcl_voice.errors import RuleError
from npcl_voice.store import ledger, outbox
from npcl_voice.store.closing import change_status, has_closing_code, see_that_no_other_is_open
from npcl_voice.store.desk import SqlDesk
from npcl_voice.store.engine import Database
from npcl_voice.store.failpoints import passing
from npcl_voice.store.handovers import HandoverRecord, handover_record
from npcl_voice.store.lookups import complaint_on_record
from npcl_voice.store.rows import CALLBACKS, COMPLAINTS, OUTAGES, callback_of, complaint_of, outage_of
from npcl_voice.store.tables import areas, callbacks, complaints, consumers, contacts, handovers, notes, outages

__all__ = ["OPERATOR", "Demonstration", "Records"]

OPERATOR = "operator"
"""Who did it, in the audit, when no call did."""


class Demonstration(msgspec.Struct, frozen=True):
    """Numbers of the demonstration that a person may try."""

    consumer_numbers: tuple[str, ...]
    complaint_numbers: tuple[str, ...]


class Records:
    """The operator's side of the records. Every method raises UnavailableError as the desk does."""

    def __init__(self, database: Database, desk: SqlDesk, wall: Callable[[], datetime]) -> None:
        """`wall` tells the time, with a zone."""
        self._database = database
        self._desk = desk
        self._wall = wall

    async def complaints(self, *, open_only: bool = False, limit: int | None = None) -> list[Complaint]:
        """The newest complaints first."""
        query = COMPLAINTS.order_by(complaints.c.registered_at.desc(), complaints.c.complaint_number.desc())
        if open_only:
            query = query.where(complaints.c.status.in_(sorted(OPEN_STATUSES)))
        async with self._database.read() as connection:
            return [complaint_of(row) for row in (await connection.execute(query.limit(limit))).mappings()]

    async def complaint(self, complaint_number: str) -> Complaint:
        """The complaint of that number. Raises RuleError (`unknown_number`)."""
        found = await self._desk.complaint(complaint_number)
        if found is None:
            raise RuleError("unknown_number", f"there is no complaint {complaint_number}")
        return found

    async def demonstration(self) -> Demonstration:
        """The demonstration's numbers; none in a database without one."""
        async with self._database.read() as connection:
            of = [
                select(column).where(demo).order_by(column)
                for column, demo in (
                    (consumers.c.consumer_number, consumers.c.demo),
                    (complaints.c.complaint_number, complaints.c.demo),
                )
            ]
            return Demonstration(*[tuple((await connection.execute(query)).scalars()) for query in of])

    async def history(self, subject: str) -> list[ledger.Entry]:
        """What the audit says of a complaint, `callback ID` or `outage ID`, oldest first."""
        async with self._database.read() as connection:
            return await ledger.entries(connection, subject)

    async def notes(self, subject: str) -> dict[int, str]:
        """What operators wrote in their own words about it, by the audit entry that it belongs to."""
        async with self._database.read() as connection:
            mine = [entry.entry for entry in await ledger.entries(connection, subject)]
            rows = await connection.execute(select(notes).where(notes.c.entry.in_(mine)))
            return {row["entry"]: row["text"] for row in rows.mappings()}

    async def first_audit_break(self) -> int | None:
        """The first entry of the audit that is missing or was changed; None while it is whole."""
        async with self._database.read() as connection:
            return await ledger.first_break(connection)

    async def add_complaint(
        self, kind: Kind, area: str, house: str = "", *, key: str, consumer_number: str | None = None
    ) -> Registered:
        """Register a complaint by hand, under the same rules as in a call.

        `key` makes a second try harmless. With a consumer number the premises are the consumer's.
        Raises RuleError (`unknown_area`, naming near ones, or `unknown_consumer`).
        """
        if consumer_number is not None:
            consumer = await self._desk.consumer(consumer_number)
            if consumer is None:
                raise RuleError("unknown_consumer", f"there is no consumer {consumer_number}")
            premises = consumer.premises
        else:
            premises = await self._desk.premises(await self.known_area(area), house)
        draft = Draft(
            idempotency_key=key,
            kind=kind,
            priority=priority_of(kind),
            premises=premises,
            call_id=OPERATOR,
            consumer_number=consumer_number,
        )
        return await self._desk.register(draft)

    async def assign_complaint(self, complaint_number: str, team: str) -> Complaint:
        """Give a complaint to a team, or to another one than it had.

        Raises RuleError: `unknown_number`; `already_assigned` when the team has it; what `clean_note`
        says of the team's name; what `after` refuses.
        """
        name = clean_note("team", team)
        return await self._take_step("assign", complaint_number, team=name)

    async def close_complaint(self, complaint_number: str, note: str = "", *, code: str | None = None) -> Complaint:
        """The work is done; `note` says what was found, `code` is what the consumer got by SMS.

        Without a code the audit says that the closing was not verified. Raises RuleError:
        `unknown_number`; what `clean_note` says of the note; what `after` refuses; and for a code
        `wrong_code`, and `too_many_codes` after so many wrong ones within a day.
        """
        text = clean_note("note", note) if note else ""
        if code is None:
            return await self._take_step("close", complaint_number, note=text)
        return await self._desk.close(complaint_number, code, call_id=OPERATOR, note=text)

    async def closing_code(self, complaint_number: str) -> str:
        """The code by which the consumer closes the complaint, for whoever sends it; the audit says that it was read.

        Raises RuleError: `unknown_number`, `not_open`, and `no_code` where nobody gets one.
        """
        now = self._wall()
        async with self._database.write() as connection:
            await ledger.take_turn(connection)
            known = await complaint_on_record(connection, complaint_number)
            if not known.is_open():
                raise RuleError("not_open", f"complaint {complaint_number} is closed; it has a code while it is open")
            if not await has_closing_code(connection, known):
                raise RuleError("no_code", f"nobody gets a code for complaint {complaint_number}; close it without one")
            action, subject = "complaint.code_read", complaint_number
            await ledger.append(connection, at=now, actor=OPERATOR, action=action, subject=subject, detail={})
        return self._desk.keys.closing_code(known)

    async def handovers(self, *, limit: int | None = None) -> list[HandoverRecord]:
        """The newest packets for persons first, with whom to call back."""
        query = select(handovers, contacts.c.number).outerjoin(contacts).order_by(handovers.c.handover_id.desc())
        async with self._database.read() as connection:
            return [handover_record(row) for row in (await connection.execute(query.limit(limit))).mappings()]

    async def reopen_complaint(self, complaint_number: str, reason: str) -> Complaint:
        """The work was not done after all.

        Raises RuleError: `unknown_number`; `another_open` when the same fault was reported anew
        meanwhile; what `clean_note` says of the reason; what `after` refuses.
        """
        return await self._take_step("reopen", complaint_number, note=clean_note("reason", reason))

    async def _take_step(self, step: Step, number: str, *, team: str = "", note: str = "") -> Complaint:
        now = self._wall()
        mine = COMPLAINTS.add_columns(complaints.c.team).where(complaints.c.complaint_number == number)
        async with self._database.write() as connection:
            await ledger.take_turn(connection)
            row = (await passing("complaint", connection.execute(mine))).mappings().one_or_none()
            if row is None:
                raise RuleError("unknown_number", f"there is no complaint {number}")
            known = complaint_of(row)
            status = after(step, known)
            if step == "assign" and (row["status"], row["team"]) == (status, team):
                raise RuleError("already_assigned", f"complaint {number} is with {team} already")
            if step == "reopen":
                await see_that_no_other_is_open(connection, known)
            action = {"assign": "complaint.assigned", "close": "complaint.closed", "reopen": "complaint.reopened"}[step]
            written, entry = await change_status(
                connection,
                known,
                status,
                at=now,
                actor=OPERATOR,
                action=action,
                team=team,
                verified=False if step == "close" else None,
            )
            if note:
                await passing("note", connection.execute(insert(notes).values(entry=entry, text=note)))
            return written

    async def known_area(self, name: str) -> str:
        """The area's name as on record. Raises RuleError (`unknown_area`), naming near ones."""
        found = await self._desk.area(name)
        if found is not None:
            return found
        names: dict[str, str] = {}
        async with self._database.read() as connection:
            for row in (await connection.execute(select(areas).order_by(areas.c.name))).mappings():
                for known in (row["name"], *msgspec.json.decode(row["aliases"])):
                    names.setdefault(known, row["name"])
        near = process.extract(
            name, list(names), scorer=fuzz.token_set_ratio, processor=utils.default_process, limit=12
        )
        nearest = list(dict.fromkeys(names[match] for match, _, _ in near))[:3]
        hint = f"; near ones: {', '.join(nearest)}" if nearest else ""
        raise RuleError("unknown_area", f"there is no area '{name}'{hint}")

    async def callbacks(self, *, owed_only: bool = False, limit: int | None = None) -> list[Callback]:
        """The newest callbacks first."""
        query = CALLBACKS.order_by(callbacks.c.callback_id.desc())
        if owed_only:
            query = query.where(callbacks.c.outcome.in_(sorted(OWED_OUTCOMES)))
        async with self._database.read() as connection:
            return [callback_of(row) for row in (await connection.execute(query.limit(limit))).mappings()]

    async def settle_callback(self, callback_id: int, outcome: Outcome) -> Callback:
        """Note what came of a call. Raises RuleError (`unknown_callback`, and what `settle` refuses)."""
        now = self._wall()
        mine = CALLBACKS.where(callbacks.c.callback_id == callback_id)
        subject = f"callback {callback_id}"
        async with self._database.write() as connection:
            await ledger.take_turn(connection)
            row = (await connection.execute(mine)).mappings().one_or_none()
            if row is None:
                raise RuleError("unknown_callback", f"there is no callback {callback_id}")
            known = callback_of(row)
            change = update(callbacks).where(callbacks.c.callback_id == callback_id)
            await connection.execute(change.values(outcome=settle(known, outcome)))
            action, detail = "callback.settled", {"outcome": outcome}
            entry = await ledger.append(
                connection, at=now, actor=OPERATOR, action=action, subject=subject, detail=detail
            )
            payload = {"callback": subject, "outcome": outcome}
            await outbox.owe(connection, at=now, kind=action, key=f"{callback_id}:{entry}", payload=payload)
            return msgspec.structs.replace(known, outcome=outcome)

    async def outages(self, *, open_only: bool = False, limit: int | None = None) -> list[Outage]:
        """The newest outages first."""
        query = OUTAGES.order_by(outages.c.started_at.desc(), outages.c.outage_id.desc())
        if open_only:
            query = query.where(outages.c.restored_at.is_(None))
        async with self._database.read() as connection:
            return [outage_of(row) for row in (await connection.execute(query.limit(limit))).mappings()]

    async def add_outage(
        self, area: str, *, cause: str = "", started_at: datetime | None = None, expected_at: datetime | None = None
    ) -> Outage:
        """Note that an area is without supply, from now unless said otherwise, and when it is expected back.

        Raises RuleError: `unknown_area`, naming near ones; `bad_time` for a start still to come, and
        for an expected end that is over or before the start.
        """
        now = self._wall()
        name = await self.known_area(area)
        start = started_at or now
        if start > now:
            raise RuleError("bad_time", f"an outage that starts at {as_shown(start)} is not there yet")
        if expected_at is not None and expected_at <= now:
            raise RuleError("bad_time", f"supply cannot be expected back at {as_shown(expected_at)}: that is over")
        values = {
            "area": name,
            "cause": cause,
            "started_at": start,
            "expected_at": expected_at,
            "expected_source": None if expected_at is None else OPERATOR,
            "expected_given_at": None if expected_at is None else now,
            "demo": False,
        }
        async with self._database.write() as connection:
            await ledger.take_turn(connection)
            added = insert(outages).values(values).returning(outages.c.outage_id)
            outage_id = int((await connection.execute(added)).scalar_one())
            detail = {"area": name, "expected_at": None if expected_at is None else as_shown(expected_at)}
            return await self._tell_of_outage(connection, now, "outage.added", outage_id, detail)

    async def estimate_outage(
        self, outage_id: int, at: datetime, source: str, confidence: Confidence = "medium"
    ) -> Outage:
        """Note when supply is expected back, who says so and how surely, and that it was said now.

        Raises RuleError: `unknown_outage`; what `clean_note` says of the source; what `estimate` refuses.
        """
        now = self._wall()
        said_by = clean_note("source", source)
        async with self._database.write() as connection:
            await ledger.take_turn(connection)
            restoration = estimate(await _outage(connection, outage_id), at, said_by, now, confidence)
            values = {
                "expected_at": at,
                "expected_source": said_by,
                "expected_given_at": restoration.given_at,
                "expected_confidence": confidence,
            }
            await connection.execute(update(outages).where(outages.c.outage_id == outage_id).values(values))
            detail: dict[str, str | None] = {"expected_at": as_shown(at), "source": said_by}
            return await self._tell_of_outage(connection, now, "outage.estimated", outage_id, detail)

    async def restore_outage(self, outage_id: int) -> Outage:
        """Note that supply is back. Raises RuleError (`unknown_outage`, `already_restored`)."""
        now = self._wall()
        async with self._database.write() as connection:
            await ledger.take_turn(connection)
            known = await _outage(connection, outage_id)
            if known.restored_at is not None:
                raise RuleError(
                    "already_restored", f"outage {outage_id} was restored at {as_shown(known.restored_at)} already"
                )
            over = update(outages).where(outages.c.outage_id == outage_id).values(restored_at=now)
            await connection.execute(over)
            return await self._tell_of_outage(connection, now, "outage.restored", outage_id, {})

    async def _tell_of_outage(
        self, connection: AsyncConnection, now: datetime, action: str, outage_id: int, detail: dict[str, str | None]
    ) -> Outage:
        """The audit entry and the outbox job of a change that was written; the outage as it is now."""
        entry = await ledger.append(
            connection, at=now, actor=OPERATOR, action=action, subject=f"outage {outage_id}", detail=detail
        )
        outage = await _outage(connection, outage_id)
        payload = {"outage_id": outage_id, "area": outage.area, **detail}
        await outbox.owe(connection, at=now, kind=action, key=f"{outage_id}:{entry}", payload=payload)
        return outage

    async def outbox(
        self, *, pending_only: bool = False, limit: int | None = None, stuck_after: int | None = None
    ) -> list[outbox.Job]:
        """What is owed to others, the newest first; with `stuck_after` only what was tried so often."""
        async with self._database.read() as connection:
            return await outbox.jobs(connection, pending_only=pending_only, limit=limit, stuck_after=stuck_after)


async def _outage(connection: AsyncConnection, outage_id: int) -> Outage:
    row = (await connection.execute(OUTAGES.where(outages.c.outage_id == outage_id))).mappings().one_or_none()
    if row is None:
        raise RuleError("unknown_outage", f"there is no outage {outage_id}")
    return outage_of(row)
