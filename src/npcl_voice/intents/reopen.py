"""A closed complaint that was not really solved is opened again, as long as the rules allow it."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.domain.complaints import is_complaint_number
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.intents.unknown import unknown_complaint
from npcl_voice.ports import Desk, Situation

__all__ = ["REOPEN"]

Text = Annotated[str, Meta(max_length=MAX_TEXT)]


class Reopen(Struct, frozen=True, forbid_unknown_fields=True):
    """Open a closed complaint again, by the number that the caller confirmed, because it was not really solved;
    with what is still wrong, in the caller's words.
    """

    complaint_number: Text
    reason: Text | None = None


async def serve(request: Reopen, desk: Desk, situation: Situation) -> Result:
    """Open it; a rule that forbids it is told as its reason."""
    if not is_complaint_number(request.complaint_number):
        return {"ok": False, "reason": "bad_number"}
    if await desk.complaint(request.complaint_number) is None:
        return await unknown_complaint(request.complaint_number, desk, situation)
    complaint = await desk.reopen(
        request.complaint_number,
        key=f"{situation.call_id}:reopen:{request.complaint_number}",
        call_id=situation.call_id,
        reason=request.reason or "",
    )
    return {"ok": True, "complaint_number": complaint.complaint_number, "status": complaint.status}


REOPEN = Intent("reopen", Reopen, serve, confirmed=("complaint_number",))
