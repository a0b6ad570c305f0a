"""The power is out or not as it should be: register it once for its premises, and tell of an outage that is known."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from npcl_voice.conversation.goals.no_supply import ASKED_AGAIN
from npcl_voice.domain.complaints import Draft, priority_of
from npcl_voice.domain.consumers import Premises
from npcl_voice.intents.facts import outage_told, promised
from npcl_voice.intents.identity import confirmed_consumer, own_connection
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.intents.unknown import unknown_consumer
from npcl_voice.ports import Desk, Situation

__all__ = ["NO_SUPPLY", "place_missing"]

Text = Annotated[str, Meta(max_length=MAX_TEXT)]


class NoSupply(Struct, frozen=True, forbid_unknown_fields=True):
    """Register that the caller has no electricity, or, with `trouble`, that its voltage is wrong. Give the
    consumer number, or the area together with the house or flat number; only values that the caller confirmed.
    Called without them, or with the area alone, it registers nothing and tells what is known: an outage there,
    and by `own` whether the caller's telephone number belongs to a connection; ask whether it is about that
    one, and on a yes give `own` as the consumer number.
    """

    area: Text | None = None
    consumer_number: Text | None = None
    premises: Text | None = None
    trouble: Literal["no_supply", "fluctuation"] = "no_supply"


async def serve(request: NoSupply, desk: Desk, situation: Situation) -> Result:
    """Find the premises, then write the complaint and say what is on record."""
    premises: Premises
    consumer_number = None
    if request.consumer_number is not None:
        known = await confirmed_consumer(desk, situation)
        if known is None:
            return await unknown_consumer(request.consumer_number, desk, situation)
        premises, consumer_number = known.premises, known.consumer_number
    else:
        area = None if request.area is None else await desk.area(request.area)
        if request.area is not None and area is None:
            return {"ok": False, "reason": "unknown_area"}
        if area is None or not request.premises:
            return await place_missing(area, desk, situation)
        premises = await desk.premises(area, request.premises)
    outage = await desk.open_outage(premises.area)
    again = situation.facts.get(ASKED_AGAIN)
    kind = request.trouble
    key = f"{situation.call_id}:{kind}:{premises.premises_id}"
    registered = await desk.register(
        Draft(
            idempotency_key=key if again is None else f"{key}:{again}",
            kind=kind,
            priority=priority_of(kind),
            premises=premises,
            call_id=situation.call_id,
            consumer_number=consumer_number,
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
        "outage": outage_told(outage),
        **promised(complaint, situation.now),
    }


async def place_missing(area: str | None, desk: Desk, situation: Situation) -> Result:
    """That the place is missing, and what is known without it.

    `own` says that the line's number is registered with one connection, which may be the one: its area
    may be told to anybody, its house to nobody.
    """
    number = await own_connection(desk, situation)
    own = None if number is None else await desk.consumer(number)
    if own is not None and area not in {None, own.premises.area}:
        own = None
    area = area if own is None else own.premises.area
    outage = None if area is None else outage_told(await desk.open_outage(area))
    return {"ok": False, "reason": "need_place", "own": own is not None, "area": area, "outage": outage}


NO_SUPPLY = Intent("no_supply", NoSupply, serve, confirmed=("consumer_number",), limit=3)
