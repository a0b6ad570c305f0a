"""A number that is on no record, and one of the caller's own that is near: offered as a question, taken after a yes."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Result

__all__ = ["offered"]


def offered(context: Context, result: Result, slot: str, told: Line) -> Ask | None:
    """The question whether the near number is meant, in place of the read-back; None for none, or one that was denied.

    It stands in the slot as the records' own, unconfirmed: a yes confirms it like any that was read back, and
    a no is one more failed attempt.
    """
    nearest = result.get("nearest")
    if not isinstance(nearest, str) or nearest == context.value("not_meant"):
        return None
    return Ask(context.with_slot(slot, nearest, "tool"), f"confirm_{slot}", (told,), context.failed)
