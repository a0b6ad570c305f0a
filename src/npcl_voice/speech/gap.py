"""Hears whether the caller speaks while no engine listens.

Engines detect speech themselves; between two of them nobody does, and what the caller says then must
neither be lost nor be handed on with all the silence around it.
"""

from npcl_voice.audio.frame import PCM_16K, Frame
from npcl_voice.audio.resample import Converter
from npcl_voice.audio.vad import Endpointing
from npcl_voice.speech.local.detector import WINDOW_BYTES, SpeechDetector

__all__ = ["GapDetector"]


class GapDetector:
    """One gap's detector: the embedded engine's own, a frame at a time."""

    def __init__(self) -> None:
        self._to_16k: Converter | None = None
        self._detector = SpeechDetector(Endpointing(end_ms=Endpointing().window_ms))
        self._left = b""

    def hears(self, frame: Frame) -> bool:
        """Take the caller's next sound; whether there is speech in it.

        Sound is looked at in windows of 32 ms, so a frame of 20 ms may get the answer of the one before.
        """
        if self._to_16k is None:
            self._to_16k = Converter(frame.format, PCM_16K)
        self._left += self._to_16k.convert(frame).data
        while len(self._left) >= WINDOW_BYTES:
            self._detector.step(self._left[:WINDOW_BYTES])
            self._left = self._left[WINDOW_BYTES:]
        return self._detector.turns.in_turn
