"""Safety words: what is said before any other word when a caller speaks of danger.

One wording for each danger and language, reviewed and the same each time. A wording that nobody has
reviewed is never said: the packaged one stands in for it, for words of danger may not be missing.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from npcl_voice.domain.complaints import HAZARD_KINDS, HazardKind
from npcl_voice.domain.entries import Entry, read_entries
from npcl_voice.errors import SettingsError

__all__ = ["SafetyWords", "in_force", "read_safety"]

FILE = "safety.toml"

LONGEST_CHARS = 600
"""About 40 seconds of speech: longer words of danger keep a caller on the line who should move."""


class SafetyWords(Entry, frozen=True):
    """The words for one danger in one language."""

    kind: HazardKind
    """The danger."""
    language: Annotated[str, Meta(pattern="^[a-z]{2,3}$", description="a language's code: en")]
    """The language of the words."""
    text: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=LONGEST_CHARS,
            pattern=r"^[^{}]*\S[^{}]*$",
            description=f"words as they are said, without gaps, at most {LONGEST_CHARS} characters",
        ),
    ]
    """What is said."""
    reviewed: bool
    """True once somebody who answers for it has compared the wording with its source, sentence by sentence."""


def read_safety(text: str) -> tuple[SafetyWords, ...]:
    """The words in a TOML text of `[[safety]]` tables. Raises SettingsError (`safety.toml`)."""
    return read_entries(FILE, text, "safety", SafetyWords, lambda one: f"{one.kind} in {one.language}")


def in_force(own: Sequence[SafetyWords], packaged: Sequence[SafetyWords]) -> tuple[SafetyWords, ...]:
    """What is said: the operator's own reviewed words, and the packaged ones for whatever they leave out.

    Raises SettingsError (`safety.toml`) for a language that then has no words for some danger.
    """
    words = {(one.language, one.kind): one for one in (*packaged, *own) if one.reviewed}
    for language in sorted({one.language for one in own}):
        missing = sorted(HAZARD_KINDS - {kind for theirs, kind in words if theirs == language})
        if missing:
            message = f"there are no reviewed words for {', '.join(missing)}; a language needs all of them"
            raise SettingsError(FILE, f"{language}: {message}")
    return tuple(words.values())
