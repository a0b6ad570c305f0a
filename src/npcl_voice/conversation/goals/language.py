"""Another language is wanted, and spoken from now on."""

import msgspec

from npcl_voice.conversation.context import Context, Line, Matter
from npcl_voice.conversation.goals.goal import Ask, Goal, Over, Result, Run, Step, same_slots
from npcl_voice.conversation.goals.telling import text_of

__all__ = ["LANGUAGE"]


def step(context: Context) -> Step:
    """The language that was named; one that we do not know by name is another."""
    return Run(context, "language", {"language": context.value("language") or "other"})


def tell(context: Context, result: Result) -> Step | None:
    """In the new language, that it is spoken."""
    language = text_of(result.get("language"))
    if language is None:
        return None
    context, lines = context.asked_in(language), (Line("language_changed"),)
    if context.paused is None and context.matter is Matter.NONE and not context.promises:
        return Ask(msgspec.structs.replace(context, goal=None), "help", lines)  # nothing else was wanted yet
    return Over(context, lines)


def refuse(context: Context, result: Result) -> Step | None:
    """One that is not spoken here."""
    return Over(context, (Line("language_not_spoken"),)) if result.get("reason") == "not_spoken" else None


LANGUAGE = Goal(
    name="language",
    step=step,
    tell=tell,
    refuse=refuse,
    takes=same_slots("language"),
    anew=("language",),
    aside=True,
    complaint=False,
)
