"""Once more, please: the assistant's last words."""

from msgspec import Struct

from npcl_voice.intents.request import Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["REPEAT"]


class Repeat(Struct, frozen=True, forbid_unknown_fields=True):
    """The caller did not understand: say your last words again, slower."""


async def serve(request: Repeat, desk: Desk, situation: Situation) -> Result:
    """What was said last."""
    return {"ok": True, "said": situation.last_words}


REPEAT = Intent("repeat", Repeat, serve)
