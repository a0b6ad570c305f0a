"""What lies between a caller's mouth and us: a noisy room, and a telephone."""

from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from npcl_voice.audio import g711
from npcl_voice.audio.frame import Codec
from npcl_voice.audio.resample import Resampler

__all__ = ["SPEECH_DB", "Conditions", "Surroundings", "at_speech_level"]

Samples = NDArray[np.int16]

RATE_HZ = 16_000
SPEECH_DB = -26.0
"""Level of speech below full scale: the nominal one of telephone tests (ITU-T P.56)."""
_BAND_HZ = (300, 3400)
"""What a telephone line carries (ITU-T G.712)."""
_TAPS = 129
"""Length of the band filter at 8 kHz: 8 ms on each side, a slope of 100 Hz."""
_LAWS = {"mu-law": Codec.PCMU, "A-law": Codec.PCMA}


class Conditions(msgspec.Struct, frozen=True):
    """How bad the line is."""

    line: Literal["wide", "mu-law", "A-law"] = "wide"
    """`wide` passes 16 kHz as it is; the others are a telephone of that law of G.711."""
    snr_db: float | None = None
    """Speech above white noise of the room; None for a quiet room."""
    quiet_db: float = -70.0
    """Level of a quiet room below full scale: a real line is never digitally silent."""
    seed: int = 1
    """Same seed, same noise."""


def at_speech_level(samples: Samples) -> Samples:
    """The same speech at the nominal level, measured where somebody speaks."""
    level = np.abs(samples.astype(np.float64))
    if not level.any():
        return samples
    active = level[level > level.max() / 50]  # what is 34 dB below the peak is the pause between words
    gain = 32768 * 10 ** (SPEECH_DB / 20) / float(np.sqrt(np.mean(np.square(active))))
    louder: Samples = np.clip(np.rint(samples * gain), -32768, 32767).astype(np.int16)
    return louder


class Surroundings:
    """Carries a caller's sound, tick by tick at 16 kHz, through room and line.

    As much comes out as goes in; a telephone delays it by 12 ms.
    """

    def __init__(self, conditions: Conditions | None = None) -> None:
        """A line on which nothing was said yet."""
        self._conditions = conditions or Conditions()
        self._noise = np.random.default_rng(self._conditions.seed)
        snr_db = self._conditions.snr_db
        noise_db = self._conditions.quiet_db if snr_db is None else SPEECH_DB - snr_db
        self._noise_level = 32768 * 10 ** (noise_db / 20)
        self._law = _LAWS.get(self._conditions.line)
        self._down = Resampler(RATE_HZ, 8_000)
        self._up = Resampler(8_000, RATE_HZ)
        self._kept = np.zeros(_TAPS - 1)
        self._filter = _band_pass()

    def carry(self, samples: Samples) -> Samples:
        """The next stretch of the caller's sound as it arrives."""
        noisy = samples + self._noise.normal(0.0, self._noise_level, samples.size)
        heard = np.clip(np.rint(noisy), -32768, 32767).astype(np.int16)
        if self._law is None:
            return heard
        narrow = np.concatenate([self._kept, self._down.process(heard)])
        self._kept = narrow[narrow.size - _TAPS + 1 :]
        passed = np.convolve(narrow, self._filter, "valid")
        coded = g711.encode(np.clip(np.rint(passed), -32768, 32767).astype(np.int16), self._law)
        return self._up.process(g711.decode(coded, self._law))


def _band_pass() -> NDArray[np.float64]:
    """The telephone's band at 8 kHz as a linear-phase filter: a windowed difference of two low-passes."""
    place = np.arange(_TAPS) - (_TAPS - 1) / 2
    low, high = (2 * edge / 8_000 for edge in _BAND_HZ)
    taps: NDArray[np.float64] = (high * np.sinc(high * place) - low * np.sinc(low * place)) * np.hamming(_TAPS)
    return taps
