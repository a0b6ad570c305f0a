"""The twin's voice: real speech, or sound that only counts, which costs next to nothing."""

import hashlib
import re
from functools import lru_cache
from typing import Literal, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from npcl_voice.audio.frame import PCM_16K, Format
from npcl_voice.audio.resample import encode, resample

__all__ = ["CheapVoice", "FliteVoice", "Sentence", "TwinVoice", "timed_words", "voice_of"]

LETTER_MS = 60
"""About what a letter of English takes when it is spoken."""
LEVEL = 4_000
"""Peak of the cheap voice: as loud as speech."""
PAUSE_MS = 180
"""Between two sentences."""


class Sentence(msgspec.Struct, frozen=True):
    """A piece of an answer."""

    text: str
    sound: bytes


def timed_words(sentence: Sentence, format: Format, ahead_ms: float | None) -> list[tuple[float, str]]:
    """The words of a sentence, each with the place in its sound, in milliseconds, before which it comes.

    A word is spoken as far into the sound as it stands in the text. Without `ahead_ms` all come at once at the start.
    """
    if ahead_ms is None:
        return [(0.0, sentence.text)]
    whole_ms = 1000 * len(sentence.sound) / format.bytes_per_second
    found = re.finditer(r"\s*\S+\s*$|\s*\S+", sentence.text)
    return [(whole_ms * word.start() / len(sentence.text) - ahead_ms, word.group()) for word in found]


class TwinVoice(Protocol):
    """Whatever turns an answer into sound."""

    def speak(self, text: str, format: Format) -> list[Sentence]:
        """The answer, sentence by sentence. Raises UnavailableError when it cannot speak."""
        ...


class CheapVoice:
    """Tones that last as long as the words would: for matrices of thousands of calls.

    Each text has a sound of its own, so what was heard can be told from what was not.
    """

    def speak(self, text: str, format: Format) -> list[Sentence]:
        """The answer as one piece."""
        return [Sentence(text, _tones(text, format))] if text.strip() else []


class FliteVoice:
    """The packaged voice of the embedded engine."""

    def __init__(self, voice: str = "rms") -> None:
        """Raises SettingsError for a voice that does not exist, UnavailableError when it is not installed."""
        from npcl_voice.speech.local.mouth import Mouth

        self._mouth = Mouth(voice)

    def speak(self, text: str, format: Format) -> list[Sentence]:
        """The answer, sentence by sentence, with the pauses between them."""
        parts = self._mouth.sentences(text)
        pause = np.zeros(PCM_16K.samples_in(PAUSE_MS), np.int16)
        made = []
        for at, part in enumerate(parts, start=1):
            last = at == len(parts)
            samples = self._mouth.render(part)
            whole = samples if last else np.concatenate([samples, pause])
            sound = encode(resample(whole, PCM_16K.rate_hz, format.rate_hz), format).data
            made.append(Sentence(part if last else f"{part} ", sound))
        return made


def voice_of(name: Literal["cheap", "flite"]) -> TwinVoice:
    """The voice of that name."""
    return FliteVoice() if name == "flite" else CheapVoice()


@lru_cache(maxsize=512)
def _tones(text: str, format: Format) -> bytes:
    """A tone for each letter, at a pitch that the text and the letter's place give; a blank is a short pause."""
    marks = hashlib.blake2b(text.encode()).digest()
    steps = np.frombuffer((marks * (len(text) // len(marks) + 1))[: len(text)], np.uint8)
    pitch = np.repeat(110.0 + steps, format.samples_in(LETTER_MS))
    loud = np.repeat(np.array([not letter.isspace() for letter in text]), format.samples_in(LETTER_MS))
    wave: NDArray[np.float64] = LEVEL * loud * np.sin(2 * np.pi * np.cumsum(pitch) / format.rate_hz)
    return encode(wave.astype(np.int16), format).data
