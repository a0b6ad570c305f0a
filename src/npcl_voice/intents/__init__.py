"""What a caller can ask for: the model's tools, one file each.

To add one: a file here, a line in `INTENTS`, its steps in `conversation/goals/`, its sentences in
`conversation/phrases/`.
"""

from typing import Any

from npcl_voice.errors import RuleError, UnavailableError
from npcl_voice.intents.account_info import ACCOUNT_INFO
from npcl_voice.intents.agent import AGENT
from npcl_voice.intents.bill_due import BILL_DUE
from npcl_voice.intents.bye import BYE
from npcl_voice.intents.callback import CALLBACK
from npcl_voice.intents.close_complaint import CLOSE_COMPLAINT
from npcl_voice.intents.compensation import COMPENSATION
from npcl_voice.intents.complaint_status import COMPLAINT_STATUS
from npcl_voice.intents.escalation import ESCALATION
from npcl_voice.intents.hazard import HAZARD
from npcl_voice.intents.language import LANGUAGE
from npcl_voice.intents.no_supply import NO_SUPPLY
from npcl_voice.intents.out_of_scope import OUT_OF_SCOPE
from npcl_voice.intents.outage_info import OUTAGE_INFO
from npcl_voice.intents.reopen import REOPEN
from npcl_voice.intents.repeat import REPEAT
from npcl_voice.intents.report_theft import REPORT_THEFT
from npcl_voice.intents.request import Intent, Result
from npcl_voice.intents.vulnerable import VULNERABLE
from npcl_voice.ports import Desk, Situation

__all__ = ["INTENTS", "Intent", "Result", "run_intent"]

INTENTS: dict[str, Intent[Any]] = {
    intent.name: intent
    for intent in (
        NO_SUPPLY,
        COMPLAINT_STATUS,
        HAZARD,
        VULNERABLE,
        OUTAGE_INFO,
        REOPEN,
        CLOSE_COMPLAINT,
        REPORT_THEFT,
        BILL_DUE,
        ACCOUNT_INFO,
        COMPENSATION,
        ESCALATION,
        CALLBACK,
        AGENT,
        LANGUAGE,
        OUT_OF_SCOPE,
        REPEAT,
        BYE,
    )
}


TOO_MANY = "No more of these can be made on one call. Say so, and tell the caller the helpline's number."
"""What a model is told that was talked into making cases without end."""


NOT_ASKED = (
    "The caller has not said that they want this. Ask in a plain question what they want, and call again only when "
    "they have said it in their own words."
)
"""What a model is told that would write what anybody may, and nobody has asked for."""


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
    if not situation.wanted:
        return {"ok": False, "reason": "not_asked", "message": NOT_ASKED}
    if intent.is_too_many(situation):
        return {"ok": False, "reason": "too_many", "message": TOO_MANY}
    try:
        return await intent.serve(request, desk, situation)
    except RuleError as error:
        return {"ok": False, "reason": error.reason, "message": str(error)}
    except UnavailableError:
        return {"ok": False, "reason": "unavailable"}
