"""Words of numbers in both languages and both scripts, read from `words/numbers.toml`.

A word is looked up as it is spelled first, because seven (`saat`) and sixty (`saath`) differ by a letter;
only longer ones, from ten on, are compared by sound.
"""

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from typing import Final, Literal

import msgspec
from rapidfuzz import fuzz, process

from npcl_voice.errors import SettingsError
from npcl_voice.meaning.script import fold, has_devanagari, romanised

__all__ = ["TIMES_OF", "NumberWords", "Script", "Sense", "Tongue", "number_words", "plain_word", "read_number_words"]

Tongue = Literal["en", "hi"]
Script = Literal["latin", "devanagari"]

TIMES_OF: Final = {"double": 2, "triple": 3, "quadruple": 4}
"""How often the words of these rows take what follows."""


class Sense(msgspec.Struct, frozen=True):
    """What a word can be in a number."""

    kind: Literal["number", "tens", "scale", "times", "repeats", "many"]
    """A number below a hundred; English tens, which take a digit behind them; hundred to crore; `double`;
    `times` as in "three times zero"; `nines`, which are as many as the number before them says."""
    value: int
    tongue: Tongue
    weak: bool = False
    """An everyday word as well: it counts only beside others."""
    letter: bool = False
    """The letter O, which alone is no zero."""


class _Hindi(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    numbers: tuple[str, ...]
    hundred: str
    thousand: str
    lakh: str
    crore: str
    times: str
    double: str
    triple: str
    quadruple: str


class _English(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    numbers: tuple[str, ...]
    tens: tuple[str, ...]
    many: tuple[str, ...]
    letter_o: str
    hundred: str
    thousand: str
    times: str
    double: str
    triple: str
    quadruple: str


class _Weak(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: str
    stems: str


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fillers: str
    corrections: str
    correcting: str
    restarts: str
    softer: str
    lasts: str
    denials: str
    contrasts: str
    measures: str
    waits: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hindi: _Hindi
    english: _English
    heard: dict[str, str]
    weak: _Weak
    words: _Words


class NumberWords(msgspec.Struct, frozen=True):
    """The words of numbers, ready for use; all keys are plain words."""

    senses: dict[str, Sense]
    by_sound: dict[str, Sense]
    """Folded spellings of numbers from ten on."""
    heard: dict[str, str]
    """Words that may be a misheard digit, by word."""
    stems: frozenset[str]
    """Behind these `do` is no number."""
    fillers: frozenset[str]
    corrections: frozenset[str]
    correcting: dict[str, tuple[tuple[str, ...], ...]]
    """Phrases that do what a correction does, by their first word, the longest first."""
    restarts: dict[str, tuple[tuple[str, ...], ...]]
    """Phrases after which a number is said anew, in the same way."""
    softer: frozenset[str]
    """Words that may be corrections, or nothing."""
    lasts: frozenset[str]
    """Words that begin what the last digit should have been."""
    denials: frozenset[str]
    """Corrections that deny what stands right before them."""
    contrasts: frozenset[str]
    measures: frozenset[str]
    waits: frozenset[str]
    spoken: dict[tuple[Tongue, Script], tuple[str, ...]]
    """The words that we say: English 0 to 9, Hindi 0 to 99."""

    def sense(self, word: str) -> Sense | None:
        """What a plain word is in a number, if anything."""
        return self.senses.get(word) or self._sounds_as(word)

    def _sounds_as(self, word: str) -> Sense | None:
        if word in self.fillers or word in self.corrections or len(word) < _LEAST_BY_SOUND:
            return None
        return self.by_sound.get(fold(romanised(word)))

    def near(self, word: str) -> Sense | None:
        """The number from ten on that a misspelt word is closest to; None when it is close to none or to two."""
        if len(word) < _LEAST_NEAR or word in self.fillers or word in self.corrections or word in self.measures:
            return None
        return _near(self, fold(romanised(word)))

    def __hash__(self) -> int:
        """There is one, and it is used as a key of a cache."""
        return id(self)


_LEAST_BY_SOUND: Final = 5
_LEAST_NEAR: Final = 6
"""In letters; shorter words are like too many others."""
_ALIKE, _APART = 82.0, 4.0
"""Letters alike, of 100, that a misspelt number needs, and how much less the next number may have."""
_SCALE_OF: Final = {"hundred": 100, "thousand": 1000, "lakh": 100_000, "crore": 10_000_000}


@lru_cache(maxsize=4096)
def _near(words: NumberWords, folded: str) -> Sense | None:
    found = process.extract(folded, list(words.by_sound), scorer=fuzz.ratio, limit=8, score_cutoff=_ALIKE)
    likeness: dict[int, float] = {}
    for key, score, _ in found:
        if key[0] != folded[0]:  # `sector` is no `ikhattar`
            continue
        value = words.by_sound[key].value
        likeness[value] = max(score, likeness.get(value, 0.0))
    ranked = sorted(likeness, key=lambda value: -likeness[value])
    if not ranked or (len(ranked) > 1 and likeness[ranked[0]] - likeness[ranked[1]] < _APART):
        return None
    return Sense("number", ranked[0], "hi", weak=True)


_UNSEEN: Final = str.maketrans({"़": None, "\u200c": None, "\u200d": None, "ँ": "ं", "ी": "ि", "ू": "ु", "ई": "इ", "ऊ": "उ"})
_NASAL: Final = re.compile("[ङञणनम]्(?=[क-ह])")
_DOUBLED: Final = re.compile("([क-ह])्(?=\\1)|क्(?=ख)|ग्(?=घ)|च्(?=छ)|ट्(?=ठ)|त्(?=थ)|द्(?=ध)|ड्(?=ढ)|ठ्(?=ठ)")


@lru_cache(maxsize=16384)
def plain_word(word: str) -> str:
    """A word as the tables have it: lower case, and Devanagari in one spelling.

    No dots below, short for long i and u, single for doubled letters, one sign for what is said through the nose.
    """
    if not has_devanagari(word):
        return word.lower().replace("’", "'")
    plain = unicodedata.normalize("NFD", word).translate(_UNSEEN)
    return _NASAL.sub("ं", _DOUBLED.sub("", plain))


def read_number_words(text: str, name: str) -> NumberWords:
    """The words in a TOML text. Raises SettingsError (`name`), naming what is wrong."""
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
        return _ready(file)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise SettingsError(name, f"cannot be used: {error}") from None


@cache
def number_words() -> NumberWords:
    """The packaged words."""
    name = "numbers.toml"
    folder = resources.files("npcl_voice.meaning").joinpath("words")
    return read_number_words(folder.joinpath(name).read_text("utf-8"), name)


def _ready(file: _File) -> NumberWords:
    weak = _set(file.weak.words)
    everyday = _set(" ".join((file.words.fillers, file.words.corrections, *file.heard.values())))
    senses: dict[str, Sense] = {}

    latin: dict[str, Sense] = {}

    def add(row: str, sense: Sense) -> None:
        for spelled in row.split():
            word = plain_word(spelled)
            latin[romanised(spelled)] = sense
            if senses.setdefault(word, sense) != sense and word not in weak:
                raise ValueError(f"{word} stands for {senses[word].value} and for {sense.value}")
            if word in weak:
                senses[word] = msgspec.structs.replace(senses[word], weak=True)

    if (len(file.hindi.numbers), len(file.english.numbers), len(file.english.tens)) != _ROWS:
        raise ValueError(f"there must be {_ROWS} rows of hindi.numbers, english.numbers, english.tens")
    for value, row in enumerate(file.hindi.numbers):
        add(row, Sense("number", value, "hi"))
    for value, row in enumerate(file.english.numbers):
        add(row, Sense("number", value, "en"))
    for place, row in enumerate(file.english.tens, start=2):
        add(row, Sense("tens", 10 * place, "en"))
    for value, row in enumerate(file.english.many):
        add(row, Sense("many", value, "en"))
    add(file.english.letter_o, Sense("number", 0, "en", letter=True))
    for name, value in _SCALE_OF.items():
        add(getattr(file.english, name, ""), Sense("scale", value, "en"))
        add(getattr(file.hindi, name), Sense("scale", value, "hi"))
    for name, value in TIMES_OF.items():
        add(getattr(file.english, name), Sense("times", value, "en"))
        add(getattr(file.hindi, name), Sense("times", value, "hi"))
    add(file.english.times, Sense("repeats", 0, "en"))
    add(file.hindi.times, Sense("repeats", 0, "hi"))
    for word, sense in latin.items():  # text may come romanised
        if len(word) >= _LEAST_ROMANISED and word not in everyday:
            senses.setdefault(word, sense)
    by_sound: dict[str, Sense] = {}
    for value, row in enumerate(file.hindi.numbers):
        for word in row.split():
            key = fold(romanised(word))
            if value >= _LEAST_BY_SOUND * 2 and len(key) >= _LEAST_BY_SOUND:
                by_sound.setdefault(key, Sense("number", value, "hi"))
    return NumberWords(
        senses=senses,
        by_sound=by_sound,
        heard={plain_word(word): digit for digit, row in file.heard.items() for word in row.split()},
        stems=_set(file.weak.stems),
        fillers=_set(file.words.fillers),
        corrections=_set(file.words.corrections),
        correcting=_phrases(file.words.correcting),
        restarts=_phrases(file.words.restarts),
        softer=_set(file.words.softer),
        lasts=_set(file.words.lasts),
        denials=_set(file.words.denials),
        contrasts=_set(file.words.contrasts),
        measures=_set(file.words.measures),
        waits=_set(file.words.waits),
        spoken=_spoken(file),
    )


_ROWS: Final = (100, 20, 8)
_LEAST_ROMANISED: Final = 4
"""In letters; shorter ones are English words (`van` for `वन`)."""


def _set(row: str) -> frozenset[str]:
    return frozenset(map(plain_word, row.split()))


def _phrases(rows: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    phrases: dict[str, list[tuple[str, ...]]] = {}
    for phrase in re.split(r"[|\n]", rows):
        if words := tuple(map(plain_word, phrase.split())):
            phrases.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(found, key=len, reverse=True)) for first, found in phrases.items()}


def _spoken(file: _File) -> dict[tuple[Tongue, Script], tuple[str, ...]]:
    """The first word of each row in either script."""
    spoken: dict[tuple[Tongue, Script], tuple[str, ...]] = {}
    tongues: tuple[tuple[Tongue, tuple[str, ...]], ...] = (("en", file.english.numbers), ("hi", file.hindi.numbers))
    for tongue, rows in tongues:
        spoken[tongue, "latin"] = tuple(next(w for w in row.split() if not has_devanagari(w)) for row in rows)
        spoken[tongue, "devanagari"] = tuple(next(filter(has_devanagari, row.split())) for row in rows)
    return spoken
