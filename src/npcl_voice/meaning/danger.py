"""The words of danger in all languages, read from `words/danger/`: one table, for callers mix languages.

The words of each language stand for classes that are the same in all, and the rules are over classes. So
"transformer phat gaya" and "तार is on the road" need no table of their own.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import product
from typing import Final, Literal, TypeVar

import msgspec

from npcl_voice.domain.complaints import HazardKind
from npcl_voice.errors import SettingsError
from npcl_voice.meaning.script import fold

__all__ = ["Danger", "Grammar", "Hazard", "Level", "Rule", "danger", "read_danger"]

LANGUAGES: Final = ("en", "hi")
"""Languages with a file; in this order a word that two of them have is taken."""
RULES: Final = "rules"

Level = Literal["P0", "P1"]
Words = frozenset[str]
Chain = tuple[str, ...]
"""Classes of words that follow one another."""


class Hazard(msgspec.Struct, frozen=True):
    """A danger that was spoken of."""

    level: Level
    kind: HazardKind


class Rule(msgspec.Struct, frozen=True):
    """Words that make a danger together."""

    hazard: Hazard
    without_fire: Hazard | None
    """The danger that is left where fire and smoke are denied; None where that changes nothing."""
    together: tuple[str, ...]
    """Classes and chains: all must be there, in any order, close together, none denied."""
    unless: tuple[str, ...]
    """Classes that make it harmless when they are near."""


class Grammar(msgspec.Struct, frozen=True):
    """How one language denies, supposes and tells of the past."""

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
    """What makes a danger a mere thought: "if there is"."""
    supposed: Words
    """What has to follow the danger then; empty where it stands at once behind `supposing`."""
    now: Words
    """What keeps a danger of long ago from being over."""
    again: Words
    """What keeps a danger that was mended from being over."""
    was: Words
    """What tells of the past."""


class Danger(msgspec.Struct, frozen=True):
    """Everything that danger is known by. Tokens are words as they stand, or `~` and a folded one."""

    exact: Words
    """Words that are compared letter for letter."""
    known: Words
    """All tokens, among them words that are near those of danger and are others."""
    long_words: Mapping[str, str]
    """Folded words that are still themselves with a letter wrong, and their tokens."""
    short_words: Mapping[str, str]
    """The same of short ones, which are compared as they stand."""
    phrases: Mapping[tuple[str, ...], tuple[str, ...]]
    """What stands for several tokens together; nothing, where together they are harmless."""
    longest: int
    """Tokens in the longest phrase."""
    classes: Mapping[str, Words]
    """What a token may stand for."""
    small: Words
    """Tokens that may stand inside a chain."""
    grammars: tuple[Grammar, ...]
    void: tuple[Chain, ...]
    """Chains of which all but the first mean nothing."""
    chains: tuple[Chain, ...]
    """The chains of all rules."""
    rules: tuple[Rule, ...]
    """The first that fits counts."""
    events: Words
    """Classes that are denied by whoever denies danger."""

    def token(self, word: str) -> str:
        """The token of a word in Latin letters and lower case."""
        return word if word in self.exact else f"~{fold(word)}"


class _Negation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    before: str
    carried: str
    links: str
    behind: str
    between: str
    before_verbs: str = ""
    verbs: str = ""
    paired: str = ""
    only: str = ""
    unless: str = ""
    listed: str = ""
    spares: str = ""


class _Pairs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    to: str
    first: tuple[str, ...]
    second: str


class _Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    folded: bool
    long_words: str
    short_words: str
    not_those: str
    small: str
    supposing: str
    supposed: str
    now: str
    again: str
    was: str
    negation: _Negation
    phrases: dict[str, tuple[str, ...]]
    classes: dict[str, str]
    pairs: tuple[_Pairs, ...] = ()

    def all_phrases(self) -> Iterator[tuple[str, str]]:
        """Each phrase, and what stands for it."""
        for to, many in self.phrases.items():
            yield from ((phrase, to) for phrase in many)
        for pairs in self.pairs:
            yield from ((" ".join(both), pairs.to) for both in product(pairs.first, pairs.second.split()))

    def all_words(self) -> Iterator[str]:
        """Each word of the file, some of them often."""
        negation = msgspec.structs.asdict(self.negation)
        names = ("verbs", "listed", "spares")  # of classes
        yield from " ".join(words for field, words in negation.items() if field not in names).split()
        lists = (self.long_words, self.short_words, self.not_those, self.small, self.supposing, self.supposed)
        yield from " ".join((*lists, self.now, self.again, self.was, *self.classes.values())).split()
        for phrase, to in self.all_phrases():
            yield from (*phrase.split(), *to.split())

    def is_exact(self, word: str) -> bool:
        """Whether it is compared letter for letter."""
        return not self.folded or word.startswith("=")

    def tokens(self, word: str, exact: Words) -> tuple[str, ...]:
        """The tokens that a word of this file is heard as: a folded one that another file has as it stands is both."""
        if self.is_exact(word):
            return (word.removeprefix("="),)
        return (f"~{fold(word)}", word) if word in exact else (f"~{fold(word)}",)

    def token(self, word: str, exact: Words) -> str:
        """The token of the word as it is written in this file."""
        return self.tokens(word, exact)[-1]

    def many(self, words: str, exact: Words) -> Words:
        """The tokens of a list of words."""
        return frozenset(token for word in words.split() for token in self.tokens(word, exact))

    def grammar(self, exact: Words) -> Grammar:
        """The lists of negation, supposition and time, as tokens."""
        said = self.negation
        return Grammar(
            before=self.many(said.before, exact),
            carried=self.many(said.carried, exact),
            links=self.many(said.links, exact),
            before_verbs=self.many(said.before_verbs, exact),
            verbs=frozenset(said.verbs.split()),
            paired=self.many(said.paired, exact),
            behind=self.many(said.behind, exact),
            between=self.many(said.between, exact),
            only=self.many(said.only, exact),
            unless=self.many(said.unless, exact),
            listed=frozenset(said.listed.split()),
            spares=frozenset(said.spares.split()),
            supposing=self.many(self.supposing, exact),
            supposed=self.many(self.supposed, exact),
            now=self.many(self.now, exact),
            again=self.many(self.again, exact),
            was=self.many(self.was, exact),
        )


class _Left(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    level: Level
    kind: HazardKind


class _Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    level: Level
    kind: HazardKind
    classes: tuple[str, ...]
    without_fire: _Left | None = None


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    void: tuple[str, ...]
    events: str
    rules: tuple[_Group, ...]


def read_danger(texts: Mapping[str, str]) -> Danger:
    """The words of danger in TOML texts, by name: each of LANGUAGES, and RULES.

    Raises SettingsError (the file's name), naming what is wrong.
    """
    languages = [_read(texts, name, _Language) for name in LANGUAGES]
    made = _compiled(languages, _read(texts, RULES, _Rules))
    named = {name for rule in made.rules for part in (*rule.together, *rule.unless) for name in part.split(">")}
    if unknown := sorted(named - {name for language in languages for name in language.classes}):
        raise SettingsError(f"{RULES}.toml", f"cannot be used: no language has words for {', '.join(unknown)}")
    return made


@cache
def danger() -> Danger:
    """The packaged words of danger."""
    folder = resources.files(__package__).joinpath("words", "danger")
    return read_danger({name: folder.joinpath(f"{name}.toml").read_text("utf-8") for name in (*LANGUAGES, RULES)})


_File = TypeVar("_File")


def _read(texts: Mapping[str, str], name: str, type_: type[_File]) -> _File:
    try:
        return msgspec.convert(tomllib.loads(texts[name]), type_)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"{name}.toml", f"cannot be used: {error}") from None


def _compiled(languages: Sequence[_Language], rules: _Rules) -> Danger:
    exact = frozenset(word.removeprefix("=") for one in languages for word in one.all_words() if one.is_exact(word))
    phrases: dict[tuple[str, ...], tuple[str, ...]] = {}
    classes: dict[str, set[str]] = {}
    known = set(exact)
    long_words: dict[str, str] = {}
    short_words: dict[str, str] = {}
    for one in languages:
        known.update(token for word in one.all_words() for token in one.tokens(word, exact))
        for phrase, to in one.all_phrases():
            stands = tuple(one.token(word, exact) for word in to.split())
            phrases[tuple(one.token(word, exact) for word in phrase.split())] = stands
            phrases.setdefault(tuple(one.tokens(word, exact)[0] for word in phrase.split()), stands)
        for name, words in one.classes.items():
            for token in one.many(words, exact):
                classes.setdefault(token, set()).add(name)
        long_words |= {fold(word): one.token(word, exact) for word in one.long_words.split()}
        short_words |= {word: one.token(word, exact) for word in one.short_words.split()}
    made = tuple(_rule(group, text) for group in rules.rules for text in group.classes)
    void = tuple(tuple(text.split(">")) for text in rules.void)
    in_rules = {part for rule in made for part in (*rule.together, *rule.unless) if ">" in part}
    return Danger(
        exact=exact,
        known=frozenset(known),
        long_words=long_words,
        short_words=short_words,
        phrases=phrases,
        longest=max(map(len, phrases)),
        classes={token: frozenset(names) for token, names in classes.items()},
        small=frozenset(token for one in languages for token in one.many(one.small, exact)),
        grammars=tuple(one.grammar(exact) for one in languages),
        void=void,
        chains=tuple(tuple(part.split(">")) for part in sorted(in_rules)),
        rules=made,
        events=frozenset(rules.events.split()),
    )


def _rule(group: _Group, text: str) -> Rule:
    together, _, unless = text.partition(" - ")
    left = group.without_fire
    return Rule(
        hazard=Hazard(group.level, group.kind),
        without_fire=left and Hazard(left.level, left.kind),
        together=tuple(together.split()),
        unless=tuple(unless.split()),
    )
