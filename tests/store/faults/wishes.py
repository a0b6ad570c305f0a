"""What callers and operators may want of the desk, each done as a call's tool does it."""

import json
from typing import Any

import msgspec

from npcl_voice.domain.complaints import CallbackDraft
from npcl_voice.domain.handover import Packet
from npcl_voice.errors import RuleError
from npcl_voice.intents import run_intent
from npcl_voice.ports import Situation
from npcl_voice.store.desk import SqlDesk
from npcl_voice.store.keys import Keys
from npcl_voice.store.records import Records

__all__ = ["ACCOUNT", "AREA", "BY_OPERATORS", "WISHES", "Answer", "Wish", "perform"]

AREA, ACCOUNT = "Alpha 2", "2990528146"

BY_OPERATORS = ("settle", "close")

WISHES = (
    "no_supply",
    "hazard",
    "agent",
    "callback",
    "name",
    "reopen",
    "code",
    "need",
    "theft",
    "handover",
    *BY_OPERATORS,
)


class Wish(msgspec.Struct, frozen=True):
    """One thing that somebody wants."""

    what: str
    number: str
    """The telephone from which it is asked for."""
    value: str = ""
    """A house, a kind of danger, a window, a name; for codes whether it is the right one."""


class Answer(msgspec.Struct, frozen=True):
    """What the asking heard."""

    said: str
    """`done`, `refused` or `unavailable`."""
    subject: str = ""
    """The number, the id or the verdict that was told; the reason of a refusal."""


async def perform(desk: SqlDesk, records: Records, keys: Keys, wish: Wish, call_id: str, known: str) -> Answer:
    """Ask for it on that call; `known` is the complaint that the caller last heard of, or one of the demonstration.

    Raises UnavailableError as the desk does.
    """
    try:
        return await _perform(desk, records, keys, wish, call_id, known)
    except RuleError as error:
        return Answer("refused", error.reason)


async def _perform(desk: SqlDesk, records: Records, keys: Keys, wish: Wish, call_id: str, known: str) -> Answer:
    match wish.what:
        case "no_supply" | "hazard" | "agent":
            return await _by_tool(desk, wish, call_id)
        case "callback":
            draft = CallbackDraft(f"{call_id}:callback:{wish.value}", wish.number, wish.value, "asked", call_id)
            return Answer("done", str((await desk.book_callback(draft)).callback_id))
        case "name":
            return Answer("done", await desk.verify(call_id, ACCOUNT, wish.value))
        case "reopen":
            return _told(await desk.reopen(known, key=f"{call_id}:reopen:{known}", call_id=call_id))
        case "code":
            return _told(await desk.close(known, await _code(desk, keys, known, wish.value), call_id=call_id))
        case "need":
            flagged = await desk.flag_need(wish.value or known, key=f"{call_id}:need", call_id=call_id)
            return Answer("done", str(flagged))
        case "theft":
            return _told(await desk.report_theft(AREA, wish.value, key=f"{call_id}:theft"))
        case "handover":
            packet = Packet(
                idempotency_key=f"{call_id}:handover",
                call_id=call_id,
                reason="asked",
                summary="",
                hazard=wish.value or None,
                caller_number=wish.number,
            )
            return Answer("done", str((await desk.hand_over(packet)).handover_id))
        case "settle":
            owed = [one for one in await records.callbacks(owed_only=True) if one.number == wish.number]
            if not owed:
                return Answer("refused", "none")
            return Answer("done", str((await records.settle_callback(owed[0].callback_id, "reached")).callback_id))
        case "close":
            return _told(await records.close_complaint(known))
        case _:
            raise AssertionError(wish.what)


async def _by_tool(desk: SqlDesk, wish: Wish, call_id: str) -> Answer:
    arguments: dict[str, dict[str, str]] = {
        "no_supply": {"area": AREA, "premises": wish.value},
        "hazard": {"kind": wish.value, "place": f"near {wish.number[-2:]}"},
        "agent": {},
    }
    situation = Situation(call_id, wish.number)
    result: dict[str, Any] = await run_intent(wish.what, json.dumps(arguments[wish.what]), desk, situation)
    if result["ok"]:
        return Answer("done", result.get("complaint_number", ""))
    return Answer("unavailable" if result["reason"] == "unavailable" else "refused", result["reason"])


async def _code(desk: SqlDesk, keys: Keys, number: str, which: str) -> str:
    """The code that the consumer got by SMS, or another one."""
    complaint = await desk.complaint(number)
    right = int(keys.closing_code(complaint)) if complaint is not None else 0
    return f"{(right + int(which)) % 10**6:06d}"


def _told(complaint: Any) -> Answer:
    return Answer("done", complaint.complaint_number)
