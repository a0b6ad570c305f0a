"""From what was heard to the words of danger that were meant.

A recogniser gets a letter wrong, parts one word in two and runs two together; people spell as they hear.
Words that are words of danger, or are known to be others, stay what they are.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final
from unicodedata import normalize

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from npcl_voice.meaning.danger import alike
from npcl_voice.meaning.danger_words import danger
from npcl_voice.meaning.script import fold, romanised

__all__ = ["BARRIER", "QUESTION", "STOPS", "tokens_of"]

BARRIER: Final = ","
"""The token of every stop but one."""
QUESTION: Final = "?"
STOPS: Final = frozenset({BARRIER, QUESTION})

_DANGER: Final = danger()
_WHOLE: Final = {"s": " is", "re": " are", "m": " am", "ve": " have", "ll": " will", "d": " had"}
_SHORTENED = re.compile(rf"(?<=[^\W_])'({'|'.join(_WHOLE)})(?![^\W_])")
"""What an English word is run together with: "he's stuck"."""
_WRITTEN: Final = {"में": "mein", "मे": "mein", "पेड़": "ped", "पेड": "ped", "गेट": "gate", "जोड़": "jod"}
"""Words that letter by letter would come out as others, some of them English: "men", "per"."""
_AS_WRITTEN = re.compile(rf"(?<!\S)(?:{'|'.join(_WRITTEN)})(?!\S)")
_NOT = re.compile(r"\bnh?i\b")
"""How "nahi" is typed in haste."""
_VOWEL = re.compile("[aeiou]")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.,;:!?]")

_LONGEST: Final = 40
"""Letters; longer words are none."""
_LEAST_EXACT, _LEAST_FOLDED, _LEAST_OTHER = 4, 5, 6
"""Letters; shorter words have too many neighbours to be taken for one another."""
_TWO_WRONG: Final = 10
"""From so many letters on two may be wrong."""
_MOST_VOWELS, _LEAST_BONES = 1, 3
"""Vowels and other letters in a word that is written without its vowels: "khmbe", "krnt"."""
_LEAST_PART, _LEAST_FIRST, _LEAST_SECOND = 2, 3, 4
"""Letters of words that may have been run together: of each, and of one that stands for something, by its place."""
_LEAST_NEGATOR: Final = 3
"""Letters; "no" stands in "noon", too."""


def _is_folded(token: str) -> bool:
    return token.startswith("~")


def _skeleton(folded: str) -> str:
    """What is left of a word without its vowels."""
    return _VOWEL.sub("", folded).replace("mb", "nb")


_EXACT: Final = tuple(_DANGER.misheard)
_BORROWED: Final = frozenset(_DANGER.same.values())
_LIKE: Final = {
    word: token for word, token in _DANGER.misheard_folded.items() if _is_folded(token) or token in _BORROWED
}
"""Words that are compared folded, and their tokens."""
_FOLDED: Final = tuple(_LIKE)
_SKELETONS: Final = {
    bones: token
    for word, token in _LIKE.items()
    if len(bones := _skeleton(word)) >= _LEAST_BONES and len(_VOWEL.findall(word)) > _MOST_VOWELS
}

_ALARMING: Final = frozenset(name for rule in _DANGER.rules if len(rule.together) == 1 for name in rule.together)
"""Classes that are a danger by themselves."""
_HARMLESS: Final = sorted(token for token in _DANGER.known if not _DANGER.classes.get(token, frozenset()) & _ALARMING)
_OTHERS: Final = tuple(word for word in _HARMLESS if not _is_folded(word) and len(word) >= _LEAST_OTHER)
_OTHERS_FOLDED: Final = tuple(token[1:] for token in _HARMLESS if _is_folded(token) and len(token) > _LEAST_OTHER)
"""Words that matter only beside others."""

_VERB_NEGATORS: Final = frozenset().union(*(grammar.before_verbs for grammar in _DANGER.grammars))
_NEGATORS: Final = frozenset(
    token
    for grammar in _DANGER.grammars
    for token in grammar.before | grammar.behind
    if len(token.removeprefix("~")) >= _LEAST_NEGATOR
)


def tokens_of(text: str) -> list[str]:
    """The tokens of a text in either script, with phrases put together. Takes time in proportion to its length."""
    written = _AS_WRITTEN.sub(lambda found: _WRITTEN[found[0]], normalize("NFC", text))
    plain = _SHORTENED.sub(lambda found: _WHOLE[found[1]], romanised(written).lower().replace("’", "'"))
    found = _WORD.findall(_NOT.sub("nahi", plain))
    return _with_phrases(list(_put_right(found)))


def _put_right(said: Sequence[str]) -> Iterator[str]:
    """The tokens of the words, each put right by itself or together with those behind it; one said twice is one."""
    words = [word for word, _ in groupby(said)]
    if len(said) > 1 and said[0] == said[1] and _DANGER.token(said[0]) in _VERB_NEGATORS:
        words.insert(1, BARRIER)  # "nahi nahi, taar gira hai": it denies what was understood, and no verb
    index = 0
    while index < len(words):
        word = words[index]
        if not word[0].isalnum():
            yield QUESTION if word == QUESTION else BARRIER
            index += 1
            continue
        for size in (3, 2):
            token = _parted(tuple(words[index : index + size]))
            if token is not None:
                yield token
                index += size
                break
        else:
            yield from _meant(word)
            index += 1


@lru_cache(maxsize=8192)
def _parted(words: tuple[str, ...]) -> str | None:
    """The word that these are the parts of: "trans former", "stat ion"."""
    if len(words) == 1 or all(_DANGER.token(word) in _DANGER.known for word in words):
        return None
    whole = "".join(words)
    token = _DANGER.token(whole)
    if token in _DANGER.known and len(token) > _LEAST_OTHER:
        return token
    return _DANGER.misheard_folded.get(fold(whole))


@lru_cache(maxsize=8192)
def _meant(word: str) -> tuple[str, ...]:
    token = _DANGER.token(word)
    if token in _DANGER.known or len(word) > _LONGEST:
        return (token,)
    return _misspelt(word) or _run_together(word) or (_unsure(word, token),)


def _misspelt(word: str) -> tuple[str, ...]:
    folded = fold(word)
    token = _DANGER.misheard_folded.get(folded)
    if token is None and len(_VOWEL.findall(folded)) <= _MOST_VOWELS:
        token = _SKELETONS.get(_skeleton(folded))
    if token is None and len(word) >= _LEAST_EXACT:
        token = _DANGER.misheard.get(_nearest(word, _EXACT))
    if token is None and len(folded) >= _LEAST_FOLDED:
        token = _DANGER.misheard_folded.get(_nearest(folded, _FOLDED))
    return () if token is None else (token,)


def _unsure(word: str, token: str) -> str:
    """A word that matters only beside others, with a letter wrong; the token as it is if it is none."""
    near = _nearest(word, _OTHERS) if len(word) >= _LEAST_OTHER else word
    if near != word:
        return near
    return f"~{_nearest(token[1:], _OTHERS_FOLDED)}" if len(token) > _LEAST_OTHER else token


def _nearest(word: str, words: tuple[str, ...]) -> str:
    """The word that this is with a letter wrong; itself if it is none. The first letter is heard, or changed places."""
    near = extractOne(word, words, scorer=OSA.distance, score_cutoff=2 if len(word) >= _TWO_WRONG else 1)
    if near is None or (near[0][0] != word[0] and sorted(near[0]) != sorted(word)):
        return word
    return str(near[0])


def _run_together(word: str) -> tuple[str, ...]:
    """Two words that were heard as this one: "aaglagi", "theconductor", "जलरहा"."""
    for end in range(len(word) - _LEAST_PART, _LEAST_PART - 1, -1):
        first, second = _DANGER.token(word[:end]), _DANGER.token(word[end:])
        if word[end - 1] == "a" and _DANGER.token(word[: end - 1]) in _DANGER.classes:
            first = _DANGER.token(word[: end - 1])  # a vowel that is said only inside a word
        if _are_two((first, end), (second, len(word) - end)):
            return first, second
    return ()


def _are_two(first: tuple[str, int], second: tuple[str, int]) -> bool:
    """Whether these tokens, with their lengths, are words that run together."""
    (one, one_letters), (other, other_letters) = first, second
    if (one in _DANGER.glue and other in _NEGATORS) or (one in _NEGATORS and other in _DANGER.glue):
        return True
    one_means = one in _DANGER.classes and one_letters >= _LEAST_FIRST
    other_means = other in _DANGER.classes and other_letters >= _LEAST_SECOND
    if one_means:
        return other_means or other in _DANGER.glue
    return other_means and one in _DANGER.glue


def _with_phrases(tokens: Sequence[str]) -> list[str]:
    put: list[str] = []
    spelt = [token if _is_folded(token) or token in STOPS else alike(token, _DANGER.same) for token in tokens]
    index = 0
    while index < len(tokens):
        for size in range(min(_DANGER.longest, len(tokens) - index), 1, -1):
            stands = _DANGER.phrases.get(tuple(tokens[index : index + size]))
            if stands is None:  # Hindi spelt as English words are: "me" for "mein"
                stands = _DANGER.phrases.get(tuple(spelt[index : index + size]))
            if stands is not None:
                put.extend(stands)
                index += size
                break
        else:
            put.append(tokens[index])
            index += 1
    return put
