"""Danger: the emergency is raised at once; where it is is asked afterwards, and added."""

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
    """The ticket's number; then where it is, once."""
    number = given_number(result)
    if number is None:
        return None
    place = result.get("place")
    placed = isinstance(place, str) and bool(place)
    line = Line("hazard_placed", {**number, "place": str(place)}) if placed else Line("hazard_noted", number)
    if not place and context.question != "where":
        return Ask(context, "where", (line,))
    return Over(context, (line,))


HAZARD = Goal(
    name="hazard",
    step=step,
    tell=tell,
    promise=complaint_promise,
    by_words=False,
    outcome="emergency",
    gives_number=True,
)
