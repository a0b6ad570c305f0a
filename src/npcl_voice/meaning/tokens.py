"""A sentence as words, figures and signs, in whichever script it was written.

Whoever looks for times, amounts or promises in it looks at these, so that figures of both scripts,
contractions and dots behind `Rs` are dealt with once.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Final, Literal

import msgspec

from npcl_voice.meaning.script import fold, has_devanagari, romanised

__all__ = ["Token", "spelling", "tokens_of"]


class Token(msgspec.Struct, frozen=True):
    """A word, a figure, or a sign."""

    kind: Literal["word", "figure", "ordinal", "clock", "date", "sign"]
    raw: str
    """As written, its figures as 0 to 9."""
    plain: str
    """In lower case and Latin letters."""
    fold: str
    """The one spelling of all that people write for it, as `spelling` has it."""


_FIGURES: Final = {ord(digit): str(unicodedata.decimal(digit)) for digit in "०१२३४५६७८९"}
_QUOTES: Final = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "\u00a0": " ", "‑": "-"})
_AFTER_IS: Final = (
    r"not|already|just|now|still|also|only|all|a|an|the|this|that|on|in|at|out|off|over|up|down|back|under|underway|there|"
    r"with|for|to|by|due|about|been|got|gone|done|sent|put|taken|given|made|set|left|come|found|told|seen|cut|no|"
    r"one|two|three|four|five|\w{2,}ing|(?!need)\w{2,}ed"
)
"""Behind these `'s` is "is" or "has", and not whose it is."""
_PLAIN: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), to)
    for pattern, to in (
        (r"\b([ap])\.\s?m\b\.?", r"\1m"),
        (r"\b(rs|re|nos?|mr|mrs|ms|dr|smt|approx)\.(?=\s*\w)", r"\1 "),
        (r"\b(?:won't|wont)\b", "will not"),
        (r"\b(?:can't|cannot|cant)\b", "can not"),
        (r"\bshan't\b", "shall not"),
        (r"\b(do|does|did|has|have|had|is|are|was|were|could|would|should|need|must)n'?t\b", r"\1 not"),
        (r"\blet's\b", "let us"),
        (r"\b(it|that|there|here|what|who|he|she|where|how|\w+thing|\w+body|\w+one|all)'s\b", r"\1 is"),
        (rf"(\w)'s(?=\s+(?:{_AFTER_IS})\b)", r"\1 is"),
        (r"\bi'm\b", "i am"),
        (r"\b(i|we|they|you)'ve\b", r"\1 have"),
        (r"\b(i|we|they|you|it|he|she|that|there|someone|somebody)'ll\b", r"\1 will"),
        (r"\b(i|we|they|you|he|she)'d\b", r"\1 would"),
        (r"\b(we|they|you)'re\b", r"\1 are"),
        (r"\bo'\s?clock\b", "oclock"),
    )
)
_TOKEN: Final = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d|\d{1,2}[/-]\d{1,2}[/-]\d{2,4})"
    r"|(?P<clock>(?<!\d)\d{1,2}:\d\d(?!\d))"
    r"|(?P<ordinal>(?<!\d)\d{1,2}(?:st|nd|rd|th)\b)"
    r"|(?P<figure>\d{1,3}(?:,\d{2,3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?)"
    r"|(?P<word>[ऀ-ॣॱ-ॿ\u200c\u200d]+|[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<sign>[^\w\s])",
    re.IGNORECASE,
)


_NASAL: Final = ("ं", "ँ")
_LONG: Final = 5
_POLITE: Final = ("iyega", "iega", "iyegaa", "iegaa", "iye", "ie", "iyo")
"""How a request ends: `rahiye`, stay, is not `rahi`."""
_OPENS: Final = ("khol", "khul")
"""`kholna`, to open, is no `call`."""


@lru_cache(maxsize=16384)
def spelling(word: str) -> str:
    """One spelling for all spellings of a word in either script, as `script.fold`, but short words are kept apart.

    A last `n` counts unless it only stands for a nasal vowel: `teen`, three, is not `thi`, was. English words in
    Devanagari come out as they do in Latin letters.
    """
    found = _spelling(word)
    whole = not has_devanagari(word) or romanised(word).lower() in _apart()
    return found if whole else _in_latin().get(found, found)


class _Spellings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    nasal: str
    apart: tuple[str, ...]
    words: dict[str, str]


@cache
def _spellings() -> _Spellings:
    text = resources.files(__package__).joinpath("words", "spellings.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _Spellings)


@cache
def _nasals() -> frozenset[str]:
    return frozenset(_spellings().nasal.split())


@cache
def _apart() -> Mapping[str, str]:
    """Words that are kept apart, each with its first spelling."""
    return {word: row.split()[0] for row in _spellings().apart for word in row.split()}


@cache
def _in_latin() -> Mapping[str, str]:
    """Words that are spelled another way in Devanagari, by what their spelling there is folded to."""
    words = _spellings().words
    return {_spelling(spelled): _spelling(word) for word, row in words.items() for spelled in row.split()}


def _spelling(word: str) -> str:
    word = unicodedata.normalize("NFD", word).replace("ड\u093c", "ड").replace("ढ\u093c", "ढ")  # typed as d, too
    plain = romanised(word).lower()
    if plain in _apart():
        return _apart()[plain]
    if plain.startswith(_OPENS):
        return f"kh{fold(plain)[1:]}"
    for polite in _POLITE:
        if plain.endswith(polite) and len(plain) > len(polite) + 1:
            return f"{fold(plain.removesuffix(polite))}iye"
    found = fold(plain)
    lost = plain.endswith("n") and not found.endswith("n")
    nasal = word.endswith(_NASAL) or plain in _nasals() or len(plain) > _LONG
    return f"{found}n" if lost and not nasal else found


@lru_cache(maxsize=256)
def tokens_of(text: str) -> tuple[Token, ...]:
    """All of a text, in order. Takes time in proportion to its length.

    A hyphen between two words joins them and is left out; any other sign stays.
    """
    text = text.translate(_QUOTES).translate(_FIGURES)
    for pattern, to in _PLAIN:
        text = pattern.sub(to, text)
    out = []
    for found in _TOKEN.finditer(text):
        raw = found.group()
        joins = raw == "-" and text[: found.start()][-1:].isalpha() and text[found.end() :][:1].isalpha()
        if not joins:
            kind = found.lastgroup
            plain = romanised(raw).lower()
            out.append(Token(kind, raw, plain, spelling(raw)))  # type: ignore[arg-type]
    return tuple(out)
