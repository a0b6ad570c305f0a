"""Where to turn next when a complaint is not dealt with."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.domain.complaints import is_complaint_number
from npcl_voice.domain.escalation import spoken_steps
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["ESCALATION"]


class Escalation(Struct, frozen=True, forbid_unknown_fields=True):
    """Look up where the caller can turn next with a complaint that is old, unresolved or wrongly closed; with its
    number, if the caller confirmed it.
    """

    complaint_number: Annotated[str, Meta(max_length=MAX_TEXT)] | None = None


async def serve(request: Escalation, desk: Desk, situation: Situation) -> Result:
    """The steps in their order, and how the complaint stands."""
    number = request.complaint_number or ""
    complaint = await desk.complaint(number) if is_complaint_number(number) else None
    ticket = None if complaint is None else {"complaint_number": number, "status": complaint.status}
    steps = spoken_steps(situation.company.escalation, kind=None if complaint is None else complaint.kind)
    return {"ok": True, "steps": [step.name.replace("_", " ") for step in steps], "ticket": ticket}


ESCALATION = Intent("escalation", Escalation, serve, confirmed=("complaint_number",))
