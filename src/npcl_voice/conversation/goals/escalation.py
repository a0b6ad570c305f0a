"""Where to turn next with a complaint that is old, or was wrongly closed; and a person, who may know more."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Goal, Over, Result, Run, Step, same_slots

__all__ = ["ESCALATION"]

STEPS = frozenset({"call centre", "supervisor", "grievance forum", "ombudsman"})
"""The steps that have a sentence; the records name others in vain."""


def step(context: Context) -> Step:
    """Nothing need be known; a complaint that was confirmed goes with it."""
    number = context.confirmed("complaint_number")
    return Run(context, "escalation", {} if number is None else {"complaint_number": number})


def tell(context: Context, result: Result) -> Step | None:
    """The steps in their order; then the offer of a person, unless something waits."""
    steps = result.get("steps")
    if not isinstance(steps, list):
        return None
    known = [name for name in steps if name in STEPS]
    lines = tuple(Line(f"escalation_{name.replace(' ', '_')}") for name in known)
    return Over(context, lines) if context.paused is not None else Ask(context, "callback_instead", lines)


ESCALATION = Goal(
    name="escalation",
    step=step,
    tell=tell,
    takes=same_slots("complaint_number"),
    aside=True,
    complaint=False,
    outcome="resolved",
)
