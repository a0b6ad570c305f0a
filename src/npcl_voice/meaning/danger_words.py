"""The words of danger as files hold them, `words/danger-….toml`: one a language, and one for the rules.

What the search looks for is data, so that adding a word takes no change of a program.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import chain, product
from typing import Final, TypeVar

import msgspec

from npcl_voice.domain.complaints import HazardKind
from npcl_voice.errors import SettingsError
from npcl_voice.meaning.danger import Chain, Danger, Grammar, Hazard, Level, Rule, Void, Words, alike
from npcl_voice.meaning.script import fold, romanised

__all__ = ["LANGUAGES", "RULES", "danger", "read_danger"]

LANGUAGES: Final = ("en", "hi")
"""Languages with a file; a phrase that two of them have stands for what the later says."""
RULES: Final = "rules"

_OF_CLASSES: Final = frozenset({"verbs", "listed", "spares"})
"""Fields of a grammar that name classes, not words."""

_File = TypeVar("_File")


class _Grammar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lists of a Grammar, each written with blanks between its words."""

    before: str
    carried: str
    links: str
    behind: str
    between: str
    wondering: str
    supposed: str
    now: str
    pending: str
    again: str
    was: str
    before_verbs: str = ""
    verbs: str = ""
    paired: str = ""
    only: str = ""
    unless: str = ""
    listed: str = ""
    spares: str = ""
    supposing: str = ""
    then: str = ""


class _Pairs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    to: str
    first: tuple[str, ...]
    second: str


class _Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of one language; lists are written with blanks between their words."""

    folded: bool
    """Whether its words are compared folded; those that begin with `=` are not."""
    misheard: str
    not_those: str
    small: str
    glue: str
    grammar: _Grammar
    phrases: dict[str, tuple[str, ...]]
    """For what stands in their place, phrases; in place of harmless ones nothing stands."""
    classes: dict[str, str]
    """Words by class."""
    pairs: tuple[_Pairs, ...] = ()
    """Phrases made of each of the first and each of the second."""
    same: dict[str, str] = {}
    """For a word, the other spellings in which people write it, in either script."""

    def all_phrases(self) -> Iterator[tuple[list[str], list[str]]]:
        """The words of each phrase, and those that stand for it."""
        for to, many in self.phrases.items():
            yield from ((phrase.split(), to.split()) for phrase in many)
        for pairs in self.pairs:
            for both in product(pairs.first, pairs.second.split()):
                yield " ".join(both).split(), pairs.to.split()

    def all_words(self) -> Iterator[str]:
        """Each word of the file, some of them often."""
        grammar = msgspec.structs.asdict(self.grammar)
        lists = (self.misheard, self.not_those, self.small, self.glue, *self.classes.values())
        for words in (*lists, *(words for field, words in grammar.items() if field not in _OF_CLASSES)):
            yield from words.split()
        yield from chain.from_iterable(chain.from_iterable(self.all_phrases()))

    def is_exact(self, word: str) -> bool:
        """Whether it is compared letter for letter."""
        return not self.folded or word.startswith("=")

    def tokens(self, word: str, exact: Words, same: Mapping[str, str]) -> tuple[str, ...]:
        """What a word of this file is heard as: as it stands, too, where any file has it so."""
        if self.is_exact(word):
            return (word.removeprefix("="),)
        token = alike(word, same)
        return (token, word) if word in exact and word != token else (token,)

    def token(self, word: str, exact: Words, same: Mapping[str, str]) -> str:
        """What the word is heard as when it is spelt as in this file."""
        return self.tokens(word, exact, same)[-1]

    def many(self, words: str, exact: Words, same: Mapping[str, str]) -> Words:
        """What the words of a list are heard as."""
        return frozenset(token for word in words.split() for token in self.tokens(word, exact, same))

    def compiled_grammar(self, exact: Words, same: Mapping[str, str]) -> Grammar:
        """The grammar, ready for use."""
        lists = msgspec.structs.asdict(self.grammar)
        return Grammar(
            **{
                field: frozenset(words.split()) if field in _OF_CLASSES else self.many(words, exact, same)
                for field, words in lists.items()
            }
        )


class _Left(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    level: Level
    kind: HazardKind


class _Group(_Left, frozen=True, forbid_unknown_fields=True):
    """Rules for one level and kind of danger."""

    classes: tuple[str, ...]
    """Each rule: classes and chains, blanks between them; behind ` - ` those that make it harmless."""
    without_fire: _Left | None = None


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    void: tuple[str, ...]
    """Chains; those of their classes that begin with `-` mean nothing there."""
    events: str
    mended: tuple[str, ...]
    """Classes and chains."""
    contains: dict[str, str]
    """Classes by a class that has their words, too."""
    rules: tuple[_Group, ...]

    def holders(self, name: str) -> Iterator[str]:
        """The class itself, and those that have its words, too."""
        yield name
        for holder, held in self.contains.items():
            if name in held.split():
                yield from self.holders(holder)


def read_danger(texts: Mapping[str, str]) -> Danger:
    """The words of danger in TOML texts, by name: each of LANGUAGES, and RULES.

    Raises SettingsError (the file's name), naming what is wrong.
    """
    languages = [_read(texts, name, _Language) for name in LANGUAGES]
    rules = _read(texts, RULES, _Rules)
    classes = {name for language in languages for name in language.classes} | rules.contains.keys()
    if unknown := sorted(_named(rules) - classes):
        raise SettingsError(_file(RULES), f"cannot be used: no language has words for {', '.join(unknown)}")
    return _compiled(languages, rules)


@cache
def danger() -> Danger:
    """The packaged words of danger."""
    folder = resources.files(__package__).joinpath("words")
    return read_danger({name: folder.joinpath(_file(name)).read_text("utf-8") for name in (*LANGUAGES, RULES)})


def _file(name: str) -> str:
    return f"danger-{name}.toml"


def _read(texts: Mapping[str, str], name: str, type_: type[_File]) -> _File:
    try:
        return msgspec.convert(tomllib.loads(texts[name]), type_)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(_file(name), f"cannot be used: {error}") from None


def _named(rules: _Rules) -> set[str]:
    """The classes that the rules speak of."""
    texts = [*rules.void, *rules.mended, *(text for group in rules.rules for text in group.classes)]
    parts = (part for text in texts for word in text.split() if word != "-" for part in word.split(">"))
    return {part.lstrip("-!") for part in parts}


def _compiled(languages: Sequence[_Language], rules: _Rules) -> Danger:
    exact = frozenset(word.removeprefix("=") for one in languages for word in one.all_words() if one.is_exact(word))
    same = {
        fold(romanised(other)): word if word in exact else f"~{fold(word)}"
        for one in languages
        for word, others in one.same.items()
        for other in others.split()
    }
    phrases: dict[tuple[str, ...], tuple[str, ...]] = {}
    classes: dict[str, set[str]] = {}
    known = set(exact)
    misheard: dict[str, str] = {}
    misheard_folded: dict[str, str] = {}
    for one in languages:
        known.update(one.token(word, exact, same) for word in one.all_words())
        for phrase, to in one.all_phrases():
            stands = tuple(one.token(word, exact, same) for word in to)
            phrases[tuple(one.token(word, exact, same) for word in phrase)] = stands
            phrases.setdefault(tuple(one.tokens(word, exact, same)[0] for word in phrase), stands)
        for name, words in one.classes.items():
            for token in one.many(words, exact, same):
                classes.setdefault(token, set()).update(rules.holders(name))
        near = {word: one.token(word, exact, same) for word in one.misheard.split()}
        misheard |= {word: token for word, token in near.items() if not one.folded}
        misheard_folded |= {fold(word): token for word, token in near.items()}
    compiled = tuple(_rule(group, text) for group in rules.rules for text in group.classes)
    named = chain.from_iterable((*rule.together, *rule.unless) for rule in compiled)
    chains = {part for part in (*named, *rules.mended) if ">" in part}
    return Danger(
        exact=exact,
        same=same,
        known=frozenset(known | classes.keys()),
        misheard=misheard,
        misheard_folded=misheard_folded,
        phrases=phrases,
        longest=max(map(len, phrases)),
        classes={token: frozenset(names) for token, names in classes.items()},
        wider=frozenset(rules.contains),
        small=frozenset(token for one in languages for token in one.many(one.small, exact, same)),
        glue=frozenset(token for one in languages for token in one.many(one.glue, exact, same)),
        grammars=tuple(one.compiled_grammar(exact, same) for one in languages),
        void=tuple(map(_void, rules.void)),
        chains=tuple(map(_chain, sorted(chains))),
        rules=compiled,
        events=frozenset(rules.events.split()),
        mended=rules.mended,
    )


def _chain(text: str) -> Chain:
    *classes, last = text.split(">")
    if last.startswith("!"):
        return Chain(text, tuple(classes), last.removeprefix("!"))
    return Chain(text, (*classes, last), "")


def _void(text: str) -> Void:
    parts = tuple(place for place, name in enumerate(text.split(">")) if name.startswith("-"))
    return Void(_chain(text.replace("-", "")), parts)


def _rule(group: _Group, text: str) -> Rule:
    together, _, unless = text.partition(" - ")
    left = group.without_fire
    return Rule(
        hazard=Hazard(group.level, group.kind),
        without_fire=Hazard(left.level, left.kind) if left else None,
        together=tuple(together.split()),
        unless=tuple(unless.split()),
    )
