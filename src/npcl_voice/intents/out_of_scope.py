"""Nothing that this assistant does: what it can do instead."""

from typing import Annotated

from msgspec import Meta, Struct

from npcl_voice.intents.request import MAX_TEXT, Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["OFFERS", "OUT_OF_SCOPE"]

OFFERS = ("no_supply", "complaint_status", "outage_info", "bill_due", "report_theft", "callback", "agent")
"""What callers most often want, by the names of the tools."""


class OutOfScope(Struct, frozen=True, forbid_unknown_fields=True):
    """The caller wants something that no tool does. Say kindly what you can do, and offer a person."""

    topic: Annotated[str, Meta(max_length=MAX_TEXT)] | None = None


async def serve(request: OutOfScope, desk: Desk, situation: Situation) -> Result:
    """What can be done here."""
    return {"ok": True, "offers": list(OFFERS)}


OUT_OF_SCOPE = Intent("out_of_scope", OutOfScope, serve)
