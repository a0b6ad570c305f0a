"""A complaint whose work is done is closed, by the code that was sent to its consumer and to nobody else."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.domain.complaints import CODE_DIGITS, is_complaint_number
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.intents.unknown import unknown_complaint
from npcl_voice.ports import Desk, Situation

__all__ = ["CLOSE_COMPLAINT"]

Text = Annotated[str, Meta(max_length=MAX_TEXT)]


class CloseComplaint(Struct, frozen=True, forbid_unknown_fields=True):
    """Close a complaint, by the number that the caller confirmed, once the caller says that the work is done and
    gives the six digit code that came by SMS. Never ask for the code for anything else, and never say it.
    """

    complaint_number: Text
    code: Text


async def serve(request: CloseComplaint, desk: Desk, situation: Situation) -> Result:
    """Close it; the code is compared by the records, which count wrong ones."""
    if not is_complaint_number(request.complaint_number):
        return {"ok": False, "reason": "bad_number"}
    code = request.code
    if not (len(code) == CODE_DIGITS and code.isascii() and code.isdigit()):
        return {"ok": False, "reason": "bad_code"}
    if await desk.complaint(request.complaint_number) is None:
        return await unknown_complaint(request.complaint_number, desk, situation)
    complaint = await desk.close(request.complaint_number, code, call_id=situation.call_id)
    return {"ok": True, "complaint_number": complaint.complaint_number, "status": complaint.status}


CLOSE_COMPLAINT = Intent("close_complaint", CloseComplaint, serve, confirmed=("complaint_number",))
