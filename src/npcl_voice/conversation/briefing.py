"""What a tool may know of the talk it runs in, beside its arguments: for its rights, and for a person who goes on."""

import msgspec

from npcl_voice.conversation.context import Context

__all__ = ["LAST_WORDS", "MOST_TURNS", "TOLD", "Briefing", "briefing_of", "summary_of"]

MOST_TURNS = 40
"""So many of the caller's turns are remembered; a name that was said earlier has to be said again."""
MOST_CHARS = 300
"""Of each."""
LAST_WORDS = 5
"""So many of them go to a person who takes the matter over."""
TOLD = ("consumer_number", "complaint_number", "given_complaint", "area", "house", "place", "phone", "registered_phone")
"""Facts that such a person needs; all else among them says only how far the talk had got."""


class Briefing(msgspec.Struct, frozen=True):
    """The talk, as far as a tool is concerned."""

    language: str = "en"
    sources: dict[str, str] = {}
    """Where each confirmed fact came from, as `context.Source` names it."""
    heard: tuple[str, ...] = ()
    """What the caller said and typed, in the caller's own words, the newest at the end."""
    hazard: str | None = None
    """The kind of danger that was spoken of."""
    summary: str = ""
    """The matter in plain words."""
    made: dict[str, tuple[str, ...]] = {}
    """The new cases of this call so far, by the tool that made them."""
    wanted: bool = True
    """Whether the caller's own words want what the tool does, where that is looked at."""


def briefing_of(
    context: Context, heard: tuple[str, ...], made: dict[str, tuple[str, ...]], *, wanted: bool = True
) -> Briefing:
    """The briefing for a tool that is called now."""
    return Briefing(
        language=context.language,
        sources={name: slot.source for name, slot in context.slots.items() if slot.verified},
        heard=tuple(text[:MOST_CHARS] for text in heard),
        hazard=context.confirmed("hazard_kind"),
        summary=summary_of(context),
        made=made,
        wanted=wanted,
    )


def summary_of(context: Context) -> str:
    """The matter, the goal, the open question and what was promised, for a person who goes on."""
    parts = [f"matter: {context.matter.value}"]
    goal = context.paused or context.goal
    if goal is not None:
        parts.append(f"wanted: {goal.replace('_', ' ')}")
    if context.question is not None:
        parts.append(f"asked last: {context.question.replace('_', ' ')}")
    if context.promises:
        parts.append(f"promised: {', '.join(context.promises)}")
    if context.value("need") in {"yes", "noted"}:
        parts.append("somebody there depends on power")
    return "; ".join(parts)
