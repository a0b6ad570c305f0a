"""A complaint that was closed and is not solved: its number, what is still wrong, and it is opened again."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Goal, Over, Result, Run, Step, same_slots
from npcl_voice.conversation.goals.numbered import asked_for, unknown
from npcl_voice.conversation.goals.telling import complaint_promise, given_number

__all__ = ["REOPEN"]

REFUSALS = {
    "already_open": "reopen_already_open",
    "another_open": "reopen_another_open",
    "cancelled": "reopen_cancelled",
    "too_late": "reopen_too_late",
}
"""Why the rules say no, and the phrase that says so."""


def step(context: Context) -> Step:
    """The number, read back unless it was keyed or typed; then what is wrong."""
    number, reason = context.confirmed("complaint_number"), context.value("reopen_reason")
    if number is None:
        return asked_for(context)
    if reason is None:
        return Ask(context, "reopen_why")
    return Run(context, "reopen", {"complaint_number": number, **({"reason": reason} if reason else {})})


def tell(context: Context, result: Result) -> Step | None:
    """That it is open again."""
    number = given_number(result)
    return None if number is None else Over(context.without("reopen_reason"), (Line("reopened", number),))


def refuse(context: Context, result: Result) -> Step | None:
    """An unknown number, or a rule that says no: kindly, and with what can be done instead."""
    phrase = REFUSALS.get(str(result.get("reason")))
    if phrase is None:
        return unknown(context, result)
    number = context.value("complaint_number") or ""
    return Over(context.without("reopen_reason"), (Line(phrase, {"complaint_number": number}),))


REOPEN = Goal(
    name="reopen",
    step=step,
    tell=tell,
    refuse=refuse,
    promise=complaint_promise,
    takes=same_slots("complaint_number"),
    anew=("complaint_number", "reopen_reason"),
    outcome="complaint_registered",
    gives_number=True,
)
