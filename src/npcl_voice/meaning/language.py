"""Which language a caller speaks: of one sentence, and of a call.

Hindi is told by its script and by the little words that every sentence has, in Latin letters too. What both
languages share shows nothing: numbers, names, yes and no, and the many English words that Hindi has
borrowed. So a caller who says "light" in a Hindi sentence goes on in Hindi.
"""

import re
from typing import Final, Literal, get_args

import msgspec

from npcl_voice.meaning.numbers import number_runs
from npcl_voice.meaning.script import has_devanagari
from npcl_voice.meaning.wording import wording

__all__ = ["ASKED", "LANGUAGES", "Evidence", "Language", "Tongue", "tongue_of"]

Language = Literal["en", "hi"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

_ENGLISH: Final = wording("en")
_HINDI: Final = wording("hi")
_WORD: Final = re.compile(r"[^\W\d_ऀ-ॿ]+(?:['’][^\W\d_]+)*|[ऀ-ॿ]+")
_ENOUGH: Final = 2
"""So many words show a language fully."""
_BY_SCRIPT: Final = 0.4
"""How surely Hindi is spoken where only the script shows it: a name in Devanagari is still a name."""
_MOST_WORDS: Final = 200
"""More words than these are not looked at."""
_LEAST: Final = 0.5
"""A sentence less sure than this shows nothing of the call's language."""
_TURNS: Final = 2
"""So many sentences in the other language, with none in the call's own between them, and the call goes over to it."""


class Tongue(msgspec.Struct, frozen=True):
    """The language of a sentence."""

    language: Language
    """English where nothing shows any other."""
    confidence: float
    """0 to 1: how much shows it; 0 where nothing does."""
    mixed: bool = True
    """Whether it may be the other language as well; False only where English alone is shown."""


def tongue_of(text: str) -> Tongue:
    """The language that a text is in. Takes time in proportion to its length."""
    hindi = english = 0
    telling = False  # whether there is more than yes, no and numbers
    for found in _WORD.findall(text)[:_MOST_WORDS]:
        word = found.lower().replace("’", "'")
        folded = _HINDI.plain(word)
        if word in _ENGLISH.own:
            english += 1
        elif folded in _HINDI.own and word not in _ENGLISH.stop:  # "he" is a spelling of "hai", too
            hindi += 1
        telling = telling or (folded not in _SHARED and not number_runs(word))
    script = has_devanagari(text)
    if not telling or not (hindi or english):
        return Tongue("hi" if script or hindi > english else "en", _BY_SCRIPT if telling and script else 0.0)
    shown = min(1.0, (hindi + english) / _ENOUGH)
    language: Language = "hi" if script or 2 * hindi >= english else "en"  # an English word may be a borrowed one
    share = (hindi + script if language == "hi" else english) / (hindi + english + script)
    return Tongue(language, round(shown * share, 3), mixed=script or hindi > 0)


_SHARED: Final = _HINDI.yes | _HINDI.no | _HINDI.leads | _HINDI.backchannels


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Why a call is held in its language, and what was heard in others since."""

    found: bool = False
    """Whether the caller has shown it; before that the first sentence decides."""
    asked: bool = False
    """Whether somebody asked for it: then only asking again changes it."""
    others: int = 0
    """Sentences in another language since the last one in the call's."""

    def heard(self, language: str, tongue: Tongue) -> tuple[str, "Evidence"]:
        """The language of a call that was held in `language`, after one more sentence; and the evidence for it.

        A sentence that shows little changes nothing.
        """
        if self.asked or tongue.confidence < _LEAST:
            return language, self
        if tongue.language == language:
            return language, Evidence(found=True)
        if self.found and self.others + 1 < _TURNS:
            return language, msgspec.structs.replace(self, others=self.others + 1)
        return tongue.language, Evidence(found=True)


ASKED: Final = Evidence(found=True, asked=True)
"""The language was asked for."""
