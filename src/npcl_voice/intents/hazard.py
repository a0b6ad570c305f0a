"""Danger: an emergency ticket at once, even before the place is known, and the place when it comes."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.domain.complaints import Draft, HazardKind
from npcl_voice.domain.consumers import Premises
from npcl_voice.errors import UnavailableError
from npcl_voice.intents.identity import confirmed_consumer
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["HAZARD"]


class Hazard(Struct, frozen=True, forbid_unknown_fields=True):
    """Raise an emergency: a wire or pole down, fire, electric shock, or sparks. Call it at once, before
    asking anything, and again with the place when the caller has told it.
    """

    kind: HazardKind
    place: Annotated[str, Meta(max_length=MAX_TEXT)] | None = None


async def serve(request: Hazard, desk: Desk, situation: Situation) -> Result:
    """One ticket a call and danger; the place is added to it when it is known."""
    consumer = await confirmed_consumer(desk, situation)  # a wrong number must not keep an emergency from being raised
    registered = await desk.register(
        Draft(
            idempotency_key=f"{situation.call_id}:hazard:{request.kind}",
            kind=request.kind,
            priority="emergency",
            # A place of its own: each caller's danger is a ticket, however near another's it may be.
            premises=Premises(f"call/{situation.call_id}/{request.kind}", area=""),
            call_id=situation.call_id,
            consumer_number=None if consumer is None else consumer.consumer_number,
            caller_number=situation.caller_number,
        )
    )
    number = registered.complaint.complaint_number
    place = request.place and (await desk.area(request.place) or request.place)
    if place:
        try:
            await desk.locate(number, place)
        except UnavailableError:
            place = None  # the emergency stands all the same; where it is will be asked for again
    return {"ok": True, "complaint_number": number, "level": "P0", "place": place}


HAZARD = Intent("hazard", Hazard, serve)
