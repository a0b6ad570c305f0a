"""What a caller can ask for: the model's tools, one file each.

To add one: a file here, a line in `INTENTS`, its steps in `conversation/goals/`, its sentences in
`conversation/phrases/`.
"""

from typing import Any

from npcl_voice.errors import RuleError, UnavailableError
from npcl_voice.intents.agent import AGENT
from npcl_voice.intents.bye import BYE
from npcl_voice.intents.complaint_status import COMPLAINT_STATUS
from npcl_voice.intents.hazard import HAZARD
from npcl_voice.intents.no_supply import NO_SUPPLY
from npcl_voice.intents.repeat import REPEAT
from npcl_voice.intents.request import Intent, Result
from npcl_voice.ports import Desk, Situation

__all__ = ["INTENTS", "Intent", "Result", "run_intent"]

INTENTS: dict[str, Intent[Any]] = {
    intent.name: intent for intent in (NO_SUPPLY, COMPLAINT_STATUS, HAZARD, AGENT, REPEAT, BYE)
}


async def run_intent(name: str, arguments: str, desk: Desk, situation: Situation) -> Result:
    """Run the tool a model asked for; whatever is wrong with the asking is told in the result."""
    intent = INTENTS.get(name)
    if intent is None:
        return {"ok": False, "reason": "unknown_tool", "message": f"there is no tool {name[:64]!r}"}
    try:
        request = intent.read(arguments)
    except ValueError as error:
        return {"ok": False, "reason": "bad_arguments", "message": str(error)}
    if (refusal := intent.unconfirmed(request, situation)) is not None:
        return refusal
    try:
        return await intent.serve(request, desk, situation)
    except RuleError as error:
        return {"ok": False, "reason": error.reason, "message": str(error)}
    except UnavailableError:
        return {"ok": False, "reason": "unavailable"}
