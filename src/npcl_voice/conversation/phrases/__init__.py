"""What is said and heard in each language: one TOML file a language, read once.

To change the greeting, change `greeting` in `<language>.toml`. To add a language, copy `en.toml`,
translate it and name its voice; the house test says what is still missing. Safety words and helplines
are not written here: they are the company's data (`domain/company.py`), and are put in from there.
"""

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from npcl_voice.conversation.context import Line
from npcl_voice.domain.company import Company, packaged_company
from npcl_voice.errors import SettingsError

__all__ = ["Phrases", "languages", "load_phrases"]


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

    def render(self, line: Line) -> str:
        """The words of a line.

        Raises KeyError for an unknown phrase or a gap that nothing fills: both are bugs of ours.
        """
        return self.say[line.phrase].format_map({**self.values, **line.values})

    def gaps(self, phrase: str) -> frozenset[str]:
        """The names of the gaps of a phrase."""
        parts = string.Formatter().parse(self.say[phrase])
        return frozenset(name for _, name, _, _ in parts if name)


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


def parse_phrases(raw: Mapping[str, Any]) -> Phrases:
    """Phrases from what a TOML file holds; raises SettingsError naming what is wrong."""
    try:
        return msgspec.convert(raw, Phrases)
    except msgspec.ValidationError as error:
        raise SettingsError("phrases", str(error)) from None
