"""What is said and heard in each language: one TOML file a language, read once.

To change the greeting, change `greeting` in `<language>.toml`. To add a language, copy `en.toml`,
translate it and name its voice; the house test says what is still missing. Safety words and helplines
are not written here: they are the company's data (`domain/company.py`), and are put in from there.
"""

import re
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from npcl_voice.conversation.context import Context, Line
from npcl_voice.domain.company import Company, packaged_company
from npcl_voice.errors import SettingsError
from npcl_voice.meaning.language import ASKED, Evidence

__all__ = ["AUTO", "PhraseBook", "Phrases", "languages", "load_book", "load_phrases"]

AUTO = "auto"
"""The setting for calls that begin in English, and go on in the caller's language."""
_FIGURES = re.compile(r"\d+")


class Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language."""

    language: str
    """The code that `--language` takes."""
    name: str
    style: str
    """How a remote model is to speak it."""
    voice: dict[str, str]
    """The voice of each mouth, by the mouth's name."""
    say: dict[str, str]
    """What the assistant says, with `{gaps}`; `safety_<kind>` are the company's safety words."""
    hear: dict[str, Any]
    """What a caller may say: templates by intent or answer, and their named parts."""
    values: dict[str, str] = {}
    """What fills the gaps that are the same in every call: the company's helplines."""
    terms: dict[str, str] = {}
    """What the tools tell in English words, as it is said here: `within {n} minutes`, any figures, small letters."""

    def render(self, line: Line) -> str:
        """The words of a line.

        Raises KeyError for an unknown phrase or a gap that nothing fills: both are bugs of ours.
        """
        told = {name: self._told(value) for name, value in line.values.items()}
        return self.say[line.phrase].format_map({**self.values, **told})

    def _told(self, value: str) -> str:
        """A value in this language, if it is one of its terms; names and numbers are the same in all."""
        term = self.terms.get(_FIGURES.sub("{n}", value).casefold())
        if term is None:
            return value
        figures = iter(_FIGURES.findall(value))
        return re.sub(r"\{n\}", lambda _: next(figures), term)

    def gaps(self, phrase: str) -> frozenset[str]:
        """The names of the gaps of a phrase."""
        parts = string.Formatter().parse(self.say[phrase])
        return frozenset(name for _, name, _, _ in parts if name)


class PhraseBook(msgspec.Struct, frozen=True):
    """The phrases of every language that a call may be held in."""

    begins: str
    """The language in which a call begins."""
    all: dict[str, Phrases]
    """By language."""
    follows: bool = False
    """Whether a call goes over to the language that its caller speaks; else only when it is asked to."""

    @classmethod
    def of(cls, phrases: Phrases, *others: Phrases, follows: bool = False) -> "PhraseBook":
        """Calls begin in the language of the first."""
        return cls(phrases.language, {one.language: one for one in (phrases, *others)}, follows)

    def opening(self) -> Context:
        """What is known at the beginning of a call."""
        return Context(language=self.begins, evidence=Evidence() if self.follows else ASKED)

    @property
    def first(self) -> Phrases:
        """The phrases of the language in which calls begin."""
        return self.all[self.begins]

    def helplines(self) -> frozenset[str]:
        """The digits of the numbers that fill gaps: anybody may be given them."""
        numbers = (number for phrases in self.all.values() for number in phrases.values.values())
        return frozenset("".join(filter(str.isdigit, number)) for number in numbers)

    def every_phrase(self) -> list[str]:
        """All that may be said, in every language, with its gaps."""
        return [text for phrases in self.all.values() for text in phrases.say.values()]

    def phrases(self, language: str) -> Phrases:
        """The phrases of a language; for one that has none, those of the first."""
        return self.all.get(language, self.first)

    def render(self, line: Line, language: str) -> str:
        """The words of a line in that language; KeyError as of `Phrases.render`."""
        return self.phrases(language).render(line)


def languages() -> tuple[str, ...]:
    """The languages that have phrases, in alphabetical order."""
    here = files("npcl_voice.conversation.phrases")
    return tuple(sorted(f.name.removesuffix(".toml") for f in here.iterdir() if f.name.endswith(".toml")))


@cache
def load_phrases(language: str, company: Company | None = None) -> Phrases:
    """The phrases of a language, with that company's safety words and helplines, else the packaged ones.

    Raises SettingsError, naming the languages there are, for one that has none.
    """
    known = languages()
    if language not in known:
        raise SettingsError("language", f"there are no phrases for {language!r}; there are for: {', '.join(known)}")
    text = files("npcl_voice.conversation.phrases").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    phrases = parse_phrases(tomllib.loads(text))
    ours = packaged_company() if company is None else company
    safety = {f"safety_{kind}": words for kind, words in ours.safety_words(language).items()}
    return msgspec.structs.replace(
        phrases, say={**phrases.say, **safety}, values={**phrases.values, **ours.helpline_values()}
    )


def load_book(language: str, company: Company | None = None) -> PhraseBook:
    """The phrases of all languages, for calls that begin in this one, or are `auto`.

    Raises SettingsError as `load_phrases`.
    """
    first = load_phrases("en" if language == AUTO else language, company)
    others = (load_phrases(other, company) for other in languages() if other != first.language)
    return PhraseBook.of(first, *others, follows=language == AUTO)


def parse_phrases(raw: Mapping[str, Any]) -> Phrases:
    """Phrases from what a TOML file holds; raises SettingsError naming what is wrong."""
    try:
        return msgspec.convert(raw, Phrases)
    except msgspec.ValidationError as error:
        raise SettingsError("phrases", str(error)) from None
