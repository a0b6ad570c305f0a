"""Speech or not: where a caller's turn begins and ends, from probabilities handed in.

A model of speech gives one probability a window; what follows from a row of them is decided here,
so it can be tested without the model. Positions are milliseconds since the first window.
"""

from collections import deque
from typing import Literal

import msgspec

__all__ = ["Endpointing", "SpeechStarted", "SpeechStopped", "TurnDetector", "Why"]

Why = Literal["silence", "complete", "too_long", "standstill"]


class Endpointing(msgspec.Struct, frozen=True, kw_only=True):
    """When a turn counts as begun, and when as over."""

    on: float = 0.5
    """A window of at least this probability is speech."""
    off: float = 0.35
    """Speech goes on down to this: a word's end is softer than its beginning."""
    window_ms: float = 32.0
    """Length of one window: 512 samples at 16 kHz."""
    start_ms: float = 90.0
    """So much speech within `start_within_ms` starts a turn: a click or a breath is shorter."""
    start_within_ms: float = 150.0
    end_ms: float = 450.0
    """So much time without speech ends a turn."""
    prefix_ms: float = 300.0
    """A turn begins so much before its first window of speech: soft first sounds are detected late."""
    longest_ms: float = 12_000.0
    """A turn is ended here, in the middle of speech if need be: in babble nothing else would."""
    standstill_ms: float = 2_500.0
    """A turn also ends when there is speech, but no new word in all this time: others talk in the room. The
    first words of a call may come late, before the recogniser knows the line, so less would cut them."""


class SpeechStarted(msgspec.Struct, frozen=True, tag="started"):
    """The caller began to speak."""

    at_ms: int
    """Where the turn's sound begins, the prefix included."""


class SpeechStopped(msgspec.Struct, frozen=True, tag="stopped"):
    """The caller's turn is over."""

    at_ms: int
    """Where the turn's sound ends, the closing silence included."""
    speech_end_ms: int
    """Where the last speech was."""
    why: Why


class TurnDetector:
    """Finds turns in a row of probabilities, one a window."""

    def __init__(self, settings: Endpointing | None = None) -> None:
        self._settings = settings or Endpointing()
        self._end_ms = self._settings.end_ms
        self._now_ms = 0.0
        self._recent: deque[bool] = deque(
            maxlen=max(1, int(self._settings.start_within_ms // self._settings.window_ms) + 1)
        )
        self._speech = False
        self._turn_began_ms: float | None = None
        self._free_from_ms = 0.0
        self._speech_end_ms = 0.0
        self._first_word_ms: float | None = None
        self._last_word_ms = 0.0

    @property
    def in_turn(self) -> bool:
        """Whether the caller has the floor."""
        return self._turn_began_ms is not None

    @property
    def now_ms(self) -> float:
        """How much sound has been looked at."""
        return self._now_ms

    @property
    def quiet_ms(self) -> float:
        """How long there has been no speech."""
        return self._now_ms - self._speech_end_ms

    def wait(self, end_ms: float | None = None) -> None:
        """From now on so much silence ends a turn; without a figure, what the settings say."""
        self._end_ms = self._settings.end_ms if end_ms is None else end_ms

    def word_came(self) -> None:
        """The recogniser has a new word of this turn."""
        self._first_word_ms = self._now_ms if self._first_word_ms is None else self._first_word_ms
        self._last_word_ms = self._now_ms

    def step(self, probability: float) -> SpeechStarted | SpeechStopped | None:
        """Look at the next window."""
        settings = self._settings
        self._now_ms += settings.window_ms
        self._speech = probability >= (settings.off if self._speech else settings.on)
        self._recent.append(self._speech)
        if self._speech:
            self._speech_end_ms = self._now_ms
        if self._turn_began_ms is None:
            return self._begin() if sum(self._recent) * settings.window_ms >= settings.start_ms else None
        if self.quiet_ms >= self._end_ms:
            return self.stop("silence")
        if self._now_ms - self._turn_began_ms >= settings.longest_ms:
            return self.stop("too_long")
        still = self._first_word_ms is not None and self._now_ms - self._last_word_ms >= max(
            settings.standstill_ms, self._end_ms
        )
        return self.stop("standstill") if still and self._speech else None

    def stop(self, why: Why) -> SpeechStopped | None:
        """End the turn here; None when there is none."""
        if self._turn_began_ms is None:
            return None
        self._turn_began_ms = None
        self._free_from_ms = self._now_ms
        self._recent.clear()
        return SpeechStopped(round(self._now_ms), round(self._speech_end_ms), why)

    def _begin(self) -> SpeechStarted:
        first = len(self._recent) - list(self._recent).index(True)
        began = self._now_ms - first * self._settings.window_ms - self._settings.prefix_ms
        self._turn_began_ms = max(began, self._free_from_ms)
        self._first_word_ms = None
        return SpeechStarted(round(self._turn_began_ms))
