"""What a late repair is compensated with, by rules that the company has confirmed, and by no others."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.domain.promises import spoken_compensation
from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["COMPENSATION"]


class Compensation(Struct, frozen=True, forbid_unknown_fields=True):
    """Look up what the rules give for a repair that comes late; for what, in a few words, if the caller says so.
    Name no amount that it does not give.
    """

    event: Annotated[str, Meta(max_length=MAX_TEXT)] | None = None


async def serve(request: Compensation, desk: Desk, situation: Situation) -> Result:
    """Choose the rules that may be spoken."""
    promises = situation.company.promises
    rules = spoken_compensation(promises, event=request.event) or spoken_compensation(promises)
    told = [{"event": one.event, "per_day_inr": one.compensation, "after_hours": one.hours} for one in rules]
    return {"ok": True, "rules": told}


COMPENSATION = Intent("compensation", Compensation, serve)
