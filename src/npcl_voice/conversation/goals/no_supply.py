"""The power is out or not as it should be: what is known is told at once, then it is registered for its premises."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals import place
from npcl_voice.conversation.goals.goal import Goal, Look, Over, Result, Run, Step, same_slots
from npcl_voice.conversation.goals.telling import complaint_promise, given_number, promise_lines

__all__ = ["ASKED_AGAIN", "NO_SUPPLY", "trouble_of"]

ASKED_AGAIN = "asked_again"
"""The fact by which the tool tells another request of the caller from a retry of the same."""


def step(context: Context) -> Step:
    """Where it is; before the first question the records are asked what the line or the area tells already."""
    where = place.located(context)
    if where is not None:
        return Run(_counted(context, _key(where)), "no_supply", {**where, **trouble_of(context)})
    ask = place.asked_for(context)
    area, line = context.value("area"), context.value("line")
    if context.value("looked") is None and ask.question != "confirm_consumer_number" and (area or line):
        looked = context.with_slot("looked", "yes", "tool")
        return Look(looked, "no_supply", {"area": area} if area else {}, place.asked_for(looked))
    return ask


def trouble_of(context: Context) -> dict[str, str]:
    """The argument that says what is wrong, where it is not that there is no supply."""
    return {} if (kind := context.value("trouble")) is None else {"trouble": kind}


def _counted(context: Context, where: str) -> Context:
    """The same, with how often the number of that place was given on this call before the caller asked again.

    So a request counts once: a retry of it finds as many, and only a wish that is uttered anew after the number
    was given finds one more.
    """
    given = _given(context).count(where)
    context = context.without(ASKED_AGAIN)
    return context.with_slot(ASKED_AGAIN, str(given), "tool", verified=True) if given else context


def _given(context: Context) -> tuple[str, ...]:
    """The places whose number was given on this call, once for each time."""
    return tuple((context.value("given_for") or "").splitlines())


def _noted(context: Context) -> Context:
    """The same, with the place whose number is given now."""
    where = place.located(context)
    lines = () if where is None else (*_given(context), _key(where))
    return context.with_slot("given_for", "\n".join(lines), "tool") if lines else context


def _key(where: dict[str, str]) -> str:
    """A place in one line, in words by which the mask of the logs knows a house."""
    text = where.get("consumer_number") or f"house {where['premises']}, {where['area']}"
    return " ".join(text.split())


def tell(context: Context, result: Result) -> Step | None:
    """The outage that is known; the number, of the new complaint or of the one that was there; then the promise."""
    number = given_number(result)
    if number is None:
        return None
    context, lines = place.news(_noted(context), result)
    registered = "registered_already" if result.get("repeat") is True else "registered"
    return Over(context, (*lines, Line(registered, number), *_promised(result)))


def _promised(result: Result) -> tuple[Line, ...]:
    """By when it is promised to be dealt with, where no time is expected sooner."""
    outage = result.get("outage")
    expected = isinstance(outage, dict) and outage.get("expected_at") is not None
    return () if expected else promise_lines(result)


def refuse(context: Context, result: Result) -> Step | None:
    """A number or a place that is not on record; records that do not answer before anything is asked."""
    if result.get("reason") == "unavailable" and place.located(context) is None:
        return place.asked_for(context)
    return place.refused(context, result)


NO_SUPPLY = Goal(
    name="no_supply",
    step=step,
    tell=tell,
    refuse=refuse,
    promise=complaint_promise,
    takes=same_slots("consumer_number", "area", "house", "trouble"),
    anew=("trouble",),
    outcome="complaint_registered",
    gives_number=True,
)
