"""A person is to call: when, on which number, and it is booked."""

from npcl_voice.conversation.context import Context
from npcl_voice.conversation.goals.agent import booked, no_number
from npcl_voice.conversation.goals.goal import Ask, Goal, Result, Run, Step, same_slots

__all__ = ["CALLBACK"]


def step(context: Context) -> Step:
    """The time of day, then the tool; a number that was told is read back first."""
    if context.value("phone") is not None and context.confirmed("phone") is None:
        return Ask(context, "confirm_phone", failed=context.failed)
    window = context.value("window")
    return Ask(context, "window") if window is None else Run(context, "callback", {"window": window})


def promise(_result: Result) -> str:
    """A callback."""
    return "callback"


CALLBACK = Goal(
    name="callback",
    step=step,
    tell=booked,
    refuse=no_number,
    promise=promise,
    takes=same_slots("phone", "window"),
    anew=("window",),
    complaint=False,
    hands_over=True,
    outcome="callback_booked",
)
