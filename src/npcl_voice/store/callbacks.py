"""Callbacks that are owed: one at a time for a number, so that nobody is called twice."""

from datetime import datetime

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from npcl_voice.domain.callbacks import OWED_OUTCOMES
from npcl_voice.domain.complaints import CALLBACKS_A_DAY, Callback, CallbackDraft
from npcl_voice.domain.identity import TRIES_SPAN
from npcl_voice.errors import RuleError
from npcl_voice.store import ledger, outbox
from npcl_voice.store.failpoints import passing
from npcl_voice.store.keys import Keys
from npcl_voice.store.lookups import accept, accepted, contact_of, one
from npcl_voice.store.rows import CALLBACKS, callback_of
from npcl_voice.store.tables import callbacks

__all__ = ["book"]


async def book(connection: AsyncConnection, keys: Keys, draft: CallbackDraft, now: datetime) -> Callback:
    """Write a callback, its audit entry and its outbox job, once for its key and while none is owed to the number.

    A second booking gives the one that is owed, its window changed where another one was asked for.
    Raises RuleError (`too_many`) when the number was booked so often within a day.
    """
    row = await one(connection, "callback", CALLBACKS.where(callbacks.c.idempotency_key == draft.idempotency_key))
    if row is not None:
        return callback_of(row)
    request = keys.digest("request", f"callback:{draft.idempotency_key}")
    subject = await accepted(connection, request)
    if subject is not None:
        return await _read(connection, int(subject.removeprefix("callback ")))
    contact_id = await contact_of(connection, draft.number)
    theirs = callbacks.c.contact_id == contact_id
    waiting = CALLBACKS.where(theirs, callbacks.c.outcome.in_(sorted(OWED_OUTCOMES)))
    row = await one(connection, "owed callback", waiting.order_by(callbacks.c.callback_id.desc()).limit(1))
    if row is not None:
        return await _change(connection, row, request, draft, now)
    count = select(func.count()).select_from(callbacks).where(theirs, callbacks.c.booked_at > now - TRIES_SPAN)
    if (await passing("callbacks today", connection.execute(count))).scalar_one() >= CALLBACKS_A_DAY:
        raise RuleError("too_many", f"that number was booked {CALLBACKS_A_DAY} times within a day")
    values = {
        "idempotency_key": draft.idempotency_key,
        "contact_id": contact_id,
        "time_window": draft.window,
        "reason": draft.reason,
        "outcome": "pending",
        "call_id": draft.call_id,
        "booked_at": now,
        "demo": False,
    }
    added = insert(callbacks).values(values).returning(callbacks.c.callback_id)
    callback_id = int((await passing("new callback", connection.execute(added))).scalar_one())
    subject = f"callback {callback_id}"
    await ledger.append(connection, at=now, actor=draft.call_id, action="callback.booked", subject=subject, detail={})
    await outbox.owe(
        connection, at=now, kind="callback.booked", key=draft.idempotency_key, payload={"callback": subject}
    )
    return await _read(connection, callback_id)


async def _change(
    connection: AsyncConnection, row: RowMapping, request: str, draft: CallbackDraft, now: datetime
) -> Callback:
    callback_id = int(row["callback_id"])
    subject, action = f"callback {callback_id}", "callback.changed"
    await accept(connection, request, action=action, subject=subject, call_id=draft.call_id, at=now)
    if row["time_window"] != draft.window:
        mine = update(callbacks).where(callbacks.c.callback_id == callback_id)
        await passing("window", connection.execute(mine.values(time_window=draft.window)))
        await ledger.append(connection, at=now, actor=draft.call_id, action=action, subject=subject, detail={})
        await outbox.owe(connection, at=now, kind=action, key=request, payload={"callback": subject})
    return await _read(connection, callback_id)


async def _read(connection: AsyncConnection, callback_id: int) -> Callback:
    mine = CALLBACKS.where(callbacks.c.callback_id == callback_id)
    return callback_of((await passing("read back", connection.execute(mine))).mappings().one())
