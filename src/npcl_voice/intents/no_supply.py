"""The power is out: register it once for its premises, and tell of an outage that is known."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.domain.complaints import Draft, priority_of
from npcl_voice.domain.consumers import Premises, is_consumer_number
from npcl_voice.domain.outages import Outage
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["NO_SUPPLY"]

Text = Annotated[str, Meta(max_length=MAX_TEXT)]


class NoSupply(Struct, frozen=True, forbid_unknown_fields=True):
    """Register that the caller has no electricity. Give the consumer number, or the area together with
    the house or flat number; only values that the caller confirmed.
    """

    area: Text | None = None
    consumer_number: Text | None = None
    premises: Text | None = None


async def serve(request: NoSupply, desk: Desk, situation: Situation) -> Result:
    """Find the premises, then write the complaint and say what is on record."""
    premises: Premises
    if request.consumer_number is not None:
        known = await desk.consumer(request.consumer_number) if is_consumer_number(request.consumer_number) else None
        if known is None:
            return {"ok": False, "reason": "unknown_consumer"}
        premises = known.premises
    elif request.area is None:
        return {"ok": False, "reason": "need_place"}
    else:
        area = await desk.area(request.area)
        if area is None:
            return {"ok": False, "reason": "unknown_area"}
        if not request.premises:
            return {"ok": False, "reason": "need_place"}
        premises = await desk.premises(area, request.premises)
    outage = await desk.open_outage(premises.area)
    registered = await desk.register(
        Draft(
            idempotency_key=f"{situation.call_id}:no_supply:{premises.premises_id}",
            kind="no_supply",
            priority=priority_of("no_supply"),
            premises=premises,
            call_id=situation.call_id,
            consumer_number=request.consumer_number,
            caller_number=situation.caller_number,
            outage_id=None if outage is None else outage.outage_id,
        )
    )
    complaint = registered.complaint
    return {
        "ok": True,
        "complaint_number": complaint.complaint_number,
        "status": complaint.status,
        "repeat": registered.repeat,
        "repeats": complaint.repeats,
        "area": complaint.area,
        "outage": None if outage is None else _told(outage),
    }


def _told(outage: Outage) -> dict[str, str | None]:
    restoration = None if outage.expired else outage.restoration
    return {"cause": outage.cause or None, "expected_at": None if restoration is None else restoration.at.isoformat()}


NO_SUPPLY = Intent("no_supply", NoSupply, serve, confirmed=("consumer_number",))
