"""What is known in a call: the matter, what was understood, and the question that is open.

The context is all that the dialogue policy knows, it is frozen, and it fits into the facts block,
so that any engine can take a call over in the middle of a sentence.
"""

from enum import Enum
from typing import Literal

import msgspec

from npcl_voice.meaning.greeting import is_greeting
from npcl_voice.meaning.language import ASKED, Evidence, tongue_of

__all__ = ["MATTERS", "Context", "Line", "Matter", "MatterEvent", "Slot", "Source"]

Source = Literal["spoken", "keyed", "typed", "line", "tool"]
"""Where a value came from: said, keyed, typed, known from the telephone line, or a tool's answer."""


class Matter(Enum):
    """What the call is about, as far as it has got."""

    NONE = "none"
    COMPLAINT = "complaint"
    """A complaint number was given, or a new complaint is being taken."""
    RESOLUTION = "resolution"
    """Its status or its number has been got."""
    HANDOFF = "handoff"
    """A person takes over, now or by a callback."""


class MatterEvent(Enum):
    """What moves the matter."""

    TAKEN = "complaint taken up"
    ANSWERED = "status or number got"
    HANDED_OVER = "person or callback promised"


MATTERS: dict[Matter, dict[MatterEvent, Matter]] = {
    Matter.NONE: {MatterEvent.TAKEN: Matter.COMPLAINT, MatterEvent.HANDED_OVER: Matter.HANDOFF},
    Matter.COMPLAINT: {
        MatterEvent.TAKEN: Matter.COMPLAINT,
        MatterEvent.ANSWERED: Matter.RESOLUTION,
        MatterEvent.HANDED_OVER: Matter.HANDOFF,
    },
    Matter.RESOLUTION: {MatterEvent.TAKEN: Matter.COMPLAINT, MatterEvent.HANDED_OVER: Matter.HANDOFF},
    Matter.HANDOFF: {MatterEvent.TAKEN: Matter.COMPLAINT, MatterEvent.HANDED_OVER: Matter.HANDOFF},
}
"""Where each event leads; an event that is not listed leaves the matter as it is."""


class Slot(msgspec.Struct, frozen=True):
    """One thing the caller told us."""

    value: str
    source: Source
    verified: bool = False
    """True once the caller confirmed it, keyed it or typed it."""


class Line(msgspec.Struct, frozen=True):
    """One phrase to be said: a key of the `say` table and what fills its gaps."""

    phrase: str
    values: dict[str, str] = {}


class Context(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the policy knows of a call."""

    language: str = "en"
    evidence: Evidence = ASKED
    """Why it is that language: it was set, or asked for, unless the call follows its caller."""
    matter: Matter = Matter.NONE
    goal: str | None = None
    """The intent that is being served, by its name."""
    paused: str | None = None
    """The intent that waits while something else is answered in between."""
    slots: dict[str, Slot] = {}
    question: str | None = None
    """The open question, a key of `questions.QUESTIONS`; None while nothing was asked."""
    failed: int = 0
    """Attempts at the thing that is asked for that failed, in a row; a rejected read-back is one."""
    unclear: int = 0
    """Answers to the open yes-or-no question that were neither, in a row."""
    stumbles: int = 0
    """How often something of ours broke over what the caller said."""
    last: tuple[Line, ...] = ()
    """What was said last, to be repeated on request."""
    promises: tuple[str, ...] = ()
    """What was promised, such as `complaint 000054324` or `callback`."""

    def value(self, name: str) -> str | None:
        """A slot's value, whether confirmed or not."""
        slot = self.slots.get(name)
        return None if slot is None else slot.value

    def confirmed(self, name: str) -> str | None:
        """A slot's value if the caller confirmed it."""
        slot = self.slots.get(name)
        return slot.value if slot is not None and slot.verified else None

    def facts(self) -> dict[str, str]:
        """All confirmed slots by name."""
        return {name: slot.value for name, slot in self.slots.items() if slot.verified}

    def with_slot(self, name: str, value: str, source: Source, *, verified: bool = False) -> "Context":
        """The same with one slot set."""
        return msgspec.structs.replace(self, slots={**self.slots, name: Slot(value, source, verified)})

    def without(self, *names: str) -> "Context":
        """The same without these slots."""
        return msgspec.structs.replace(self, slots={k: v for k, v in self.slots.items() if k not in names})

    def listened(self, text: str) -> "Context":
        """The same after the caller said this, in whatever language: the call's may change by it.

        A greeting shows none: `namaste` is said by those who go on in English, and by our own voice.
        """
        if is_greeting(text):
            return self
        language, evidence = self.evidence.heard(self.language, tongue_of(text))
        return msgspec.structs.replace(self, language=language, evidence=evidence)

    def language_of(self, text: str) -> str:
        """The language to answer a sentence in whose end is not heard yet."""
        return self.language if self.evidence.found else tongue_of(text).language

    def asked_in(self, language: str) -> "Context":
        """The same in a language that was asked for."""
        return msgspec.structs.replace(self, language=language, evidence=ASKED)

    def moved(self, event: MatterEvent) -> "Context":
        """The same after something happened to the matter."""
        return msgspec.structs.replace(self, matter=MATTERS[self.matter].get(event, self.matter))
