"""Danger: an emergency ticket at once, even before the place is known, and the place when it comes."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.domain.complaints import Draft, HazardKind
from npcl_voice.domain.consumers import Premises
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["HAZARD"]

UNKNOWN_PLACE = "unknown"


class Hazard(Struct, frozen=True, forbid_unknown_fields=True):
    """Raise an emergency: a wire or pole down, fire, electric shock, or sparks. Call it at once, before
    asking anything, and again with the place when the caller has told it.
    """

    kind: HazardKind
    place: Annotated[str, Meta(max_length=MAX_TEXT)] | None = None


async def serve(request: Hazard, desk: Desk, situation: Situation) -> Result:
    """One ticket a call and place; the one without a place was the first cry."""
    area = None if request.place is None else await desk.area(request.place)
    place = area or request.place
    # A danger is never merged with another caller's by its place alone: each call is evidence.
    premises = Premises(f"call/{situation.call_id}/{request.kind}", area or UNKNOWN_PLACE, place or "")
    registered = await desk.register(
        Draft(
            idempotency_key=f"{situation.call_id}:hazard:{request.kind}",
            kind=request.kind,
            priority="emergency",
            premises=premises,
            call_id=situation.call_id,
            consumer_number=situation.facts.get("consumer_number"),
            caller_number=situation.caller_number,
        )
    )
    complaint = registered.complaint
    return {"ok": True, "complaint_number": complaint.complaint_number, "level": "P0", "place": place}


HAZARD = Intent("hazard", Hazard, serve)
