"""What danger is known by: words, the classes that they stand for, and the rules over classes.

One table for all languages, for callers mix them: the words of each language stand for classes that are the
same in all. So "transformer phat gaya" and "तार is on the road" need no table of their own.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from npcl_voice.domain.complaints import HazardKind
from npcl_voice.meaning.script import fold

__all__ = ["Chain", "Danger", "Grammar", "Hazard", "Level", "Rule", "Void", "Words", "alike"]

Level = Literal["P0", "P1"]
Words = frozenset[str]


def alike(word: str, same: Mapping[str, str]) -> str:
    """The token of a word however it is spelt: of the word that it is the `same` as, or of its folded form."""
    folded = fold(word)
    return same.get(folded, f"~{folded}")


class Hazard(msgspec.Struct, frozen=True):
    """A danger that was spoken of."""

    level: Level
    kind: HazardKind


class Chain(msgspec.Struct, frozen=True):
    """Words in a row, with nothing but small words between."""

    name: str
    """As rules have it: `a>b`, or `a>b>!c`."""
    classes: tuple[str, ...]
    but: str
    """A class that may not follow; empty where anything may."""


class Void(msgspec.Struct, frozen=True):
    """Words in a row that are not all meant: a lamp that burns is no fire."""

    chain: Chain
    parts: tuple[int, ...]
    """The places in the chain that mean nothing."""


class Rule(msgspec.Struct, frozen=True):
    """Words that make a danger together."""

    hazard: Hazard
    without_fire: Hazard | None
    """The danger that is left where fire and smoke are denied; None where that changes nothing."""
    together: tuple[str, ...]
    """Classes and names of chains: all must be there, in any order, close together, none denied."""
    unless: tuple[str, ...]
    """Classes and names of chains that make it harmless when they are near."""


class Grammar(msgspec.Struct, frozen=True):
    """How one language denies, supposes and tells of the past; tokens, unless said otherwise."""

    before: Words
    """Negators that deny what follows: "no fire"."""
    carried: Words
    """What may stand between: "not *on* fire"."""
    links: Words
    """What carries a denial on: "no fire *or* smoke"."""
    before_verbs: Words
    """Negators that deny a verb behind them and no thing: "nahi gira"."""
    verbs: Words
    """The classes of those verbs."""
    paired: Words
    """Negators that deny what follows when there are two: "na aag na dhuan"."""
    behind: Words
    """Negators that deny what stands before them: "fire no"."""
    between: Words
    """What may stand between: "smoke *is* not there"."""
    only: Words
    """What has to follow such a negator, unless nothing does; empty where it does not matter."""
    unless: Words
    """What may not follow it: "aag nahi *bujhi*", the fire is not out."""
    listed: Words
    """Classes that a negator at the end of a list denies together: "aag ya dhuan nahi"."""
    spares: Words
    """Classes that a negator behind them does not deny: where the wire is not, one may still hang."""
    supposing: Words
    """What makes the danger behind it a mere thought: "if there is"."""
    wondering: Words
    """What makes one a mere thought when a verb says so, too: "agar taar gir jaye"."""
    supposed: Words
    """Those verbs."""
    then: Words
    """What makes the danger before it a mere thought: "aag lag *jaye to*"."""
    now: Words
    """What keeps a danger of long ago from being over."""
    pending: Words
    """What keeps any danger from being over: nobody has come yet."""
    again: Words
    """What keeps a danger that was mended from being over."""
    was: Words
    """What tells of the past."""


class Danger(msgspec.Struct, frozen=True):
    """Everything that danger is known by. Tokens are words as they stand, or `~` and a folded one."""

    exact: Words
    """Words that are compared letter for letter."""
    same: Mapping[str, str]
    """The tokens of words by their other spellings, folded."""
    known: Words
    """All tokens, among them words that are near those of danger and are others."""
    misheard: Mapping[str, str]
    """Words that are still themselves with a letter wrong, and their tokens; the exact ones as they stand."""
    misheard_folded: Mapping[str, str]
    """All of them, folded."""
    phrases: Mapping[tuple[str, ...], tuple[str, ...]]
    """What stands for several tokens together; nothing, where together they are harmless."""
    longest: int
    """Tokens in the longest phrase."""
    classes: Mapping[str, Words]
    """What a token may stand for."""
    wider: Words
    """Classes that have the words of others, too: where one of those stands, these say nothing more."""
    small: Words
    """Tokens that may stand inside a chain."""
    glue: Words
    """Tokens that are often run together with others."""
    grammars: tuple[Grammar, ...]
    void: tuple[Void, ...]
    """Looked for first."""
    chains: tuple[Chain, ...]
    """The chains of all rules."""
    rules: tuple[Rule, ...]
    """The first that fits counts."""
    events: Words
    """Classes that are denied by whoever denies danger."""
    mended: tuple[str, ...]
    """Classes and names of chains that tell that a danger is over, where the past is told of it."""

    def token(self, word: str) -> str:
        """The token of a word in Latin letters and lower case."""
        return word if word in self.exact else alike(word, self.same)
