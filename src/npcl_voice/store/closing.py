"""How a complaint is closed and opened again, by whom, and the code that only its consumer has."""

from datetime import datetime

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.complaints import (
    CODE_DIGITS,
    CODES_A_DAY,
    OPEN_STATUSES,
    Complaint,
    Status,
    after,
    may_be_many,
    see_that_it_reopens,
)
from npcl_voice.domain.identity import TRIES_SPAN
from npcl_voice.errors import RuleError
from npcl_voice.store import ledger, outbox
from npcl_voice.store.failpoints import passing
from npcl_voice.store.identity import note_try, wrong_tries
from npcl_voice.store.keys import Keys
from npcl_voice.store.lookups import accept, accepted, complaint_on_record, one
from npcl_voice.store.tables import complaints, notes

__all__ = [
    "MOST_TEXT",
    "change_status",
    "close_by_code",
    "has_closing_code",
    "open_again",
    "owe_closing_code",
    "see_that_no_other_is_open",
]

MOST_TEXT = 1000
"""Characters of what is still wrong; what stands behind is not kept."""


async def close_by_code(
    connection: AsyncConnection,
    keys: Keys,
    complaint_number: str,
    code: str,
    *,
    call_id: str,
    now: datetime,
    note: str = "",
) -> Complaint | None:
    """Close a complaint by its consumer's code; None for a wrong one, which is counted.

    The same code on the same call gives the complaint that it closed. `note` is an operator's. Raises RuleError
    (`unknown_number`, `already_closed`, `cancelled`, `too_many_codes`); then nothing was written.
    """
    known = await complaint_on_record(connection, complaint_number)
    right = keys.is_closing_code(known, code)
    request = keys.digest("request", f"close:{call_id}:{complaint_number}:{known.openings}")
    if right and not known.is_open() and await accepted(connection, request) is not None:
        return known
    status = after("close", known)
    since = now - TRIES_SPAN
    if await wrong_tries(connection, "code", subject=complaint_number, since=since) >= CODES_A_DAY:
        message = f"too many wrong codes were said for complaint {complaint_number}; an operator can close it"
        raise RuleError("too_many_codes", message)
    if not right:
        if len(code) == CODE_DIGITS and code.isdigit():
            said = keys.digest("code", f"{complaint_number}:{code}")
            if await note_try(connection, "code", complaint_number, call_id, said, right=False, now=now):
                await ledger.append(
                    connection,
                    at=now,
                    actor=call_id,
                    action="complaint.code_wrong",
                    subject=complaint_number,
                    detail={},
                )
        return None
    await accept(connection, request, action="complaint.closed", subject=complaint_number, call_id=call_id, at=now)
    written, entry = await change_status(
        connection, known, status, at=now, actor=call_id, action="complaint.closed", verified=True
    )
    if note:
        await passing("note", connection.execute(insert(notes).values(entry=entry, text=note)))
    return written


async def open_again(
    connection: AsyncConnection,
    keys: Keys,
    complaint_number: str,
    *,
    key: str,
    call_id: str,
    within_h: int,
    note: str,
    now: datetime,
) -> Complaint:
    """Open a complaint again for a caller, once for its key, within so many hours of its closing.

    `note` is what is still wrong, masked; it stands apart from the audit. Raises RuleError:
    `unknown_number`, `another_open` when the same fault was reported anew meanwhile, and what
    `see_that_it_reopens` refuses.
    """
    request = keys.digest("request", f"reopen:{key}")
    subject = await accepted(connection, request)
    if subject is not None:
        return await complaint_on_record(connection, subject)
    known = await complaint_on_record(connection, complaint_number)
    see_that_it_reopens(known, within_h, now)
    await see_that_no_other_is_open(connection, known)
    await accept(connection, request, action="complaint.reopened", subject=complaint_number, call_id=call_id, at=now)
    written, entry = await change_status(
        connection, known, after("reopen", known), at=now, actor=call_id, action="complaint.reopened"
    )
    if note:
        await passing("note", connection.execute(insert(notes).values(entry=entry, text=note)))
    return written


async def change_status(
    connection: AsyncConnection,
    known: Complaint,
    status: Status,
    *,
    at: datetime,
    actor: str,
    action: str,
    team: str = "",
    verified: bool | None = None,
) -> tuple[Complaint, int]:
    """Write a complaint's new status, its audit entry and its outbox job; the complaint, and the entry's number.

    `verified` says of a closing whether the consumer's code was given.
    """
    number = known.complaint_number
    closed_at = at if status == "resolved" else None
    openings = known.openings + (status == "reopened")
    values = {"status": status, "closed_at": closed_at, "openings": openings} | ({"team": team} if team else {})
    change = update(complaints).where(complaints.c.complaint_number == number).values(values)
    await passing("step", connection.execute(change))
    told = {"team": team} if team else {}
    seen = {} if verified is None else {"verified": verified}
    entry = await ledger.append(
        connection, at=at, actor=actor, action=action, subject=number, detail={"from": known.status, **told, **seen}
    )
    written = msgspec.structs.replace(known, status=status, closed_at=closed_at, openings=openings)
    await outbox.owe_for(connection, at=at, action=action, key=f"{number}:{entry}", complaint=written, **told)
    if status == "reopened":
        await owe_closing_code(connection, written, at)
    return written, entry


async def owe_closing_code(connection: AsyncConnection, complaint: Complaint, at: datetime) -> None:
    """Owe the consumer the code that closes this opening, where there is a consumer to send it to.

    The job names the complaint alone: whoever sends the code asks this program for it.
    """
    number = complaint.complaint_number
    if not await has_closing_code(connection, complaint):
        return
    key = f"{number}:{complaint.openings}"
    await outbox.owe(connection, at=at, kind="closing_code.due", key=key, payload={"complaint_number": number})


async def has_closing_code(connection: AsyncConnection, complaint: Complaint) -> bool:
    """Whether there is somebody who gets a code. Danger and theft are seen by passers-by, who have nothing to close."""
    if may_be_many(complaint) or complaint.kind == "theft":
        return False
    reach = select(complaints.c.consumer_number, complaints.c.contact_id)
    mine = reach.where(complaints.c.complaint_number == complaint.complaint_number)
    row = await one(connection, "reach", mine)
    return row is not None and (row["consumer_number"] is not None or row["contact_id"] is not None)


async def see_that_no_other_is_open(connection: AsyncConnection, complaint: Complaint) -> None:
    """One fault has one open complaint: the schema refuses a second, this says which it is."""
    query = select(complaints.c.complaint_number).where(
        complaints.c.premises_id == complaint.premises,
        complaints.c.kind == complaint.kind,
        complaints.c.status.in_(sorted(OPEN_STATUSES)),
    )
    other = (await passing("open complaint", connection.execute(query))).scalar()
    if other is not None:
        raise RuleError("another_open", f"complaint {other} of the same place and kind is open; work on that one")
