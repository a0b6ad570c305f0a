"""A tool run as a call runs it."""

import msgspec

from npcl_voice.intents import run_intent
from npcl_voice.ports import Situation

__all__ = ["PRIYA", "PRIYA_S_LINE", "STRANGE_LINE", "run"]

PRIYA = "2990741852"
PRIYA_S_LINE = "6999074185"
STRANGE_LINE = "9810123456"


async def run(desk, tool, situation=None, /, **arguments):
    """Its answer, which goes to the engine as JSON."""
    call = situation or Situation("call-1", STRANGE_LINE)
    result = await run_intent(tool, msgspec.json.encode(arguments).decode(), desk, call)
    msgspec.json.encode(result)
    return result
