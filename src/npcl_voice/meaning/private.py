"""Where a text tells a person's name or an address, in English and Hindi, in either script.

Names are known by themselves, or by their introduction ("my name is ...", "मैं ... बोल रहा हूँ"). A word too
many is found rather than one too few: what is found here is covered.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from npcl_voice.meaning.names import COMMON_WORDS, DEVANAGARI_OF, PERSONS_NAMES, PLACEHOLDERS
from npcl_voice.meaning.numbers import CORRECTIONS, FILLERS, NUMBER_WORDS
from npcl_voice.meaning.numbers.words import plain_word
from npcl_voice.meaning.script import fold, has_devanagari, romanised

__all__ = [
    "AROUND_NUMBERS",
    "KNOWN_BY_SOUND",
    "Word",
    "address_numbers",
    "is_house",
    "is_known_name",
    "is_secret",
    "may_be_name",
    "names_in",
    "placeholder",
    "words_of",
]

AROUND_NUMBERS: Final = NUMBER_WORDS | FILLERS | CORRECTIONS
"""A text of no other words is nothing but a number."""
_WORD: Final = re.compile(r"[ऀ-ॣॱ-ॿ\u200c\u200d]+|[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[.?!;\n।]")
_STOPS: Final = frozenset("?!;\n।")
"""An address ends here; not at a full stop, which follows on `no.` too."""
_ADDRESS_REACH: Final = 8
"""So many words behind `address` belong to it."""
_MOST_NAMES: Final = 3
"""In words."""
_SPELLED: Final = 3
"""So many letters one by one are a word that is spelled."""
_LEAST_BY_SOUND: Final = 4
"""Shorter names in Devanagari are too much like other words."""
KNOWN_BY_SOUND: Final = frozenset(
    sound
    for name in (*DEVANAGARI_OF, *(romanised(plain_word(signs)) for signs in DEVANAGARI_OF.values()))
    if len(sound := fold(name)) >= _LEAST_BY_SOUND
)
"""The known names, folded, as they are written in either script."""
_CODE_REACH: Final = 3

Phrases = Mapping[str, Sequence[tuple[str, ...]]]


class Word(msgspec.Struct, frozen=True):
    """One word, figure or stop of a text."""

    text: str
    """As the tables have it: lower case, Devanagari in one spelling."""
    start: int
    end: int


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    before_names: str
    behind_names: str
    before_likely: str
    behind_likely: str
    i: str
    am: str
    address_words: str
    address_links: str
    addresses: str
    codes: str
    names: str
    common: str


class _Table(msgspec.Struct, frozen=True):
    before_names: Phrases
    behind_names: Phrases
    before_likely: Phrases
    behind_likely: Phrases
    i: frozenset[str]
    am: frozenset[str]
    address_words: frozenset[str]
    address_links: frozenset[str]
    addresses: Phrases
    codes: frozenset[str]
    names: frozenset[str]
    common: frozenset[str]
    common_by_sound: frozenset[str]


@cache
def _table() -> _Table:
    text = resources.files("npcl_voice.meaning").joinpath("words", "private.toml").read_text("utf-8")
    file = msgspec.convert(tomllib.loads(text), _File)
    names = frozenset(map(plain_word, file.names.split()))
    return _Table(
        before_names=_phrases(file.before_names),
        behind_names=_phrases(file.behind_names),
        before_likely=_phrases(file.before_likely),
        behind_likely=_phrases(file.behind_likely),
        i=_set(file.i),
        am=_set(file.am),
        address_words=_set(file.address_words),
        address_links=_set(file.address_links),
        addresses=_phrases(file.addresses),
        codes=_set(file.codes),
        names=PERSONS_NAMES | names,
        common=COMMON_WORDS | AROUND_NUMBERS | _set(file.common),
        common_by_sound=frozenset(fold(romanised(word)) for word in file.common.split()),
    )


def _set(row: str) -> frozenset[str]:
    return frozenset(map(plain_word, row.split()))


def _phrases(rows: str) -> Phrases:
    phrases: dict[str, list[tuple[str, ...]]] = {}
    for phrase in re.split(r"[|\n]", rows):
        if words := tuple(map(plain_word, phrase.split())):
            phrases.setdefault(words[0], []).append(words)
    return {first: sorted(found, key=len, reverse=True) for first, found in phrases.items()}


def words_of(text: str) -> list[Word]:
    """The words, figures and stops of a text."""
    return [Word(plain_word(found.group()), found.start(), found.end()) for found in _WORD.finditer(text)]


def placeholder(name: str, place: int) -> str:
    """The made-up name at `place` of PLACEHOLDERS, in the script of `name`."""
    latin, devanagari = list(PLACEHOLDERS.items())[place]
    return devanagari if has_devanagari(name) else latin


def may_be_name(word: Word) -> bool:
    """Whether it is no figure, no letter and no common word."""
    if not word.text[0].isalpha() or len(word.text) < 2 or word.text in _table().common:
        return False
    return not (has_devanagari(word.text) and _sound(word) in _table().common_by_sound)


def names_in(text: str, words: Sequence[Word], is_place: Callable[[str], bool]) -> set[int]:
    """The places of the words that are names, or belong to an address.

    `is_place` tells of a folded word whether it is of an area's name; it is asked about Devanagari only.
    """
    table = _table()
    found = {index for index, word in enumerate(words) if is_known_name(word)}
    for index, word in enumerate(words):
        if length := _matches(words, index, table.before_names):
            found.update(_names_from(words, index + length))
        elif length := _matches(words, index, table.before_likely):
            following = _names_from(words, index + length)
            if _matches(words, index + length + len(following), table.behind_likely):
                found.update(following)
            found.update(spot for spot in following if text[words[spot].start].isupper())
        elif length := _matches(words, index, table.addresses):
            start = index + length
            reach = words[start : start + _ADDRESS_REACH]
            found.update(spot for spot, other in enumerate(reach, start) if may_be_name(other))
        if _matches(words, index, table.behind_names):
            found.update(_names_until(words, index))
        if word.text in table.i:
            following = _names_from(words, index + 1)
            end = index + 1 + len(following)
            if end < len(words) and words[end].text in table.am:
                found.update(following)
    return {index for index in found if not (has_devanagari(words[index].text) and is_place(_sound(words[index])))}


def _sound(word: Word) -> str:
    return fold(romanised(word.text))


def is_known_name(word: Word) -> bool:
    """Whether it is one of the names that are known by themselves."""
    table = _table()
    if word.text in table.names:
        return True
    return has_devanagari(word.text) and may_be_name(word) and _sound(word) in KNOWN_BY_SOUND


def _names_from(words: Sequence[Word], start: int) -> list[int]:
    """The words from `start` on that may be a name, up to three; of a name that is spelled, all its letters."""
    letters = 0
    while (
        start + letters < len(words) and len(words[start + letters].text) == 1 and words[start + letters].text.isalpha()
    ):
        letters += 1
    if letters >= _SPELLED:
        return list(range(start, start + letters))
    following: list[int] = []
    for index in range(start, min(start + _MOST_NAMES, len(words))):
        if not _told(words[index]):
            break
        following.append(index)
    return following


def _told(word: Word) -> bool:
    """Whether a word beside an introduction is a name: known ones are, even if they are common words as well."""
    return may_be_name(word) or _sound(word) in KNOWN_BY_SOUND


def _names_until(words: Sequence[Word], end: int) -> list[int]:
    """The words before `end` that may be a name, up to three."""
    before: list[int] = []
    for index in range(end - 1, max(end - 1 - _MOST_NAMES, -1), -1):
        if not _told(words[index]):
            break
        before.append(index)
    return before


def _matches(words: Sequence[Word], index: int, phrases: Phrases) -> int:
    """How many words the phrase takes that stands at `index`; 0 for none."""
    for phrase in phrases.get(words[index].text, ()) if index < len(words) else ():
        if tuple(word.text for word in words[index : index + len(phrase)]) == phrase:
            return len(phrase)
    return 0


def address_numbers(words: Sequence[Word], numbers: Iterable[bool]) -> list[bool]:
    """For each word whether it is a number of an address: right behind its word, or anywhere near `address`.

    `numbers` tells of each word whether it is of a number.
    """
    table = _table()
    reach = 0
    of_address = []
    for index, (word, is_number) in enumerate(zip(words, numbers, strict=True)):
        of_address.append(is_number and reach > 0)
        if length := _matches(words, index, table.addresses):
            reach = _ADDRESS_REACH + length - 1
        elif word.text in table.address_words:
            reach = max(reach, 1)
        elif word.text in _STOPS:
            reach = 0
        elif not is_number and len(word.text) > 1 and word.text not in table.address_links:
            reach = max(0, reach - 1)
    return of_address


def is_house(words: Sequence[Word], at: int) -> bool:
    """Whether a number at that place stands right behind a word for a house."""
    links = _table().address_links
    while at > 0 and words[at - 1].text in links:
        at -= 1
    return at > 0 and words[at - 1].text in _table().address_words


def is_secret(words: Sequence[Word], start: int) -> bool:
    """Whether what begins at letter `start` of the text follows a word for a code."""
    place = bisect_right(words, start, key=lambda word: word.end)
    return any(word.text in _table().codes for word in words[max(0, place - _CODE_REACH) : place])
