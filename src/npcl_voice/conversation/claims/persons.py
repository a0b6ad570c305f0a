"""Persons and houses that a sentence tells of, and whether this call has named them before.

A model may invent them, or read them out of what it was talked into. What the caller has said may be said again, and
what a tool of this call has told; a house may also be asked about.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Final

import msgspec
from rapidfuzz import fuzz

from npcl_voice.conversation.claims.facts import Facts
from npcl_voice.domain.company import packaged_company
from npcl_voice.domain.names import same_word
from npcl_voice.meaning.names import PLACEHOLDERS
from npcl_voice.meaning.numbers import number_runs
from npcl_voice.meaning.private import Word, is_house, is_known_name, may_be_name, words_of
from npcl_voice.meaning.script import fold, has_devanagari, romanised
from npcl_voice.meaning.tokens import Token

__all__ = ["may_name", "persons_in", "recites"]

_MOST: Final = 3
"""In words: no name is longer, and no phrase beside one."""
_HOUSE: Final = 4
"""In digits: no number of a house is longer."""
_ALIKE: Final = 75.0
"""Letters alike, of 100, from which a name is what a recogniser has made of another."""
_LEAST_LETTERS: Final = 4

_Phrases = Mapping[str, Sequence[tuple[str, ...]]]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: str
    titles: str
    before: str
    behind: str
    recites: tuple[str, ...]


class _Table(msgspec.Struct, frozen=True):
    words: frozenset[str]
    """Folded."""
    titles: frozenset[str]
    before: _Phrases
    """By their last word."""
    behind: _Phrases
    """By their first word."""
    recites: re.Pattern[str]
    public: frozenset[str]
    """Words of the company's own places, folded: they name nobody."""


@cache
def _table() -> _Table:
    text = resources.files(__package__).joinpath("words", "persons.toml").read_text("utf-8")
    file = msgspec.convert(tomllib.loads(text), _File)
    company = packaged_company()
    places = [name for area in company.areas for name in (area.name, *area.aliases)]
    places += [name for office in company.offices for name in (office.name, office.area)]
    return _Table(
        words=frozenset(map(fold, file.words.split())),
        titles=frozenset(word.text for word in words_of(file.titles)),
        before=_phrases(file.before, -1),
        behind=_phrases(file.behind, 0),
        recites=re.compile("|".join(file.recites), re.IGNORECASE),
        public=frozenset(_sound(word) for name in places for word in words_of(name)),
    )


def _phrases(rows: str, by: int) -> _Phrases:
    phrases: dict[str, list[tuple[str, ...]]] = {}
    for phrase in re.split(r"[|\n]", rows):
        if words := tuple(word.text for word in words_of(phrase)):
            phrases.setdefault(words[by], []).append(words)
    return phrases


@lru_cache(maxsize=16384)
def _is_known(text: str) -> bool:
    return text in PLACEHOLDERS or is_known_name(Word(text, 0, len(text)))  # a log that is replayed has those


def _sound(word: Word) -> str:
    return fold(romanised(word.text))


def recites(sentence: str) -> bool:
    """Whether it says what the assistant's instructions are."""
    return _table().recites.search(sentence) is not None


def may_name(token: Token) -> bool:
    """Whether a word that has just come may be a person's name."""
    written = token.raw[:1].isupper() or has_devanagari(token.raw)
    return written and any(_is_known(word.text) for word in words_of(token.raw.lower()))


def persons_in(sentence: str, facts: Facts, *, whole: bool, asked: bool) -> Iterator[bool]:
    """For each person and each house of which it tells, whether the caller or a tool has named them.

    The last number of a sentence that is not `whole` may go on; of a house that is `asked` about nothing is told.
    """
    words = words_of(sentence)
    for name in _Names(sentence, words).found():
        yield facts.unheard or all(_is_told(romanised(word.text), facts.words) for word in name)
    if not asked:
        yield from _houses(sentence, words, facts, whole=whole)


class _Names:
    """The persons' names in one sentence."""

    def __init__(self, sentence: str, words: Sequence[Word]) -> None:
        self._sentence = sentence
        self._words = words
        self._table = _table()

    def found(self) -> Iterator[Sequence[Word]]:
        """Each that is one for sure."""
        at = 0
        while at < len(self._words):
            end = at
            while end < min(len(self._words), at + _MOST) and self._may_be(end):
                end += 1
            if end > at and self._is_name(at, end):
                yield self._words[at:end]
            at = max(end, at + 1)

    def _may_be(self, at: int) -> bool:
        word = self._words[at]
        likely = _is_known(word.text) or ((self._is_proper(at) or self._is_titled(at)) and may_be_name(word))
        return likely and _sound(word) not in self._table.public

    def _is_name(self, start: int, end: int) -> bool:
        known = {word.text for word in self._words[start:end] if _is_known(word.text)}
        sure = any(fold(romanised(word)) not in self._table.words for word in known)
        if self._is_titled(start) or (len(known) > 1 and sure):
            return True
        if not known:
            return end - start > 1 and self._is_introduced(start)
        if any(map(self._is_proper, range(start, end))):
            return True
        first = self._sentence[self._words[start].start]
        return sure and (first.isupper() or has_devanagari(first)) and self._stands_beside(start, end)

    def _is_proper(self, at: int) -> bool:
        """Whether it is written with a capital, and not because a sentence begins."""
        begins = at == 0 or not self._words[at - 1].text[0].isalnum()
        return not begins and self._sentence[self._words[at].start].isupper()

    def _is_titled(self, at: int) -> bool:
        return at > 0 and self._words[at - 1].text in self._table.titles

    def _stands_beside(self, start: int, end: int) -> bool:
        behind = tuple(word.text for word in self._words[end : end + _MOST])
        followed = behind and any(behind[: len(one)] == one for one in self._table.behind.get(behind[0], ()))
        return bool(followed) or self._is_introduced(start)

    def _is_introduced(self, start: int) -> bool:
        before = tuple(word.text for word in self._words[max(0, start - _MOST - 1) : start])
        return bool(before) and any(before[-len(one) :] == one for one in self._table.before.get(before[-1], ()))


def _is_told(name: str, told: frozenset[str]) -> bool:
    return any(
        same_word(one, name) or (len(one) >= _LEAST_LETTERS and fuzz.ratio(one, name) >= _ALIKE)
        for one in told
        if one[0] == name[0] or len(one) >= _LEAST_LETTERS
    )


def _houses(sentence: str, words: Sequence[Word], facts: Facts, *, whole: bool) -> Iterator[bool]:
    if not any(is_house(words, at) for at in range(len(words))):
        return
    for run in number_runs(sentence):
        at = next(place for place, word in enumerate(words) if word.end > run.start)
        digits = run.digits()
        if len(digits) <= _HOUSE and is_house(words, at):
            open_end = not whole and run.end >= len(sentence.rstrip())
            known = facts.told_numbers | facts.houses
            yield facts.unheard or digits in known or (open_end and any(one.startswith(digits) for one in known))
