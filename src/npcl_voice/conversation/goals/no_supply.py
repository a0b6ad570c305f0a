"""The power is out: by consumer number, else by area and house, and each number only as it was confirmed."""

import msgspec

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Fail, Goal, Over, Result, Run, Step, said_first
from npcl_voice.conversation.goals.telling import complaint_promise, given_number, spoken_time

__all__ = ["NO_SUPPLY"]


def step(context: Context) -> Step:
    """The consumer number; without one the area, then the house, both read back at once."""
    if number := context.confirmed("consumer_number"):
        return Run(context, "no_supply", {"consumer_number": number})
    if context.value("no_consumer_number") is None:
        question = "consumer_number" if context.value("consumer_number") is None else "confirm_consumer_number"
        return Ask(context, question, failed=context.failed)
    if context.value("area") is None:
        return Ask(context, "area")
    if context.value("house") is None:
        return Ask(context, "house")
    area, house = context.confirmed("area"), context.confirmed("house")
    if area is not None and house is not None:
        return Run(context, "no_supply", {"area": area, "premises": house})
    return Ask(context, "confirm_place", failed=context.failed)


def tell(context: Context, result: Result) -> Step | None:
    """The outage that is known, then the number: of the new complaint, or of the one that was there."""
    number = given_number(result)
    if number is None:
        return None
    registered = "registered_already" if result.get("repeat") is True else "registered"
    return Over(context, (*_outage(result), Line(registered, number)))


def _outage(result: Result) -> tuple[Line, ...]:
    outage, area = result.get("outage"), result.get("area")
    if not isinstance(outage, dict) or not isinstance(area, str) or not area:
        return ()
    time = spoken_time(outage.get("expected_at"))
    expected = Line("no_time_yet") if time is None else Line("outage_expected", {"time": time})
    return (Line("outage_known", {"area": area}), expected)


def refuse(context: Context, result: Result) -> Step | None:
    """A number or a place that is not on record."""
    match result.get("reason"):
        case "unknown_consumer":
            line = Line("unknown_consumer", {"consumer_number": context.value("consumer_number") or ""})
            context = context.without("consumer_number")
            if context.failed >= 1:
                context = context.with_slot("no_consumer_number", "yes", "tool")
                return said_first(line, step(msgspec.structs.replace(context, failed=0)))
            return Fail(context, "consumer_number", (line,))
        case "need_place":
            return Ask(_without_place(context), "area")
        case "unknown_area":
            return Fail(_without_place(context), "area", (Line("unknown_area"),))
    return None


def _without_place(context: Context) -> Context:
    return context.without("area", "house").with_slot("no_consumer_number", "yes", "tool")


NO_SUPPLY = Goal(
    name="no_supply",
    step=step,
    tell=tell,
    refuse=refuse,
    promise=complaint_promise,
    takes=("consumer_number", "area"),
    outcome="complaint_registered",
    gives_number=True,
)
