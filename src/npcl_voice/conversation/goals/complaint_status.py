"""What became of a complaint: its number, confirmed, then what is on record."""

from typing import get_args

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Goal, Over, Result, Run, Step, same_slots
from npcl_voice.conversation.goals.numbered import asked_for, unknown
from npcl_voice.conversation.goals.telling import expected_lines, given_number, promise_lines
from npcl_voice.domain.complaints import OPEN_STATUSES, Status

__all__ = ["COMPLAINT_STATUS", "STATUSES"]

STATUSES = frozenset(get_args(Status))


def step(context: Context) -> Step:
    """The number, read back unless it was keyed or typed."""
    number = context.confirmed("complaint_number")
    return asked_for(context) if number is None else Run(context, "complaint_status", {"complaint_number": number})


def tell(context: Context, result: Result) -> Step | None:
    """Its status, and while it is open what the records say of its end; a status that we do not know is not told."""
    number, status = given_number(result), result.get("status")
    if number is None or status not in STATUSES:
        return None
    later = expected_lines(result) or promise_lines(result) if status in OPEN_STATUSES else ()
    return Over(context, (Line(f"status_{status}", number), *later))


COMPLAINT_STATUS = Goal(
    name="complaint_status",
    step=step,
    tell=tell,
    refuse=unknown,
    takes=same_slots("complaint_number"),
    anew=("complaint_number",),
    aside_with="complaint_number",
    outcome="resolved",
)
