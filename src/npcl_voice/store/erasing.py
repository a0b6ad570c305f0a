"""Erasing a caller: what belongs to that telephone number goes, and a receipt says what went and what stays.

The audit stays whole, for it holds nothing of the caller; a complaint stays without the number that
made it. What the company keeps of its consumers is the company's own, and is not touched here.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import Select, String, cast, func, insert, literal, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.complaints import OPEN_STATUSES
from npcl_voice.domain.telephones import forms_of
from npcl_voice.errors import RuleError
from npcl_voice.store import ledger
from npcl_voice.store.clearing import LOGS, Pile, clear, clearing, remove_files, settle_file
from npcl_voice.store.engine import Database
from npcl_voice.store.keys import Keys
from npcl_voice.store.tables import (
    areas,
    audit,
    callbacks,
    calls,
    complaints,
    consumers,
    contacts,
    erasures,
    handovers,
    needs,
    notes,
    premises,
    reports,
    requests,
    transcripts,
    tries,
)

__all__ = ["Receipt", "erase_caller"]

NO_CALLS = ("demo", "operator", "anonymous")
"""What stands for a call's id where there was none."""


class Receipt(msgspec.Struct, frozen=True):
    """What was erased, for whoever asked for it; it holds no number."""

    receipt: str
    """By this it is found again. Empty in a preview."""
    caller_digest: str
    """Keyed: the same number has the same one, and nobody else can tell the number from it."""
    erased_at: datetime
    erased: dict[str, int]
    """Rows by their table, and files of calls."""
    kept: dict[str, int]
    """What stays, and why: `complaints` without the number, `consumers` as the company's own records,
    `open_emergencies` whose place is still needed."""
    settled: bool = True
    """False when the old rows stand in the database's log of writes until nobody is reading."""


async def erase_caller(
    database: Database, keys: Keys, number: str, *, folder: Path, now: datetime, longest: timedelta, preview: bool
) -> Receipt:
    """Erase what belongs to a caller's number, in whatever form it is given, or see what would go.

    `folder` holds the event logs; `longest` is how long a call may last. The files go first: when
    that is broken off, running it again finds the rest. Raises RuleError (`call_under_way`), and
    UnavailableError when the database does not answer or a file cannot be deleted.
    """
    digest = keys.caller(number)
    async with database.read() as connection:
        mine = await _calls_of(connection, number, digest)
        await _see_that_none_goes_on(connection, mine, now - longest)
    files = remove_files((folder / f"{call_id}.jsonl" for call_id in mine), preview=preview)
    receipt = "" if preview else f"E{now:%Y%m%d}-{secrets.token_hex(4)}"
    async with clearing(database, preview=preview) as connection:
        await ledger.take_turn(connection)
        kept = await _kept(connection, number)
        erased = {**await clear(connection, _piles(number, mine)), LOGS: files}
        row = {"receipt": receipt, "caller_digest": digest, "erased_at": now}
        counts = msgspec.json.encode({"erased": erased, "kept": kept}).decode()
        await connection.execute(insert(erasures).values(**row, counts=counts))
        subject = f"erasure {receipt}"
        await ledger.append(
            connection, at=now, actor="operator", action="caller.erased", subject=subject, detail={"erased": erased}
        )
    settled = preview or await settle_file(database)
    return Receipt(receipt, digest, now, erased, kept, settled)


async def _calls_of(connection: AsyncConnection, number: str, digest: str) -> tuple[str, ...]:
    """The ids of the caller's calls: by the digest, and by what the number did on them."""
    theirs, points = _contacts(number), (complaints, reports, callbacks, handovers)
    found = union(
        select(calls.c.call_id).where(calls.c.caller_digest == digest),
        *(select(one.c.call_id).where(one.c.contact_id.in_(theirs)) for one in points),
    )
    ids = (await connection.execute(found)).scalars()
    return tuple(sorted(call_id for call_id in ids if call_id not in NO_CALLS))


async def _see_that_none_goes_on(connection: AsyncConnection, mine: Sequence[str], since: datetime) -> None:
    going = select(calls.c.call_id).where(
        calls.c.call_id.in_(mine), calls.c.ended_at.is_(None), calls.c.began_at > since
    )
    if (await connection.execute(going)).first() is not None:
        raise RuleError("call_under_way", "a call of that number is going on; erase it when it is over")


async def _kept(connection: AsyncConnection, number: str) -> dict[str, int]:
    theirs = _contacts(number)
    open_places = (
        select(func.count())
        .select_from(complaints)
        .where(
            complaints.c.contact_id.in_(theirs),
            complaints.c.priority == "emergency",
            complaints.c.status.in_(sorted(OPEN_STATUSES)),
        )
    )
    made = select(func.count()).select_from(complaints).where(complaints.c.contact_id.in_(theirs))
    on_record = select(func.count()).select_from(consumers).where(consumers.c.mobile.in_(forms_of(number)))
    return {
        "complaints": (await connection.execute(made)).scalar_one(),
        "open_emergencies": (await connection.execute(open_places)).scalar_one(),
        "consumers": (await connection.execute(on_record)).scalar_one(),
    }


def _contacts(number: str) -> Select[tuple[int]]:
    return select(contacts.c.contact_id).where(contacts.c.number.in_(forms_of(number)))


def _piles(number: str, mine: Sequence[str]) -> list[Pile]:
    """What goes, in an order in which nothing points to what is gone."""
    theirs = _contacts(number)
    numbers = select(complaints.c.complaint_number).where(complaints.c.contact_id.in_(theirs))
    booked = select(literal("callback ") + cast(callbacks.c.callback_id, String)).where(
        callbacks.c.contact_id.in_(theirs)
    )
    entries = select(audit.c.entry).where(or_(audit.c.subject.in_(numbers), audit.c.subject.in_(booked)))
    places = select(complaints.c.premises_id).where(
        complaints.c.contact_id.in_(theirs),
        complaints.c.priority == "emergency",
        complaints.c.status.not_in(sorted(OPEN_STATUSES)),
    )
    in_own_words = premises.c.premises_id.in_(places) & premises.c.area.not_in(select(areas.c.name))
    nobody = {"contact_id": None}
    return [
        Pile("notes", notes, notes.c.entry.in_(entries)),
        Pile("requests", requests, requests.c.subject.in_(booked)),
        Pile("requests", requests, requests.c.call_id.in_(mine), {"call_id": None}),
        Pile("callbacks", callbacks, callbacks.c.contact_id.in_(theirs)),
        Pile("handovers", handovers, or_(handovers.c.contact_id.in_(theirs), handovers.c.call_id.in_(mine))),
        Pile("verifications", tries, tries.c.call_id.in_(mine)),
        Pile("needs", needs, needs.c.call_id.in_(mine)),
        Pile("places", premises, in_own_words & (premises.c.area != ""), {"area": ""}),
        Pile("transcripts", transcripts, transcripts.c.call_id.in_(mine)),
        Pile("calls", calls, calls.c.call_id.in_(mine), {"caller": None, "caller_digest": None}),
        Pile("reports", reports, reports.c.contact_id.in_(theirs), nobody),
        Pile("complaints", complaints, complaints.c.contact_id.in_(theirs), nobody),
        Pile("contacts", contacts, contacts.c.number.in_(forms_of(number))),
    ]
