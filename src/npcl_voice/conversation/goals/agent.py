"""A person is wanted: the matter is handed over, and a callback booked, to the line's number or one that is told."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Fail, Goal, Over, Result, Run, Step
from npcl_voice.conversation.goals.telling import text_of, window_line

__all__ = ["AGENT", "booked", "no_number"]


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


def booked(context: Context, result: Result) -> Step | None:
    """How long the wait is, or that nobody is there, where that is known; then when the person calls."""
    window = text_of(result.get("window"))
    if window is None:
        return None
    return Over(context, (*_people(result), window_line(window)))


def _people(result: Result) -> tuple[Line, ...]:
    wait = result.get("wait_min")
    if isinstance(wait, int) and not isinstance(wait, bool) and wait > 0:
        return (Line("people_wait", {"minutes": str(wait)}),)
    return (Line("people_away"),) if result.get("away") is True else ()


def no_number(context: Context, result: Result) -> Step | None:
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
    tell=booked,
    refuse=no_number,
    promise=promise,
    complaint=False,
    hands_over=True,
    outcome="callback_booked",
)
