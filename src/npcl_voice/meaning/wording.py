"""The words of a language that meaning hangs on, read from `words/<language>.toml` and `words/wishes-<language>.toml`.

The understanding holds the rules; what the rules look for is data, two files a language, so that adding a
word takes no change of a program. A language whose words are spelt in many ways, in two scripts, is compared
in the folded form of `meaning.script`. The words of danger stand by themselves (`danger.py`).
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

import msgspec

from npcl_voice.errors import SettingsError
from npcl_voice.meaning.patterns import Patterns, Reader, undotted
from npcl_voice.meaning.script import folded, has_devanagari
from npcl_voice.meaning.wishes import Signs

__all__ = ["LANGUAGES", "Wording", "patterns_of", "read_wording", "wording"]

LANGUAGES = ("en", "hi")
"""Languages with a file."""

Words = frozenset[str]


class _Plain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    folded: bool = False
    contractions: tuple[tuple[str, str], ...] = ()
    spellings: dict[str, str] = {}


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    yes: str
    no: str
    leads: str
    backchannels: str
    stop: str
    own: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    parts: dict[str, tuple[str, ...]]
    plain: _Plain
    answers: dict[str, tuple[str, ...]]
    needs: dict[str, tuple[str, ...]]
    windows: dict[str, tuple[str, ...]]
    not_leading: tuple[str, ...]
    words: _Words


class Wording(msgspec.Struct, frozen=True):
    """The words and patterns of one language, ready for use."""

    name: str
    """The language: one of LANGUAGES."""
    folded: bool
    """Whether words are compared folded."""
    contractions: tuple[tuple[re.Pattern[str], str], ...]
    spellings: Mapping[str, str]
    """For words that folding does not bring together: folded, by the folded word that they stand for."""
    signs: Patterns
    """By the names of the fields of Signs."""
    answers: Patterns
    needs: Patterns
    """What somebody at the premises depends on power for, the gravest first."""
    windows: Patterns
    """When a caller wants to be called."""
    not_leading: re.Pattern[str]
    """Where a sentence begins like this, its first word is no answer."""
    yes: Words
    no: Words
    leads: Words
    """Words that may stand before and between yes and no."""
    backchannels: Words
    """What a listener says to show that he listens."""
    stop: Words
    """Words that say little when sentences are compared."""
    own: Words
    """Words that show the language, and that are none of the other language."""

    def plain(self, text: str) -> str:
        """`text` as the patterns want it: no contractions, one blank between words, lower case or folded."""
        if self.folded:
            if has_devanagari(text):
                text = undotted(unicodedata.normalize("NFD", text))
            return " ".join(self.spellings.get(word, word) for word in folded(text))
        text = text.lower()
        for contraction, words in self.contractions:
            text = contraction.sub(words, text)
        return _NO_WORDS.sub(" ", text).strip()


_NO_WORDS: Final = re.compile(r"[\W_]+")


def read_wording(text: str, wishes: str, name: str) -> Wording:
    """The wording in two TOML texts, the words and the signs of wishes.

    Raises SettingsError (`name`), naming what is wrong.
    """
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
        signs = msgspec.convert(tomllib.loads(wishes), Signs)
        return _wording(file, signs, name)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, re.error, KeyError) as error:
        raise SettingsError(f"{name}.toml", f"cannot be used: {error}") from None


@cache
def wording(language: str) -> Wording:
    """The wording of one of LANGUAGES."""
    return read_wording(_packaged(language), _packaged(f"wishes-{language}"), language)


def patterns_of(language: str, tables: Mapping[str, tuple[str, ...]]) -> Patterns:
    """Further patterns of a language, by name, written as those of its file and with its parts."""
    return _reader(msgspec.convert(tomllib.loads(_packaged(language)), _File)).table(tables)


def _packaged(name: str) -> str:
    return resources.files(__package__).joinpath("words", f"{name}.toml").read_text("utf-8")


def _reader(file: _File) -> Reader:
    return Reader(file.parts, file.plain.spellings, folds=file.plain.folded)


def _wording(file: _File, signs: Signs, name: str) -> Wording:
    reader = _reader(file)
    words: dict[str, Any] = {kind: reader.words(value) for kind, value in msgspec.structs.asdict(file.words).items()}
    return Wording(
        name=name,
        folded=file.plain.folded,
        contractions=tuple((re.compile(said), words) for said, words in file.plain.contractions),
        spellings=reader.spellings,
        signs=reader.table({sign: patterns for sign, patterns in msgspec.structs.asdict(signs).items() if patterns}),
        answers=reader.table(file.answers),
        needs=reader.table(file.needs),
        windows=reader.table(file.windows),
        not_leading=reader.one_of(file.not_leading),
        **words,
    )
