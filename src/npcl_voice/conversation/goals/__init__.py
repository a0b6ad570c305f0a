"""What a caller may want, one file each: what is needed next, and what is said of its tool's answer.

To add one: a file here, a line in `GOALS`, its questions in `questions.py`, its sentences in `phrases/`.
"""

from npcl_voice.conversation.goals.agent import AGENT
from npcl_voice.conversation.goals.complaint_status import COMPLAINT_STATUS
from npcl_voice.conversation.goals.goal import Ask, Fail, Goal, Over, Run, Step
from npcl_voice.conversation.goals.hazard import HAZARD
from npcl_voice.conversation.goals.no_supply import NO_SUPPLY

__all__ = ["GOALS", "Ask", "Fail", "Goal", "Over", "Run", "Step"]

GOALS: dict[str, Goal] = {goal.name: goal for goal in (NO_SUPPLY, COMPLAINT_STATUS, HAZARD, AGENT)}
