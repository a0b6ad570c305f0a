"""What a caller may want, one file each: what is needed next, and what is said of its tool's answer.

To add one: a file here, a line in `GOALS`, its questions in `questions.py`, its sentences in `phrases/`.
"""

from npcl_voice.conversation.goals.account_info import ACCOUNT_INFO
from npcl_voice.conversation.goals.agent import AGENT
from npcl_voice.conversation.goals.bill_due import BILL_DUE
from npcl_voice.conversation.goals.callback import CALLBACK
from npcl_voice.conversation.goals.close_complaint import CLOSE_COMPLAINT
from npcl_voice.conversation.goals.compensation import COMPENSATION
from npcl_voice.conversation.goals.complaint_status import COMPLAINT_STATUS
from npcl_voice.conversation.goals.escalation import ESCALATION
from npcl_voice.conversation.goals.goal import Ask, Fail, Goal, Look, Over, Run, Step
from npcl_voice.conversation.goals.hazard import HAZARD
from npcl_voice.conversation.goals.language import LANGUAGE
from npcl_voice.conversation.goals.no_supply import NO_SUPPLY
from npcl_voice.conversation.goals.out_of_scope import OUT_OF_SCOPE
from npcl_voice.conversation.goals.outage_info import OUTAGE_INFO
from npcl_voice.conversation.goals.reopen import REOPEN
from npcl_voice.conversation.goals.report_theft import REPORT_THEFT
from npcl_voice.conversation.goals.vulnerable import VULNERABLE

__all__ = ["GOALS", "Ask", "Fail", "Goal", "Look", "Over", "Run", "Step"]

GOALS: dict[str, Goal] = {
    goal.name: goal
    for goal in (
        NO_SUPPLY,
        COMPLAINT_STATUS,
        HAZARD,
        VULNERABLE,
        REPORT_THEFT,
        BILL_DUE,
        ACCOUNT_INFO,
        OUTAGE_INFO,
        REOPEN,
        CLOSE_COMPLAINT,
        CALLBACK,
        COMPENSATION,
        ESCALATION,
        LANGUAGE,
        AGENT,
        OUT_OF_SCOPE,
    )
}
