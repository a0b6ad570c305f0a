"""Spoken names straight into the ears: how many are the name on the bill at first hearing.

`python -m tests.judging.heard_names [VOICE LINE]… [-v]` prints for each voice and line how many of sixty names are
heard as what they are, how many as another name, which the caller would deny when it is read back, and how many of
thirty other answers are taken for a name; `-v` also those heard wrong. Names are said with the sounds of their
Devanagari, which the ears know, since flite reads `Kavita` as an English word: callers who say them otherwise are
heard worse. The other answers are as flite reads them.
"""

import json
import random
import sys

from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.domain.identity import same_name
from npcl_voice.meaning.expectation import Expectation
from npcl_voice.meaning.names import DEVANAGARI_OF, FAMILY_NAMES, GIVEN_NAMES, PERSONS_NAMES
from npcl_voice.meaning.telling import name_answered
from npcl_voice.speech.local.ears import EarsModel, Vocabulary
from npcl_voice.speech.local.lexicon_hindi import ways_to_say
from tests.speech.hearing import on_the_line, padded, sounded, turn

VOICES = ("slt", "awb", "rms")
LINES = ("clean", "pcmu")
NAMES, SEED = 60, 5
OTHERS = tuple(
    "i do not want to tell you my name|i don't know|why do you need my name|there is a fire in my house|"
    "the wire is sparking|i do not remember|it is my landlord's name|what is the status of my complaint|"
    "let me talk to a person|agent please|repeat please|no|yes|my power is out|how much is my bill|"
    "i want to report theft|never mind|goodbye|help me|it is not in my name|wait one minute|please say it again|"
    "i live in alpha one|two nine nine zero seven four one eight five two|my husband is the owner|"
    "somebody got a shock|the pole fell on the road|the transformer is burning|smoke is coming from the meter|"
    "when will the light come back".split("|")
)

__all__ = ["drawn", "judge"]


def drawn() -> list[str]:
    """Sixty names, every fourth a given name alone; each name that is known is as likely as any other."""
    dice = random.Random(SEED)
    given, family = sorted(GIVEN_NAMES), sorted(FAMILY_NAMES)
    return [
        f"{dice.choice(given)} {dice.choice(family)}" if number % 4 else dice.choice(given) for number in range(NAMES)
    ]


def judge(ears: EarsModel, voice: str, line: str, *, tell: bool = False) -> str:
    """The figures of a voice on a line."""
    right = wrong = taken = 0
    for name in drawn():
        phones = " ".join(ways_to_say(DEVANAGARI_OF[word])[0] for word in name.split())
        heard = _heard(ears, on_the_line(padded(sounded(phones, voice)), line).tobytes())
        found = name_answered(heard)
        right += (fits := same_name(found or "", name))
        wrong += found is not None and not fits
        if tell and not fits:
            print("  ", json.dumps([name, heard]))
    for text in OTHERS:
        heard = _heard(ears, turn(text, voice, line).tobytes())
        taken += (is_name := not PERSONS_NAMES.isdisjoint(heard.split()))
        if tell and is_name:
            print("  ", json.dumps([text, heard]))
    return (
        f"{voice} {line}: {right} of {NAMES} right, {wrong} another name; "
        f"{taken} of {len(OTHERS)} other answers taken for one"
    )


def _heard(ears: EarsModel, sound: bytes) -> str:
    listener = ears.listener()
    listener.begin(Expectation(person=True))
    listener.gather(sound)
    return listener.finish().text


def main(chosen: list[str]) -> None:
    """Print the table."""
    tell = "-v" in chosen
    chosen = [word for word in chosen if word != "-v"]
    pairs = list(zip(chosen[::2], chosen[1::2], strict=True)) or [(v, line) for v in VOICES for line in LINES]
    places = tuple(area.name for area in packaged_areas())
    ears = EarsModel(Vocabulary.of(load_phrases("en").hear, places))
    for voice, line in pairs:
        print(judge(ears, voice, line, tell=tell), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
