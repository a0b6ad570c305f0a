"""The pieces of a spoken number: one value each, and what stands between them."""

from typing import Literal

import msgspec

from npcl_voice.meaning.numbers.words import Script, Tongue

__all__ = ["Between", "Said", "Unit"]


class Unit(msgspec.Struct, frozen=True):
    """One value as it was said: `double four`, `ninety four`, `000054324`, `बासठ`."""

    digits: str
    start: int
    end: int
    """Where it stands in the text, `double` included."""
    form: Literal["numeral", "digit", "words"]
    """Numerals; one digit's word; a word or words for several digits."""
    times: int = 1
    """How often the digit (of a numeral its first) was to be taken."""
    stem: int = 0
    """Where the doubled thing itself begins; `start` when nothing is doubled."""
    letter: bool = False
    """Said as the letter O, which alone is no zero."""
    tongue: Tongue = "en"
    """Of a word: its language."""
    script: Script = "latin"
    """Of a word: how it is written."""
    weak: bool = False
    """Said with a word that is an everyday word as well."""
    also: tuple[tuple[str, float], ...] = ()
    """Other readings, each with what it costs to take it; only where a length is wanted."""
    open_tens: bool = False
    """Tens that a digit may still join: `sixty`, in "sixty, two"."""


class Between(msgspec.Struct, frozen=True):
    """What stands between two values."""

    marks: int = 0
    """How many corrections."""
    soft: bool = False
    """Whether there is a word that may be a correction."""
    last: bool = False
    """Whether there is a word that begins what the last digit should have been."""
    fresh: bool = False
    """Whether the number is begun anew."""
    contrast: bool = False
    """Whether there is a `not`."""
    gap: int = 0
    """How many words that belong to no number."""
    filled: bool = False
    """Whether there are words that fill a pause."""

    def __or__(self, other: "Between") -> "Between":
        """Both, with nothing in between."""
        return Between(
            self.marks + other.marks,
            self.soft or other.soft,
            self.last or other.last,
            self.fresh or other.fresh,
            self.contrast or other.contrast,
            self.gap + other.gap,
            self.filled or other.filled,
        )

    @property
    def corrects(self) -> bool:
        """Whether it surely puts something right."""
        return self.marks > 0 or self.fresh


class Said(msgspec.Struct, frozen=True):
    """A unit, and what stands between it and the one before."""

    unit: Unit
    before: Between = Between()
    pause: bool = False
    """Whether there is a pause, or a word that makes one."""
    denied: bool = False
    """Whether a word that denies it stands right behind it."""
