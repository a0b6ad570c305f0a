"""How a caller feels: negative, neutral or positive, by the words for it and a few rules.

A plain report is neutral, however bad what it reports. Politeness within a complaint does not make it
kind, and praise within one is meant otherwise ("great service, three days without light").
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Final, Literal

import msgspec

from npcl_voice.meaning.wording import Wording, patterns_of, wording

__all__ = ["Sentiment", "feeling_of"]

Sentiment = Literal["negative", "neutral", "positive"]

_STRONG: Final = 1.0
_MILD: Final = 0.4
_BOOSTED: Final = 1.5
_LEAST: Final = 1.0
"""So much shows a feeling."""
_BEFORE, _BEHIND = 3, 2
"""In words: so near a negator negates."""


class _Feelings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words for feelings in one language."""

    negative: tuple[str, ...]
    mild: tuple[str, ...]
    """Trouble, which alone shows nothing."""
    positive: tuple[str, ...]
    polite: tuple[str, ...]
    """Thanks: manners in a request, and kindly meant where nothing is wanted."""
    neutral: tuple[str, ...]
    """What looks like a feeling and is none: a greeting."""
    negators: str
    """Before what they negate."""
    after: str
    """Behind it."""
    boosters: str


class _Lexicon(msgspec.Struct, frozen=True):
    patterns: Mapping[str, re.Pattern[str]]
    negators: frozenset[str]
    after: frozenset[str]
    boosters: frozenset[str]


@cache
def _lexicon(language: str) -> _Lexicon:
    text = resources.files(__package__).joinpath("words", "sentiment.toml").read_text("utf-8")
    feelings = msgspec.convert(tomllib.loads(text)[language], _Feelings)
    words = wording(language)
    tables = {name: getattr(feelings, name) for name in ("negative", "mild", "positive", "polite", "neutral")}
    spelt = {
        name: frozenset(words.plain(getattr(feelings, name)).split()) for name in ("negators", "after", "boosters")
    }
    return _Lexicon(patterns_of(language, tables), **spelt)


def feeling_of(words: Wording, plain: str, *, trouble: bool, wish: bool) -> Sentiment:
    """The feeling in a sentence, `plain` as that wording wants it.

    `trouble` is whether a complaint is told, `wish` whether anything is wanted.
    """
    lexicon = _lexicon(words.name)
    plain = lexicon.patterns["neutral"].sub(" ", plain)
    bad = good = 0.0
    for weight, before, _ in _found(lexicon, "negative", plain):
        bad += 0.0 if before else weight  # what is denied behind it stays bad: "no shame" is no comfort
    for weight, before, behind in _found(lexicon, "positive", plain):
        if before or behind or trouble:
            bad += weight
        else:
            good += weight
    bad += _MILD * sum(1 for _ in lexicon.patterns["mild"].finditer(plain))
    if not wish and not trouble and lexicon.patterns["polite"].search(plain):
        good += _STRONG
    if bad >= _LEAST and bad >= good:
        return "negative"
    return "positive" if good >= _LEAST and good > bad else "neutral"


def _found(lexicon: _Lexicon, table: str, plain: str) -> Iterator[tuple[float, bool, bool]]:
    """Each word of a table: what it weighs, and whether it is denied before it, and behind it."""
    for found in lexicon.patterns[table].finditer(plain):
        before = plain[: found.start()].split()[-_BEFORE:]
        behind = plain[found.end() :].split()[:_BEHIND]
        boosted = bool(before) and before[-1] in lexicon.boosters
        yield (
            _STRONG * (_BOOSTED if boosted else 1.0),
            not lexicon.negators.isdisjoint(before),
            not lexicon.after.isdisjoint(behind),
        )
