"""How persons' names sound to a recogniser that learned English: every way in which one may be said.

A name in Latin letters does not tell how long its vowels are, its Devanagari does; people who read it as English
say it by the dictionary, or letter by letter. All of these are listened for.
"""

from pathlib import Path

from npcl_voice.meaning.names import DEVANAGARI_OF
from npcl_voice.speech.local.grammars import sound_of
from npcl_voice.speech.local.lexicon import known_to, spelled_out, written
from npcl_voice.speech.local.lexicon_hindi import ways_to_say

__all__ = ["names_dictionary"]

_LONG_END, _SHORT_END = " AA", " AH"


def names_dictionary(cmu: Path) -> str:
    """The dictionary of the grammar of names, in the format of the CMU dictionary, which stands at `cmu`."""
    english = known_to(cmu, DEVANAGARI_OF)
    return written(
        {
            sound_of(name): _with_short_ends((*ways_to_say(signs), *english.get(name, ()), *spelled_out(name)))
            for name, signs in DEVANAGARI_OF.items()
        }
    )


def _with_short_ends(ways: tuple[str, ...]) -> tuple[str, ...]:
    """The same, each once, and with the last vowel as English has it: `Sharma` as `shar-muh`."""
    short = (way.removesuffix(_LONG_END) + _SHORT_END for way in ways if way.endswith(_LONG_END))
    return tuple(dict.fromkeys((*ways, *short)))
