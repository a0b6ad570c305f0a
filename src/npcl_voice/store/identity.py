"""Whether a caller is who the account says: names are compared, counted, and not kept."""

from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.identity import TRIES_SPAN, Verdict, verdict_of
from npcl_voice.domain.names import words_of
from npcl_voice.meaning.names import in_latin
from npcl_voice.store import ledger
from npcl_voice.store.failpoints import passing
from npcl_voice.store.keys import Keys
from npcl_voice.store.lookups import one
from npcl_voice.store.rows import CONSUMERS
from npcl_voice.store.tables import consumers, tries

__all__ = ["compare_name", "note_try", "verified_on", "wrong_tries"]


async def compare_name(
    connection: AsyncConnection, keys: Keys, *, call_id: str, consumer_number: str, said: str, now: datetime
) -> Verdict:
    """Compare a name that a caller said, in either script, and note the try with its audit entry.

    The same name said again on the same call is no further try, so a retry costs nobody anything. A
    caller who was verified for this account on this call stays so. Silence is no try.
    """
    row = await one(connection, "consumer", CONSUMERS.where(consumers.c.consumer_number == consumer_number))
    if row is None:
        return "unknown_account"
    if await verified_on(connection, call_id, consumer_number) is not None:
        return "verified"
    spoken = in_latin(said)
    verdict = verdict_of(
        spoken,
        row["name"],
        wrong_on_call=await wrong_tries(connection, "name", call_id=call_id),
        wrong_on_account=await wrong_tries(connection, "name", subject=consumer_number, since=now - TRIES_SPAN),
    )
    words = " ".join(words_of(spoken))
    if verdict != "locked" and words:
        right = verdict == "verified"
        digest = keys.digest("name", words)
        if await note_try(connection, "name", consumer_number, call_id, digest, right=right, now=now):
            action = "caller.verified" if right else "caller.name_wrong"
            await ledger.append(connection, at=now, actor=call_id, action=action, subject=f"call {call_id}", detail={})
    return verdict


async def verified_on(connection: AsyncConnection, call_id: str, consumer_number: str | None = None) -> str | None:
    """The account for which a caller was verified last on that call, or whether it was that one."""
    query = select(tries.c.subject).where(tries.c.what == "name", tries.c.call_id == call_id, tries.c.was_right)
    if consumer_number is not None:
        query = query.where(tries.c.subject == consumer_number)
    row = await one(connection, "verified", query.order_by(tries.c.tried_at.desc(), tries.c.subject).limit(1))
    return None if row is None else str(row["subject"])


async def wrong_tries(
    connection: AsyncConnection,
    what: str,
    *,
    call_id: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
) -> int:
    """How many different wrong words were said on that call, or for that number since then."""
    query = select(func.count()).select_from(tries).where(tries.c.what == what, ~tries.c.was_right)
    if call_id is not None:
        query = query.where(tries.c.call_id == call_id)
    if subject is not None:
        query = query.where(tries.c.subject == subject)
    if since is not None:
        query = query.where(tries.c.tried_at > since)
    return int((await passing("wrong tries", connection.execute(query))).scalar_one())


async def note_try(
    connection: AsyncConnection, what: str, subject: str, call_id: str, digest: str, *, right: bool, now: datetime
) -> bool:
    """Write a try; False when the same was said before on this call."""
    same = select(tries.c.was_right).where(
        tries.c.what == what, tries.c.subject == subject, tries.c.call_id == call_id, tries.c.said_digest == digest
    )
    if await one(connection, "same try", same) is not None:
        return False
    row = {"what": what, "subject": subject, "call_id": call_id, "said_digest": digest}
    await passing("try", connection.execute(insert(tries).values(**row, was_right=right, tried_at=now)))
    return True
