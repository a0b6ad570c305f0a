"""What callers and operators may want of the desk: callers by the tools of their call, operators by the records."""

import json
from typing import Any

import msgspec

from npcl_voice.errors import RuleError
from npcl_voice.intents import run_intent
from npcl_voice.ports import Situation
from npcl_voice.store.desk import SqlDesk
from npcl_voice.store.keys import Keys
from npcl_voice.store.records import Records

__all__ = ["ACCOUNT", "AREA", "BY_OPERATORS", "WISHES", "Answer", "Wish", "perform"]

AREA, ACCOUNT = "Alpha 2", "2990528146"

BY_OPERATORS = ("settle", "close")

WISHES = ("no_supply", "hazard", "agent", "callback", "name", "reopen", "code", "need", "theft", *BY_OPERATORS)


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

    Raises UnavailableError as the records do.
    """
    if wish.what not in BY_OPERATORS:
        return await _by_tool(desk, keys, wish, call_id, known)
    try:
        if wish.what == "close":
            return Answer("done", (await records.close_complaint(known)).complaint_number)
        owed = [one.callback_id for one in await records.callbacks(owed_only=True) if one.number == wish.number]
        if not owed:
            return Answer("refused", "none")
        return Answer("done", str((await records.settle_callback(owed[0], "reached")).callback_id))
    except RuleError as error:
        return Answer("refused", error.reason)


async def _by_tool(desk: SqlDesk, keys: Keys, wish: Wish, call_id: str, known: str) -> Answer:
    number, value = {"complaint_number": known}, wish.value
    tool, arguments, facts = {
        "no_supply": ("no_supply", {"area": AREA, "premises": value}, {}),
        "hazard": ("hazard", {"kind": value, "place": f"near {wish.number[-2:]}"}, {}),
        "agent": ("agent", {}, {}),
        "callback": ("callback", {"window": value}, {}),
        "name": ("bill_due", {"name": value}, {"consumer_number": ACCOUNT}),
        "reopen": ("reopen", number, number),
        "code": ("close_complaint", number | {"code": await _code(desk, keys, known, wish)}, number),
        "need": ("vulnerable", {"need": "oxygen"}, {"consumer_number": ACCOUNT} if value else number),
        "theft": ("report_theft", {"area": AREA, "details": value}, {}),
    }[wish.what]
    hazard = value or None if wish.what == "agent" else None
    situation = Situation(call_id, wish.number, facts, heard=(value,), hazard=hazard)
    result: dict[str, Any] = await run_intent(tool, json.dumps(arguments), desk, situation)
    if wish.what == "name" and (result["ok"] or result["reason"] in ("no_match", "locked")):
        return Answer("done", "verified" if result["ok"] else result["reason"])
    if result["ok"]:
        return Answer("done", result.get("complaint_number") or "")
    return Answer("unavailable" if result["reason"] == "unavailable" else "refused", result["reason"])


async def _code(desk: SqlDesk, keys: Keys, number: str, wish: Wish) -> str:
    """The code that the consumer got by SMS, or another one."""
    complaint = await desk.complaint(number) if wish.what == "code" else None
    right = int(keys.closing_code(complaint)) if complaint is not None else 0
    return f"{(right + int(wish.value)) % 10**6:06d}" if complaint is not None else ""
