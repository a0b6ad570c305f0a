"""A complaint by its number: asked for, read back, and asked for again when it is not on record."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Fail, Result, Step
from npcl_voice.conversation.goals.nearest import offered

__all__ = ["asked_for", "unknown"]


def asked_for(context: Context) -> Ask:
    """The number, or the read-back of the one that was said."""
    question = "complaint_number" if context.value("complaint_number") is None else "confirm_complaint_number"
    return Ask(context, question, failed=context.failed)


def unknown(context: Context, result: Result) -> Step | None:
    """A number that is not on record."""
    if result.get("reason") not in {"unknown_number", "bad_number"}:
        return None
    line = Line("unknown_number", {"complaint_number": context.value("complaint_number") or ""})
    context = context.without("complaint_number")
    return offered(context, result, "complaint_number", line) or Fail(context, "complaint_number", (line,))
