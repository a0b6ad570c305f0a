"""Somebody there depends on power: noted for the place, without a diagnosis and without a promise."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.intents.identity import confirmed_consumer
from npcl_voice.intents.no_supply import place_missing
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["VULNERABLE"]


class Vulnerable(Struct, frozen=True, forbid_unknown_fields=True):
    """Note that somebody at the caller's place depends on power: a ventilator, oxygen, dialysis, an infant, an
    illness. Call it whenever the caller speaks of such a need, once the complaint has its number or the place
    is confirmed. Promise nothing for it.
    """

    need: Annotated[str, Meta(max_length=MAX_TEXT)]


async def serve(request: Vulnerable, desk: Desk, situation: Situation) -> Result:
    """Flag the complaint of this call, else the caller's place; what the need is goes nowhere."""
    number = situation.facts.get("given_complaint") or situation.facts.get("complaint_number")
    place = number or await _premises(desk, situation)
    if place is None:
        return await place_missing(None, desk, situation)
    flagged = await desk.flag_need(place, key=f"{situation.call_id}:need:{place}", call_id=situation.call_id)
    if not flagged:
        return {"ok": False, "reason": "unknown_number" if number else "need_place"}
    return {"ok": True, "flagged": True, "complaint_number": number}


async def _premises(desk: Desk, situation: Situation) -> str | None:
    consumer = await confirmed_consumer(desk, situation)
    if consumer is not None:
        return consumer.premises.premises_id
    area, house = situation.facts.get("area"), situation.facts.get("house")
    if area is None or house is None or (known := await desk.area(area)) is None:
        return None
    return (await desk.premises(known, house)).premises_id


VULNERABLE = Intent("vulnerable", Vulnerable, serve)
