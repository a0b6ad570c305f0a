"""Where we are in the caller's sound: a server's input buffer without the bytes.

The clock of a session is the sound that was received; no other clock is needed.
"""

from typing import Final

from npcl_voice.realtime.session import AudioFormat, Pcm, bytes_per_ms

__all__ = ["InputBuffer"]

_TICKS_PER_MS: Final = 48
"""Positions are counted in bytes of 24 kHz PCM, so that a change of format loses nothing."""


class InputBuffer:
    """Positions in the caller's sound, in milliseconds from the session's start."""

    def __init__(self) -> None:
        self._position = 0
        self._start = 0
        self._half = b""
        self.speech: tuple[str, int] | None = None
        """The id that the turn under way will get, and where it began."""

    @property
    def position_ms(self) -> int:
        """How much was received in all."""
        return self._position // _TICKS_PER_MS

    @property
    def waiting_ms(self) -> int:
        """How much of it is not an item yet."""
        return (self._position - self._start) // _TICKS_PER_MS

    def take(self, data: bytes, audio_format: AudioFormat) -> tuple[bytes, int]:
        """More sound: its whole samples, and where they begin. Half a sample waits for its other half."""
        data = self._half + data
        whole = len(data) - len(data) % 2 if isinstance(audio_format, Pcm) else len(data)
        data, self._half = data[:whole], data[whole:]
        start_ms = self.position_ms
        self._position += whole * _TICKS_PER_MS // bytes_per_ms(audio_format)
        return data, start_ms

    def change_format(self) -> None:
        """What follows is of another format: half a sample of the old one is of no use."""
        self._half = b""

    def begin_speech(self, item_id: str, start_ms: int) -> int:
        """A turn is under way; returns where it began, which is within what was received."""
        start_ms = max(0, min(start_ms, self.position_ms))
        self.speech = (item_id, start_ms)
        return start_ms

    def end_turn(self, end_ms: int | None = None) -> tuple[int, int]:
        """A turn becomes an item, up to `end_ms` or with all there is: returns where it begins and ends."""
        start_ms = self.speech[1] if self.speech else self._start // _TICKS_PER_MS
        end_ms = self.position_ms if end_ms is None else max(start_ms, min(end_ms, self.position_ms))
        self._start = max(self._start, end_ms * _TICKS_PER_MS)
        self.speech = None
        return start_ms, end_ms

    def clear(self) -> None:
        """Forget what is not an item yet."""
        self._start = self._position
        self._half = b""
        self.speech = None
