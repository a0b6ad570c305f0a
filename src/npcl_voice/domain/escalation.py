"""Where a caller may turn when a complaint is old, unresolved or wrongly closed, and how compensation is asked for.

Both are ladders of steps in a file, in their order. A step that nobody has confirmed is never spoken:
a caller who is sent to an office that does not exist has lost a day.
"""

from collections.abc import Sequence
from typing import Literal

from npcl_voice.domain.complaints import Kind
from npcl_voice.domain.entries import Entry, Text, read_entries

__all__ = ["EscalationStep", "Ladder", "StepName", "read_escalation", "spoken_steps"]

Ladder = Literal["complaint", "compensation"]

StepName = Literal[
    "call_centre",
    "supervisor",
    "grievance_forum",
    "ombudsman",
    "commission",
    "complain_first",
    "claim_when_late",
]


class EscalationStep(Entry, frozen=True, kw_only=True):
    """One step of a ladder; the steps are taken in the order of the file."""

    ladder: Ladder
    """What it is a step of: a complaint that is not dealt with, or asking for compensation."""
    name: StepName
    """What the program calls it; how it is said stands with the phrases, by this name."""
    title: Text
    """The step in a few words."""
    confirmed: bool
    """True where a law, or the company itself, says that the step is there for its consumers."""
    basis: Text | None = None
    """The law or regulation that made it."""
    excludes: tuple[Kind, ...] = ()
    """Kinds of complaint that are not heard there."""
    note: Text | None = None
    """What is not known of it."""


def read_escalation(text: str) -> tuple[EscalationStep, ...]:
    """The steps in a TOML text of `[[step]]` tables, in their order. Raises SettingsError (`escalation.toml`)."""
    return read_entries("escalation.toml", text, "step", EscalationStep, lambda one: f"{one.name} ({one.ladder})")


def spoken_steps(
    steps: Sequence[EscalationStep], ladder: Ladder = "complaint", kind: Kind | None = None
) -> tuple[EscalationStep, ...]:
    """The steps of that ladder that may be said aloud, in their order: confirmed, and open to that kind of complaint.

    None is a kind that is not known: the steps are told then, each with what it excludes.
    """
    return tuple(one for one in steps if one.ladder == ladder and one.confirmed and kind not in one.excludes)
