"""Somebody there depends on power: noted for the place, without a word on their health, and without a promise.

It displaces nothing: told in the middle of another matter, it is noted when that has its number.
"""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals import place
from npcl_voice.conversation.goals.goal import Goal, Over, Result, Run, Step, said_first

__all__ = ["VULNERABLE", "is_pending"]


def is_pending(context: Context) -> bool:
    """Whether it was told, is not noted yet, and the place is known by now."""
    known = context.value("given_complaint") or context.confirmed("complaint_number") or place.located(context)
    return context.value("need") == "yes" and bool(known)


def step(context: Context) -> Step:
    """The tool, which says when the place is missing."""
    missing = context.value("need_place") is not None and place.located(context) is None
    return place.asked_for(context) if missing else Run(context, "vulnerable", {"need": "told"})


def tell(context: Context, _result: Result) -> Step | None:
    """That it is noted, and what that does not mean."""
    return Over(context.with_slot("need", "noted", "tool"), (Line("need_noted"),))


def refuse(context: Context, result: Result) -> Step | None:
    """The place is missing, or is not on record."""
    if result.get("reason") == "need_place" and context.value("need_place") is None:
        context = context.with_slot("need_place", "yes", "tool")
        asked = place.refused(context, result)
        return None if asked is None else said_first(Line("need_place_first"), asked)
    return place.refused(context, result)


VULNERABLE = Goal(name="vulnerable", step=step, tell=tell, refuse=refuse, complaint=False)
