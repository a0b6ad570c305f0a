"""Whether a power cut is known in an area, why, and when the power is back there: for anybody."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals import place
from npcl_voice.conversation.goals.goal import Ask, Fail, Goal, Look, Over, Result, Run, Step
from npcl_voice.conversation.goals.telling import outage_lines, text_of

__all__ = ["OUTAGE_INFO"]


def step(context: Context) -> Step:
    """The area that was named; else where the caller is, or the line's connection; else it is asked for."""
    if area := context.value("asked_area") or context.value("area"):
        return Run(context, "outage_info", {"area": area})
    ask = Ask(context, "area", failed=context.failed)
    return ask if context.value("line") is None else Look(context, "outage_info", {}, ask)


def tell(context: Context, result: Result) -> Step | None:
    """What is known of that area."""
    area = text_of(result.get("area"))
    if area is None:
        return None
    context, _ = place.news(context, result)
    return Over(_kept(context, area), outage_lines(result, asked=True) or (Line("no_outage", {"area": area}),))


def _kept(context: Context, area: str) -> Context:
    """It may be where the caller is, and need not be: it is read back before a complaint is made of it."""
    context = context.without("asked_area")
    slot = context.slots.get("area")
    if slot is None:
        return context.with_slot("area", area, "spoken")
    return context if context.paused is not None else context.with_slot("area", slot.value, slot.source)


def refuse(context: Context, result: Result) -> Step | None:
    """No area, or one that is not supplied."""
    match result.get("reason"):
        case "need_place":
            return Ask(context, "area")
        case "unknown_area":
            return Fail(context.without("asked_area", "area"), "area", (Line("unknown_area"),))
    return None


OUTAGE_INFO = Goal(
    name="outage_info",
    step=step,
    tell=tell,
    refuse=refuse,
    takes={"area": "asked_area"},
    aside=True,
    complaint=False,
    outcome="resolved",
)
