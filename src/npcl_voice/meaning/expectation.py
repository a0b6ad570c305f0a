"""What kind of answer the last question asks for.

The ears choose their grammar by it, the end of a turn is awaited by it, and words are understood
by it ("one" is a digit where a number was asked for).
"""

from enum import Enum

import msgspec

__all__ = ["ANYTHING", "YES_OR_NO", "Expectation", "Kind", "heard_at_first"]


class Kind(Enum):
    """The three grammars."""

    ANY = "any"
    NUMBER = "number"
    YES_NO = "yes_no"


class Expectation(msgspec.Struct, frozen=True):
    """The kind, and for a number how many digits it may have."""

    kind: Kind = Kind.ANY
    lengths: tuple[int, ...] = ()
    """Accepted lengths in digits, ascending, such as `(9,)` or `(9, 10)`; empty unless a number."""
    languages: tuple[str, ...] = ("en",)
    """The languages that it may be in, the likeliest first; numbers are in English digits always."""
    person: bool = False
    """Whether a person's name is asked for: anything may be said, and a name is listened for."""


ANYTHING = Expectation()
YES_OR_NO = Expectation(Kind.YES_NO)


def heard_at_first(language: str) -> tuple[str, ...]:
    """The languages that a call is heard in while nobody knows better, of the setting, the likeliest first.

    Whoever speaks Hindi may turn to English at any moment; English alone is listened for where it was asked for.
    """
    return {"auto": ("en", "hi"), "hi": ("hi", "en")}.get(language, ("en",))
