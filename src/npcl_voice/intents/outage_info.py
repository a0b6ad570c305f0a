"""Whether a power cut is known in an area, and when it is over: for anybody who asks."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.intents.facts import outage_told
from npcl_voice.intents.no_supply import place_missing
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["OUTAGE_INFO"]


class OutageInfo(Struct, frozen=True, forbid_unknown_fields=True):
    """Look up whether a power cut is known in an area, its cause and when the power is expected back, for anybody.
    Without an area it looks at that of the caller's own connection, where the telephone number tells it. Where it
    gives no cause, say that the cause is not known yet.
    """

    area: Annotated[str, Meta(max_length=MAX_TEXT)] | None = None


async def serve(request: OutageInfo, desk: Desk, situation: Situation) -> Result:
    """Look it up; nothing is registered."""
    area = None if request.area is None else await desk.area(request.area)
    if request.area is not None and area is None:
        return {"ok": False, "reason": "unknown_area"}
    if area is None:
        own = await place_missing(None, desk, situation)
        if own["area"] is None:
            return {"ok": False, "reason": "need_place"}
        return {"ok": True, "area": own["area"], "outage": own["outage"]}
    return {"ok": True, "area": area, "outage": outage_told(await desk.open_outage(area))}


OUTAGE_INFO = Intent("outage_info", OutageInfo, serve)
