"""What an operator may look at and change: complaints, outages, callbacks, and what is owed."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from rapidfuzz import fuzz, process, utils
from sqlalchemy import insert, select, update

from npcl_voice.domain.complaints import OPEN_STATUSES, Callback, Complaint, Draft, Kind, Registered, priority_of
from npcl_voice.domain.outages import Outage
from npcl_voice.domain.times import as_shown
from npcl_voice.errors import RuleError
from npcl_voice.store import ledger, outbox
from npcl_voice.store.desk import SqlDesk
from npcl_voice.store.engine import Database
from npcl_voice.store.rows import CALLBACKS, COMPLAINTS, OUTAGES, callback_of, complaint_of, outage_of
from npcl_voice.store.tables import areas, callbacks, complaints, consumers, outages

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

    async def callbacks(self, *, limit: int | None = None) -> list[Callback]:
        """The newest callbacks first."""
        query = CALLBACKS.order_by(callbacks.c.callback_id.desc()).limit(limit)
        async with self._database.read() as connection:
            return [callback_of(row) for row in (await connection.execute(query)).mappings()]

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
            outage_id = (await connection.execute(added)).scalar_one()
            detail = {"area": name, "expected_at": None if expected_at is None else as_shown(expected_at)}
            await ledger.append(
                connection, at=now, actor=OPERATOR, action="outage.added", subject=f"outage {outage_id}", detail=detail
            )
            row = (await connection.execute(OUTAGES.where(outages.c.outage_id == outage_id))).mappings().one()
            return outage_of(row)

    async def restore_outage(self, outage_id: int) -> Outage:
        """Note that supply is back. Raises RuleError (`unknown_outage`, `already_restored`)."""
        now = self._wall()
        mine = OUTAGES.where(outages.c.outage_id == outage_id)
        async with self._database.write() as connection:
            await ledger.take_turn(connection)
            row = (await connection.execute(mine)).mappings().one_or_none()
            if row is None:
                raise RuleError("unknown_outage", f"there is no outage {outage_id}")
            if row["restored_at"] is not None:
                raise RuleError(
                    "already_restored", f"outage {outage_id} was restored at {as_shown(row['restored_at'])} already"
                )
            over = update(outages).where(outages.c.outage_id == outage_id).values(restored_at=now)
            await connection.execute(over)
            await ledger.append(
                connection, at=now, actor=OPERATOR, action="outage.restored", subject=f"outage {outage_id}", detail={}
            )
            return outage_of((await connection.execute(mine)).mappings().one())

    async def outbox(self, *, pending_only: bool = False, limit: int | None = None) -> list[outbox.Job]:
        """What is owed to others, the newest first."""
        async with self._database.read() as connection:
            return await outbox.jobs(connection, pending_only=pending_only, limit=limit)
