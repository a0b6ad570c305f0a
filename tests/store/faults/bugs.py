"""Desks with one mistake each, to see whether the judge notices: each with the finding that is about it."""

import secrets
from datetime import timedelta

import msgspec
from sqlalchemy import delete, insert, update

from npcl_voice.domain.complaints import Callback, CallbackDraft, Complaint, Draft, Registered
from npcl_voice.domain.handover import Handover, Packet
from npcl_voice.domain.identity import Verdict, same_name
from npcl_voice.errors import UnavailableError
from npcl_voice.store import ledger
from npcl_voice.store.desk import SqlDesk
from npcl_voice.store.tables import callbacks, complaints, outbox, requests, tries

__all__ = ["BUGS"]


class ForgetsItsKeys(SqlDesk):
    """A second try under the same key counts as another report."""

    async def register(self, draft: Draft) -> Registered:
        fresh = f"{draft.idempotency_key}:{secrets.token_hex(4)}"
        return await super().register(msgspec.structs.replace(draft, idempotency_key=fresh))


class OwesLater(SqlDesk):
    """The outbox job is written after the commit, in a transaction of its own."""

    async def register(self, draft: Draft) -> Registered:
        self._later = None
        registered = await super().register(draft)
        if self._later is not None:
            async with self._database.write() as connection:
                await super()._owe(connection, *self._later)
        return registered

    async def _owe(self, connection, *what):
        self._later = what


class SpeaksBeforeItWrites(SqlDesk):
    """What a commit says is not waited for: an answer is given although nothing was written."""

    async def book_callback(self, draft: CallbackDraft) -> Callback:
        try:
            return await super().book_callback(draft)
        except UnavailableError:
            return Callback(1, draft.number, draft.window, draft.reason, "pending", self._wall())


class OpensASecondOne(SqlDesk):
    """The open complaint of a fault is not looked for; a house in other letters slips past the schema."""

    async def register(self, draft: Draft) -> Registered:
        if draft.kind == "no_supply":
            place = msgspec.structs.replace(draft.premises, house=f"{draft.premises.house}{secrets.token_hex(2)}")
            place = msgspec.structs.replace(place, premises_id=f"{place.premises_id}-{secrets.token_hex(2)}")
            draft = msgspec.structs.replace(draft, premises=place)
        return await super().register(draft)


class TakesItsNumberFirst(SqlDesk):
    """The number is taken in a transaction of its own, so a crash leaves a gap."""

    async def register(self, draft: Draft) -> Registered:
        from npcl_voice.store.numbers import next_number

        async with self._database.write() as connection:
            await next_number(connection)
        return await super().register(draft)


class CallsTwice(SqlDesk):
    """A callback is booked beside the one that is owed: the older one is hidden while it is looked for."""

    async def book_callback(self, draft: CallbackDraft) -> Callback:
        async with self._database.write() as connection:
            hidden = update(callbacks).where(callbacks.c.outcome == "pending")
            await connection.execute(hidden.values(outcome="hidden"))
        booked = await super().book_callback(draft)
        async with self._database.write() as connection:
            shown = update(callbacks).where(callbacks.c.outcome == "hidden")
            await connection.execute(shown.values(outcome="pending"))
        return booked


class CountsARetry(SqlDesk):
    """The same wrong name said again is another try."""

    async def verify(self, call_id: str, consumer_number: str, said_name: str) -> Verdict:
        verdict = await super().verify(call_id, consumer_number, said_name)
        if verdict == "no_match":
            again = {"what": "name", "subject": consumer_number, "call_id": call_id, "was_right": False}
            async with self._database.write() as connection:
                row = {**again, "said_digest": secrets.token_hex(32), "tried_at": self._wall()}
                await connection.execute(insert(tries).values(row))
        return verdict


class ForgetsWrongNames(SqlDesk):
    """Names are counted in memory alone."""

    async def verify(self, call_id: str, consumer_number: str, said_name: str) -> Verdict:
        account = await self.account(consumer_number)
        return "verified" if account is not None and same_name(said_name, account.name) else "no_match"


class NeverLocks(SqlDesk):
    """Wrong names of earlier calls do not count."""

    async def verify(self, call_id: str, consumer_number: str, said_name: str) -> Verdict:
        async with self._database.write() as connection:
            aside = update(tries).where(tries.c.what == "name").values(tried_at=self._wall() - timedelta(days=2))
            await connection.execute(aside)
        return await super().verify(call_id, consumer_number, said_name)


class ReopensAgain(SqlDesk):
    """A reopening is not remembered by its key."""

    async def reopen(self, complaint_number: str, *, key: str, call_id: str, reason: str = "") -> Complaint:
        opened = await super().reopen(complaint_number, key=key, call_id=call_id, reason=reason)
        async with self._database.write() as connection:
            await connection.execute(delete(requests).where(requests.c.action == "complaint.reopened"))
        return opened


class ClosesWithoutACode(SqlDesk):
    """Any code closes."""

    async def close(self, complaint_number: str, code: str, *, call_id: str, note: str = "") -> Complaint:
        known = await self.complaint(complaint_number)
        right = code if known is None else self._keys.closing_code(known)
        return await super().close(complaint_number, right, call_id=call_id, note=note)


class HandsOverTwice(SqlDesk):
    """Each try makes a packet."""

    async def hand_over(self, packet: Packet) -> Handover:
        key = f"{packet.idempotency_key}:{secrets.token_hex(4)}"
        return await super().hand_over(msgspec.structs.replace(packet, idempotency_key=key))


class ReportsTheftTwice(SqlDesk):
    """Each try makes a report."""

    async def report_theft(self, area: str, details: str, *, key: str) -> Complaint:
        return await super().report_theft(area, details, key=f"{key}:{secrets.token_hex(4)}")


class TellsOfDangerLate(SqlDesk):
    """An alert waits its turn like any other job."""

    async def _owe(self, connection, action, key, complaint, now):
        await super()._owe(connection, action, key, complaint, now)
        await connection.execute(update(outbox).values(urgent=False))


class AuditsBeside(SqlDesk):
    """What was done is written into the audit after the commit."""

    async def flag_need(self, place: str, *, key: str, call_id: str) -> bool:
        flagged = await super().flag_need(place, key=key, call_id=call_id)
        if flagged:
            async with self._database.write() as connection:
                await ledger.append(
                    connection, at=self._wall(), actor=call_id, action="need.flagged", subject="need 1", detail={}
                )
        return flagged


class CountsRepeatsBeside(SqlDesk):
    """A repeat is counted in a transaction of its own."""

    async def register(self, draft: Draft) -> Registered:
        registered = await super().register(draft)
        if registered.repeat:
            number = registered.complaint.complaint_number
            again = update(complaints).where(complaints.c.complaint_number == number)
            async with self._database.write() as connection:
                await connection.execute(again.values(repeats=complaints.c.repeats + 1))
        return registered


BUGS: dict[str, tuple[type[SqlDesk], str]] = {
    bug.__name__: (bug, finding)
    for bug, finding in (
        (ForgetsItsKeys, "double"),
        (OwesLater, "outbox"),
        (SpeaksBeforeItWrites, "unbacked"),
        (OpensASecondOne, "unbacked"),
        (TakesItsNumberFirst, "double"),
        (CallsTwice, "callback"),
        (CountsARetry, "unasked"),
        (ForgetsWrongNames, "unbacked"),
        (NeverLocks, "identity"),
        (ReopensAgain, "double"),
        (ClosesWithoutACode, "unasked"),
        (HandsOverTwice, "double"),
        (ReportsTheftTwice, "double"),
        (TellsOfDangerLate, "alert"),
        (AuditsBeside, "audit"),
        (CountsRepeatsBeside, "count"),
    )
}
