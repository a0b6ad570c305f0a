"""Where it is: by the connection of the caller's number, by consumer number, else by area and house.

Each number only as it was confirmed. What is known of an outage there is told as soon as the area is known.
"""

import msgspec

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Fail, Result, Step
from npcl_voice.conversation.goals.nearest import offered
from npcl_voice.conversation.goals.telling import outage_lines
from npcl_voice.domain.consumers import OWN_CONNECTION

__all__ = ["asked_for", "located", "news", "refused"]


def located(context: Context) -> dict[str, str] | None:
    """The arguments that say where, once the caller has confirmed them; None before."""
    if number := context.confirmed("consumer_number"):
        return {"consumer_number": number}
    area, house = context.confirmed("area"), context.confirmed("house")
    known = context.value("no_consumer_number") is not None and area is not None and house is not None
    return {"area": area or "", "premises": house or ""} if known else None


def asked_for(context: Context) -> Ask:
    """The consumer number; without one the area, then the house, both read back at once."""
    if context.value("no_consumer_number") is None:
        question = "consumer_number" if context.value("consumer_number") is None else "confirm_consumer_number"
        return Ask(context, question, failed=context.failed)
    if context.value("area") is None:
        return Ask(context, "area")
    if context.value("house") is None:
        return Ask(context, "house")
    return Ask(context, "confirm_place", failed=context.failed)


def news(context: Context, result: Result) -> tuple[Context, tuple[Line, ...]]:
    """What is known of an outage there, unless it was told already."""
    lines = outage_lines(result)
    told = "; ".join(f"{line.phrase} {' '.join(line.values.values())}".strip() for line in lines)
    if not lines or context.value("outage_told") == told:
        return context, ()
    return context.with_slot("outage_told", told, "tool"), lines


def refused(context: Context, result: Result) -> Step | None:
    """A number or a place that is not on record, or one that is still missing."""
    match result.get("reason"):
        case "unknown_consumer":
            return _unknown_consumer(context, result)
        case "need_place":
            return _missing(context, result)
        case "unknown_area":
            return Fail(_without_place(context), "area", (Line("unknown_area"),))
    return None


def _unknown_consumer(context: Context, result: Result) -> Step:
    number = context.value("consumer_number") or ""
    context = context.without("consumer_number")
    if number == OWN_CONNECTION:  # it was there a moment ago
        return Ask(context.with_slot("not_own", "yes", "tool"), "consumer_number")
    line = Line("unknown_consumer", {"consumer_number": number})
    if (ask := offered(context, result, "consumer_number", line)) is not None:
        return ask
    if context.failed < 1:
        return Fail(context, "consumer_number", (line,))
    context = context.with_slot("no_consumer_number", "yes", "tool")
    ask = asked_for(msgspec.structs.replace(context, failed=0))
    return msgspec.structs.replace(ask, lines=(line,))


def _missing(context: Context, result: Result) -> Step:
    """Where is not known yet; what the records know by themselves is told, or asked about."""
    context, lines = news(context, result)
    unknown = context.value("consumer_number") is None and context.value("not_own") is None
    if result.get("own") is True and unknown:
        context = context.with_slot("consumer_number", OWN_CONNECTION, "line")
        return Ask(context, "confirm_consumer_number", lines)
    if context.confirmed("area") is not None and context.confirmed("house") is not None:
        return Ask(_without_place(context), "area", lines)
    return msgspec.structs.replace(asked_for(context), lines=lines)


def _without_place(context: Context) -> Context:
    return context.without("area", "house").with_slot("no_consumer_number", "yes", "tool")
