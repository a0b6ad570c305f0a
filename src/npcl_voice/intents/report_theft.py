"""Theft of electricity, reported by somebody whom nobody need know."""

import hashlib
from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["REPORT_THEFT"]

Text = Annotated[str, Meta(max_length=MAX_TEXT)]


class ReportTheft(Struct, frozen=True, forbid_unknown_fields=True):
    """Report theft of electricity: where it is, and what the caller has seen. It is anonymous: do not ask
    who the caller is.
    """

    area: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
    details: Text | None = None


async def serve(request: ReportTheft, desk: Desk, situation: Situation) -> Result:
    """Write it down; neither the call nor its number goes with it."""
    area = await desk.area(request.area) or request.area
    details = request.details or ""
    told = hashlib.sha256(f"{area}\n{details}".encode()).hexdigest()
    complaint = await desk.report_theft(area, details, key=f"{situation.call_id}:theft:{told}")
    return {"ok": True, "complaint_number": complaint.complaint_number}


REPORT_THEFT = Intent("report_theft", ReportTheft, serve, limit=3)
