"""Danger: the emergency is raised at once; where it is is asked afterwards, and whether anybody there needs power."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Goal, Over, Result, Run, Step
from npcl_voice.conversation.goals.telling import complaint_promise, given_number

__all__ = ["HAZARD"]


def step(context: Context) -> Step:
    """The tool, with the place as soon as it is known."""
    arguments = {"kind": context.value("hazard_kind") or ""}
    if place := context.value("place"):
        arguments["place"] = place
    return Run(context, "hazard", arguments)


def tell(context: Context, result: Result) -> Step | None:
    """The ticket's number; then where it is, once; then whether anybody there depends on power, once a call."""
    number = given_number(result)
    if number is None:
        return None
    place = result.get("place")
    placed = isinstance(place, str) and bool(place)
    line = Line("hazard_placed", {**number, "place": str(place)}) if placed else Line("hazard_noted", number)
    if not place and context.question != "where":
        return Ask(context, "where", (line,))
    if placed and context.value("need") is None:
        return Ask(context, "vulnerable", (line,))
    return Over(context, (line,))


def depends(context: Context, yes: bool) -> Step:
    """Whether somebody there depends on power; that, and nothing of their health, is kept."""
    return Over(context.with_slot("need", "yes" if yes else "no", "spoken"))


HAZARD = Goal(
    name="hazard",
    step=step,
    tell=tell,
    promise=complaint_promise,
    replies={"vulnerable": depends},
    by_words=False,
    outcome="emergency",
    gives_number=True,
    unreached="danger_not_noted",
)
