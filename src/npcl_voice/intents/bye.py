"""The caller is done: the farewell is said, and then the line is closed."""

from msgspec import Struct

from npcl_voice.intents.request import Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["BYE"]


class Bye(Struct, frozen=True, forbid_unknown_fields=True):
    """The caller needs nothing more. The farewell is said for you; do not say it yourself."""


async def serve(request: Bye, desk: Desk, situation: Situation) -> Result:
    """Nothing to look up."""
    return {"ok": True}


BYE = Intent("bye", Bye, serve)
