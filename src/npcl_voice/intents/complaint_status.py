"""What became of a complaint: its status as it is on record, and nothing for a number that is not."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.domain.complaints import Complaint, is_complaint_number
from npcl_voice.domain.outages import Outage
from npcl_voice.intents.facts import expected, promised
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.intents.unknown import unknown_complaint
from npcl_voice.ports import Desk, Situation

__all__ = ["COMPLAINT_STATUS"]

OF_SUPPLY = frozenset({"no_supply", "fluctuation"})
"""Kinds that an outage of the area explains."""


class ComplaintStatus(Struct, frozen=True, forbid_unknown_fields=True):
    """Look up the status of a complaint by its nine digit number, as the caller confirmed it. Never guess a
    number.
    """

    complaint_number: Annotated[str, Meta(max_length=MAX_TEXT)]


async def serve(request: ComplaintStatus, desk: Desk, situation: Situation) -> Result:
    """Look it up."""
    if not is_complaint_number(request.complaint_number):
        return {"ok": False, "reason": "bad_number"}
    complaint = await desk.complaint(request.complaint_number)
    if complaint is None:
        return await unknown_complaint(request.complaint_number, desk, situation)
    return {
        "ok": True,
        "complaint_number": complaint.complaint_number,
        "status": complaint.status,
        "kind": complaint.kind,
        "area": complaint.area,
        **expected(await _outage_of(complaint, desk)),
        **promised(complaint, situation.now),
    }


async def _outage_of(complaint: Complaint, desk: Desk) -> Outage | None:
    """The outage that it belongs to, or that explains it; None for a closed one, and for another kind of fault."""
    if not complaint.is_open() or complaint.kind not in OF_SUPPLY:
        return None
    return await desk.open_outage(complaint.area)


COMPLAINT_STATUS = Intent("complaint_status", ComplaintStatus, serve, confirmed=("complaint_number",))
