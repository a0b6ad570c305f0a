"""Theft of electricity: where, and what was seen; never who says so."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Goal, Over, Result, Run, Step
from npcl_voice.conversation.goals.telling import given_number

__all__ = ["REPORT_THEFT"]


def step(context: Context) -> Step:
    """Where, then what; nothing else is asked."""
    area, details = context.value("theft_area"), context.value("theft_details")
    if area is None:
        return Ask(context, "theft_where")
    if details is None:
        return Ask(context, "theft_what")
    return Run(context, "report_theft", {"area": area, **({"details": details} if details else {})})


def tell(context: Context, result: Result) -> Step | None:
    """Its number; then all of it is forgotten here, so that nothing leads from this call to it."""
    number = given_number(result)
    return (
        None if number is None else Over(context.without("theft_area", "theft_details"), (Line("theft_noted", number),))
    )


REPORT_THEFT = Goal(
    name="report_theft",
    step=step,
    tell=tell,
    takes={"area": "theft_area"},
    anew=("theft_area", "theft_details"),
    complaint=False,
    outcome="resolved",
)
