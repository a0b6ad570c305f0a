"""A person is wanted: a callback to the number that the line knows, else to one that is asked for."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Fail, Goal, Over, Result, Run, Step

__all__ = ["AGENT"]


def step(context: Context) -> Step:
    """The tool; a number that was told is read back first."""
    if context.value("phone") is not None and context.confirmed("phone") is None:
        return Ask(context, "confirm_phone", failed=context.failed)
    return Run(context, "agent", {"reason": _reason(context)})


def _reason(context: Context) -> str:
    """Why a person is wanted, in a word for the operator."""
    if context.stumbles:
        return "our own failure"
    return "asked" if not context.promises and context.matter.value == "none" else context.matter.value


def tell(context: Context, result: Result) -> Step | None:
    """When the person calls."""
    window = result.get("window")
    if not isinstance(window, str) or not window:
        return None
    return Over(context, (Line("callback_booked", {"window": window}),))


def refuse(context: Context, result: Result) -> Step | None:
    """No number, or none that we can call."""
    if result.get("reason") != "no_number":
        return None
    if context.confirmed("phone") is None:
        return Ask(context, "phone")
    return Fail(context.without("phone"), "phone")


def promise(_result: Result) -> str:
    """A callback."""
    return "callback"


AGENT = Goal(
    name="agent",
    step=step,
    tell=tell,
    refuse=refuse,
    promise=promise,
    complaint=False,
    hands_over=True,
    outcome="callback_booked",
)
