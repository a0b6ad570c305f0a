"""The Hindi mouth: espeak-ng in a process of its own for each sentence, and what speaks where it cannot.

No voice for Hindi comes in a package whose licence lets it live in this process; espeak-ng (GPL-3) stays
outside, takes the text on its standard input, where no list of processes shows it, and answers with a WAV
file in some fifteen milliseconds.
"""

import io
import shutil
import subprocess
import wave

import numpy as np
import numpy.typing as npt

from npcl_voice.audio.resample import resample
from npcl_voice.errors import UnavailableError
from npcl_voice.meaning.script import romanised
from npcl_voice.speech.local.mouth import RATE_HZ, Speaker, levelled, sentences, trimmed
from npcl_voice.speech.local.reading_hindi import HindiReading

__all__ = ["HindiMouth", "SparedMouth", "SpelledMouth"]

PROGRAM = "espeak-ng"
VOICE = "hi"
"""A man's voice: the phrases speak of the assistant as one."""
WORDS_A_MINUTE = 150
LONGEST_S = 1.0
"""A sentence takes a fiftieth of a second; what takes so long has hung, and the caller waits."""


class HindiMouth:
    """espeak-ng's voice `hi`. Raises UnavailableError when the program is not installed, naming the package."""

    rate_hz = RATE_HZ

    def __init__(self, speed: float = 1.0, reading: HindiReading | None = None, voice: str = VOICE) -> None:
        """`speed` is a ratio of the natural one; `voice` is one of the program's own."""
        program = shutil.which(PROGRAM)
        if program is None:
            msg = f"the Hindi voice needs the program {PROGRAM}: install the package {PROGRAM}"
            raise UnavailableError(msg)
        self._reading = HindiReading() if reading is None else reading
        self._command = [program, "-v", voice, "-s", str(round(WORDS_A_MINUTE * speed)), "--stdin", "--stdout"]

    def sentences(self, text: str) -> list[str]:
        """The pieces that `text` is rendered in, in order."""
        return sentences(text)

    def render(self, sentence: str) -> npt.NDArray[np.int16]:
        """The sound of one piece at 16 kHz; empty when there is nothing to say.

        Raises UnavailableError when the program fails.
        """
        words = self._reading.spoken(sentence)
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


class SpelledMouth:
    """Hindi by a voice that knows Latin letters only, for a machine without espeak-ng: poor, but no silence."""

    def __init__(self, speaker: Speaker, reading: HindiReading | None = None) -> None:
        """`speaker` is that voice."""
        self._speaker = speaker
        self._reading = HindiReading() if reading is None else reading

    @property
    def rate_hz(self) -> int:
        """Sample rate of what `render` returns."""
        return self._speaker.rate_hz

    def sentences(self, text: str) -> list[str]:
        """The pieces that `text` is rendered in, in order."""
        return sentences(text)

    def render(self, sentence: str) -> npt.NDArray[np.int16]:
        """The sound of one piece. Raises UnavailableError as the voice does."""
        return self._speaker.render(romanised(self._reading.spoken(sentence)))


class SparedMouth:
    """A mouth, and another that says what it cannot: a program may fail in the middle of a call."""

    def __init__(self, mouth: Speaker, spare: Speaker) -> None:
        """Both render at the same rate."""
        self._mouth = mouth
        self._spare = spare

    @property
    def rate_hz(self) -> int:
        """Sample rate of what `render` returns."""
        return self._mouth.rate_hz

    def sentences(self, text: str) -> list[str]:
        """The pieces that `text` is rendered in, in order."""
        return self._mouth.sentences(text)

    def render(self, sentence: str) -> npt.NDArray[np.int16]:
        """The sound of one piece. Raises UnavailableError when neither can speak."""
        try:
            return self._mouth.render(sentence)
        except UnavailableError:
            return self._spare.render(sentence)
