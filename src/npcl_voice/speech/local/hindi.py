"""The Hindi mouth: espeak-ng in a process of its own for each sentence.

No voice for Hindi comes in a package whose licence lets it live in this process; espeak-ng (GPL-3) stays
outside, takes the text on its standard input, where no list of processes shows it, and answers with a WAV
file in some fifteen milliseconds.
"""

import io
import re
import shutil
import subprocess
import wave

import numpy as np
import numpy.typing as npt

from npcl_voice.audio.resample import resample
from npcl_voice.errors import UnavailableError
from npcl_voice.speech.local.mouth import RATE_HZ, levelled, sentences, trimmed

__all__ = ["HindiMouth", "as_spoken"]

PROGRAM = "espeak-ng"
WORDS_A_MINUTE = 150
LONGEST_S = 10.0
"""A sentence takes a fiftieth of a second; what takes so long has hung."""

DIGITS = "शून्य एक दो तीन चार पाँच छह सात आठ नौ".split()
LETTERS = "ए बी सी डी ई एफ़ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई ज़ेड".split()
SHORT_NUMBER = 4
"""Figures longer than this are read digit by digit: they are numbers of somebody, not amounts."""

_RUPEES = re.compile(r"(?:₹|\bRs\.?|रु\.?)\s*([\d,]+)")
_FIGURES = re.compile(r"\d(?:[\d,]*\d)?")
_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")


def as_spoken(text: str) -> str:
    """`text` in words that the voice says right: rupees, numbers digit by digit, letters by their names."""
    text = _RUPEES.sub(lambda m: f"{m[1]} रुपये", text)
    amounts = {m.start() for m in re.finditer(r"[\d,]+(?= रुपये)", text)}
    return _CAPITALS.sub(
        lambda m: " ".join(LETTERS[ord(letter) - ord("A")] for letter in m[0]),
        _FIGURES.sub(lambda m: _figures(m[0], amount=m.start() in amounts), text),
    )


def _figures(figures: str, *, amount: bool) -> str:
    digits = figures.replace(",", "")
    if amount or ("," in figures and len(digits) > SHORT_NUMBER) or (len(digits) <= SHORT_NUMBER and digits[0] != "0"):
        return digits
    return " ".join(DIGITS[int(digit)] for digit in digits)


class HindiMouth:
    """espeak-ng's voice `hi`. Raises UnavailableError when the program is not installed, naming the package."""

    rate_hz = RATE_HZ

    def __init__(self, speed: float = 1.0) -> None:
        program = shutil.which(PROGRAM)
        if program is None:
            msg = f"the Hindi voice needs the program {PROGRAM}: install the package {PROGRAM}"
            raise UnavailableError(msg)
        self._command = [program, "-v", "hi", "-s", str(round(WORDS_A_MINUTE * speed)), "--stdin", "--stdout"]

    def sentences(self, text: str) -> list[str]:
        """The pieces that `text` is rendered in, in order."""
        return sentences(text)

    def render(self, sentence: str) -> npt.NDArray[np.int16]:
        """The sound of one piece at 16 kHz; empty when there is nothing to say.

        Raises UnavailableError when the program fails.
        """
        words = as_spoken(sentence)
        if not any(letter.isalnum() for letter in words):
            return np.zeros(0, np.int16)
        try:
            done = subprocess.run(  # noqa: S603 - fixed words; the text goes to its standard input
                self._command, input=words.encode(), capture_output=True, timeout=LONGEST_S, check=True
            )
            with wave.open(io.BytesIO(done.stdout)) as spoken:
                rate = spoken.getframerate()
            samples = np.frombuffer(done.stdout[44:], "<i2")  # the header of a stream says a length that is none
        except (OSError, subprocess.SubprocessError, wave.Error, EOFError, ValueError) as error:
            msg = f"{PROGRAM} could not speak: {type(error).__name__}"
            raise UnavailableError(msg) from None
        return levelled(trimmed(resample(samples, rate, RATE_HZ)))
