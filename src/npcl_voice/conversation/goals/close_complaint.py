"""The work is done: the complaint is closed by the code that only its consumer has."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Fail, Goal, Over, Result, Run, Step, same_slots
from npcl_voice.conversation.goals.numbered import asked_for, unknown
from npcl_voice.conversation.goals.telling import given_number

__all__ = ["CLOSE_COMPLAINT"]

REFUSALS = {
    "already_closed": "closed_already",
    "cancelled": "status_cancelled",
    "too_many_codes": "too_many_codes",
}
"""Why the rules say no, and the phrase that says so."""
WITHOUT_NUMBER = frozenset({"too_many_codes"})


def step(context: Context) -> Step:
    """The number, then the code, which is kept no longer than until it is used."""
    number, code = context.confirmed("complaint_number"), context.value("code")
    if number is None:
        return asked_for(context)
    if code is None:
        return Ask(context, "close_code", failed=context.failed)
    return Run(context.without("code"), "close_complaint", {"complaint_number": number, "code": code})


def tell(context: Context, result: Result) -> Step | None:
    """That it is closed."""
    number = given_number(result)
    return None if number is None else Over(context, (Line("closed", number),))


def refuse(context: Context, result: Result) -> Step | None:
    """A wrong code is asked for again; a rule that says no is told kindly."""
    reason = str(result.get("reason"))
    if reason in {"wrong_code", "bad_code"}:
        return Fail(context, "close_code", (Line("wrong_code"),))
    phrase = REFUSALS.get(reason)
    if phrase is None:
        return unknown(context, result)
    number = {"complaint_number": context.value("complaint_number") or ""}
    return Over(context, (Line(phrase, {} if phrase in WITHOUT_NUMBER else number),))


CLOSE_COMPLAINT = Goal(
    name="close_complaint",
    step=step,
    tell=tell,
    refuse=refuse,
    takes=same_slots("complaint_number", "code"),
    anew=("complaint_number", "code"),
    outcome="resolved",
)
