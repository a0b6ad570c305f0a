"""The words of a language that meaning hangs on, read from `words/<language>.toml`.

The understanding holds the rules; what the rules look for is data, one file a language, so that adding a
word takes no change of a program. The words of danger stand by themselves (`danger.py`).
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

import msgspec

from npcl_voice.errors import SettingsError

__all__ = ["LANGUAGES", "Wording", "read_wording", "wording"]

LANGUAGES = ("en",)
"""Languages with a file."""

Words = frozenset[str]
Patterns = Mapping[str, re.Pattern[str]]


class _Plain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    contractions: tuple[tuple[str, str], ...]


class _Sentences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    other_business: tuple[str, ...]
    not_leading: tuple[str, ...]
    restored: tuple[str, ...]
    doubt: tuple[str, ...]
    complaint: tuple[str, ...]
    strong_status: tuple[str, ...]


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    yes: str
    no: str
    leads: str
    backchannels: str
    stop: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    parts: dict[str, tuple[str, ...]]
    plain: _Plain
    decisive: dict[str, tuple[str, ...]]
    intents: dict[str, tuple[str, ...]]
    answers: dict[str, tuple[str, ...]]
    sentences: _Sentences
    words: _Words


class Wording(msgspec.Struct, frozen=True):
    """The words and patterns of one language, ready for use."""

    contractions: tuple[tuple[re.Pattern[str], str], ...]
    decisive: Patterns
    """Intents that count whatever else is said."""
    intents: Patterns
    """Signs of the other intents."""
    answers: Patterns
    other_business: re.Pattern[str]
    """Things that this line does not deal with yet."""
    not_leading: re.Pattern[str]
    """Where a sentence begins like this, its first word is no answer."""
    restored: re.Pattern[str]
    """The supply is there again."""
    doubt: re.Pattern[str]
    """But is it?"""
    complaint: re.Pattern[str]
    """A complaint is spoken of."""
    strong_status: re.Pattern[str]
    """A complaint that exists is meant, even where registering is spoken of."""
    yes: Words
    no: Words
    leads: Words
    """Words that may stand before and between yes and no."""
    backchannels: Words
    """What a listener says to show that he listens."""
    stop: Words
    """Words that say little when sentences are compared."""

    def plain(self, text: str) -> str:
        """`text` as the patterns want it: lower case, no contractions, one blank between words."""
        text = text.lower()
        for contraction, words in self.contractions:
            text = contraction.sub(words, text)
        return _NO_WORDS.sub(" ", text).strip()


_NO_WORDS = re.compile(r"[\W_]+")
_PART = re.compile(r"<(\w+)>")


def read_wording(text: str, name: str) -> Wording:
    """The wording in a TOML text. Raises SettingsError (`name`), naming what is wrong."""
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
        return _compiled(file)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, re.error, KeyError) as error:
        raise SettingsError(name, f"cannot be used: {error}") from None


@cache
def wording(language: str) -> Wording:
    """The wording of one of LANGUAGES."""
    name = f"{language}.toml"
    return read_wording(resources.files(__package__).joinpath("words", name).read_text("utf-8"), name)


def _compiled(file: _File) -> Wording:
    parts: dict[str, str] = {}

    def filled(pattern: str) -> str:
        return _PART.sub(lambda part: parts[part[1]], pattern)

    def one_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
        return re.compile("|".join(rf"\b(?:{filled(pattern)})\b" for pattern in patterns))

    def table(patterns: Mapping[str, tuple[str, ...]]) -> dict[str, re.Pattern[str]]:
        return {name: one_of(alternatives) for name, alternatives in patterns.items()}

    for name, alternatives in file.parts.items():
        parts[name] = f"(?:{'|'.join(map(filled, alternatives))})"
    return Wording(
        contractions=tuple((re.compile(said), words) for said, words in file.plain.contractions),
        decisive=table(file.decisive),
        intents=table(file.intents),
        answers=table(file.answers),
        other_business=one_of(file.sentences.other_business),
        not_leading=one_of(file.sentences.not_leading),
        restored=one_of(file.sentences.restored),
        doubt=one_of(file.sentences.doubt),
        complaint=one_of(file.sentences.complaint),
        strong_status=one_of(file.sentences.strong_status),
        yes=frozenset(file.words.yes.split()),
        no=frozenset(file.words.no.split()),
        leads=frozenset(file.words.leads.split()),
        backchannels=frozenset(file.words.backchannels.split()),
        stop=frozenset(file.words.stop.split()),
    )
