"""What became of a complaint: its number, confirmed, then what is on record."""

from typing import get_args

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Fail, Goal, Over, Result, Run, Step
from npcl_voice.conversation.goals.telling import given_number
from npcl_voice.domain.complaints import Status

__all__ = ["COMPLAINT_STATUS"]

STATUSES = frozenset(get_args(Status))


def step(context: Context) -> Step:
    """The number, read back unless it was keyed or typed."""
    if number := context.confirmed("complaint_number"):
        return Run(context, "complaint_status", {"complaint_number": number})
    question = "complaint_number" if context.value("complaint_number") is None else "confirm_complaint_number"
    return Ask(context, question, failed=context.failed)


def tell(context: Context, result: Result) -> Step | None:
    """Its status; one that we do not know is not told."""
    number, status = given_number(result), result.get("status")
    if number is None or status not in STATUSES:
        return None
    return Over(context, (Line(f"status_{status}", number),))


def refuse(context: Context, result: Result) -> Step | None:
    """A number that is not on record."""
    if result.get("reason") not in {"unknown_number", "bad_number"}:
        return None
    line = Line("unknown_number", {"complaint_number": context.value("complaint_number") or ""})
    return Fail(context.without("complaint_number"), "complaint_number", (line,))


COMPLAINT_STATUS = Goal(
    name="complaint_status",
    step=step,
    tell=tell,
    refuse=refuse,
    takes=("complaint_number",),
    anew=("complaint_number",),
    outcome="resolved",
)
