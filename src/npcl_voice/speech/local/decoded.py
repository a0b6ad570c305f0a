"""One decoder's reading of a whole turn: its words, how likely each of them is, and how well they fit the sound."""

import math
import re
from typing import NamedTuple

import numpy as np
from pocketsphinx import Decoder

__all__ = ["NO_SCORE", "RATE_HZ", "ByGrammar", "Decoded", "is_narrow"]

RATE_HZ = 16_000
FRAMES_PER_SECOND = 100

WINDOW = 512
NARROW = 10**-5.5
"""Of the power of the telephone's band, what lies above 4.8 kHz is less on a telephone: 55 dB."""

NO_SCORE = -1.0
"""The score of a turn of which nothing was made: worse than any."""


class _Part(NamedTuple):
    """A word of a decoder's reading, a silence, or a step without a sound."""

    word: str
    chance: float
    likelihood: float
    begins: int
    ends: int
    """In frames; the last one is in it."""

    @property
    def spoken(self) -> bool:
        """Whether it is a word."""
        return self.word[0] not in "<[("


class Decoded:
    """One decoder's reading of a whole turn."""

    def __init__(self, decoder: Decoder, sound: bytes) -> None:
        decoder.start_utt()
        decoder.process_raw(sound, False, True)
        self._before_its_end(decoder)
        decoder.end_utt()
        hypothesis = decoder.hyp()
        self.text: str = hypothesis.hypstr if hypothesis else ""
        self.frames = max(1, len(sound) // 2 * FRAMES_PER_SECOND // RATE_HZ)
        self.score = math.log(max(hypothesis.score, 1e-300)) / self.frames if hypothesis else NO_SCORE
        self.parts = _parts(decoder)
        self.spoken_frames = sum(part.ends - part.begins + 1 for part in self.parts if part.spoken)
        self.acoustic = sum(math.log(max(part.likelihood, 1e-300)) for part in self.parts)

    def _before_its_end(self, decoder: Decoder) -> None:
        """Look at the reading before the decoder ends it."""

    def confidence(self) -> float:
        """How likely the words are right: the mean chance of each."""
        chances = [part.chance for part in self.parts if part.spoken]
        return min(1.0, sum(chances) / len(chances)) if chances else 0.0


class ByGrammar(Decoded):
    """A number or a name by its grammar: the words of its likeliest path, and how sure they are.

    At its end the decoder chooses once more among all that it has found, by sound alone: not by what the grammar
    holds likely, nor by where it ends. What this makes of each word tells how sure it is, not what it is.
    """

    def _before_its_end(self, decoder: Decoder) -> None:
        self._path = [part for part in _parts(decoder) if part.spoken]

    @property
    def words(self) -> str:
        """The words."""
        return " ".join(part.word for part in self._path)

    def confidence(self) -> float:
        """How likely the words are right: half by the mean chance of each word, half by the least."""
        chances = [
            max((other.chance for other in self.parts if _same(part, other)), default=0.0) for part in self._path
        ]
        return min(1.0, (sum(chances) / len(chances) + min(chances)) / 2) if chances else 0.0

    def likelihood(self) -> float:
        """How well the words fit their sound: the mean of a spoken frame; the worst where none does as a whole."""
        spoken = [math.log(max(part.likelihood, 1e-300)) for part in self.parts if part.spoken]
        return sum(spoken) / self.spoken_frames if spoken else -math.inf


def _parts(decoder: Decoder) -> list[_Part]:
    return [
        _Part(re.sub(r"\(\d+\)$", "", part.word), part.prob, part.ascore, part.start_frame, part.end_frame)
        for part in decoder.seg() or ()
    ]


def _same(part: _Part, other: _Part) -> bool:
    """Whether both are the same word at the same time."""
    return part.word == other.word and part.begins <= other.ends and other.begins <= part.ends


def is_narrow(sound: bytes) -> bool:
    """Whether sound came over a telephone: next to nothing of it lies above 4.8 kHz."""
    samples = np.frombuffer(sound, "<i2").astype(np.float64)
    window = np.hanning(WINDOW)
    frames = samples[: samples.size // WINDOW * WINDOW].reshape(-1, WINDOW) * window
    if not frames.size:
        return True
    power = (np.abs(np.fft.rfft(frames)) ** 2).sum(axis=0)
    hertz = np.fft.rfftfreq(WINDOW, 1 / RATE_HZ)
    low, above = power[(hertz > 300) & (hertz < 3_400)], power[(hertz > 4_800) & (hertz < 7_000)]
    rounding = len(frames) * (window**2).sum() / 12  # what whole numbers alone put into each place
    return bool(above.sum() < max(low.sum() * NARROW, 2 * above.size * rounding))
