"""Who speaks which language: the mouths that the languages' files name, and who stands in where one is missing."""

from collections.abc import Mapping

import structlog

from npcl_voice.config import Local
from npcl_voice.conversation.phrases import PhraseBook
from npcl_voice.domain.company import Company
from npcl_voice.errors import UnavailableError
from npcl_voice.speech.local.hindi import HindiMouth, SparedMouth, SpelledMouth
from npcl_voice.speech.local.larger import speaker_of
from npcl_voice.speech.local.mouth import Speaker
from npcl_voice.speech.local.reading import Reading
from npcl_voice.speech.local.reading_hindi import HindiReading

__all__ = ["ESPEAK", "hindi_speaker", "speakers_of"]

log = structlog.get_logger()

ESPEAK = "espeak-ng"
"""The key of a language's `voice` table that names a voice of espeak-ng."""


def speakers_of(book: PhraseBook, local: Local, company: Company) -> tuple[Speaker, Mapping[str, Speaker]]:
    """The English mouth, and those of the other languages by their codes.

    A language that names no voice of espeak-ng is spoken by the English mouth. Raises SettingsError
    or UnavailableError when that one is missing, naming what brings it.
    """
    english = speaker_of(local.voice, local.speed, local.voice_model, Reading(company=company))
    named = {language: phrases.voice.get(ESPEAK) for language, phrases in book.all.items()}
    others = {
        language: hindi_speaker(english, local.speed, HindiReading(company), voice)
        for language, voice in named.items()
        if voice is not None
    }
    return english, others


def hindi_speaker(english: Speaker, speed: float, reading: HindiReading, voice: str) -> Speaker:
    """espeak-ng's voice; without the program the English one, which reads Hindi from Latin letters.

    Poor Hindi can be asked to repeat itself, silence cannot: a missing program is told to the
    operator, and never to the caller.
    """
    spare = SpelledMouth(english, reading)
    try:
        return SparedMouth(HindiMouth(speed, reading, voice), spare)
    except UnavailableError as error:
        log.warning("the English voice will speak Hindi", error=str(error))
        return spare
