"""How loud a stretch of sound is, and since when it has been silent."""

import math

import numpy as np
from numpy.typing import NDArray

from npcl_voice.audio.frame import Frame
from npcl_voice.audio.resample import decode

__all__ = ["Hush", "level_db", "peak_db"]

_FULL_SCALE = 32768.0
_FLOOR_DB = -120.0
"""Said of digital silence, which has no level; quieter than the last of sixteen bits (-96 dB)."""


def level_db(samples: NDArray[np.int16]) -> float:
    """Root mean square level in dB below full scale, not less than -120."""
    if not samples.size:
        return _FLOOR_DB
    power = float(np.mean(np.square(samples.astype(np.float64)))) / _FULL_SCALE**2
    return max(_FLOOR_DB, 10 * math.log10(power)) if power else _FLOOR_DB


def peak_db(samples: NDArray[np.int16]) -> float:
    """Largest sample in dB below full scale, not less than -120."""
    peak = int(np.abs(samples.astype(np.int32)).max(initial=0))
    return 20 * math.log10(peak / _FULL_SCALE) if peak else _FLOOR_DB


class Hush:
    """Follows one voice: whether it has spoken since we last asked for it, and how long it has been silent."""

    def __init__(self, threshold_db: float = -45.0) -> None:
        """Frames below `threshold_db` count as silence: speech on a line is 15 to 30 dB above it."""
        self.spoken = False
        """Whether anything was heard since the start or `expect`."""
        self.silent_ms = 0.0
        """Milliseconds since the last sound, or since the start."""
        self._threshold_db = threshold_db

    def hear(self, frame: Frame) -> bool:
        """Take the next frame; whether there is a voice in it."""
        loud = level_db(decode(frame)) >= self._threshold_db
        self.spoken |= loud
        self.silent_ms = 0.0 if loud else self.silent_ms + frame.ms
        return loud

    def expect(self) -> None:
        """From now on wait for the voice anew."""
        self.spoken = False
        self.silent_ms = 0.0
