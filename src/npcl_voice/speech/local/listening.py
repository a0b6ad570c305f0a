"""One caller's sound, from its first sample to words: the detector and the ears joined.

The end of a turn is not waited for before it is decoded: in the middle of the closing silence the
turn is decoded as it stands, and if nobody speaks again that is the answer, ready when the turn ends.
"""

from typing import Protocol

from npcl_voice.audio.vad import Endpointing, SpeechStarted, SpeechStopped, TurnDetector
from npcl_voice.meaning.expectation import ANYTHING, Expectation, Kind
from npcl_voice.speech.local.detector import WINDOW_BYTES, SpeechDetector
from npcl_voice.speech.local.ears import Ears, Heard
from npcl_voice.speech.local.leg import Began, Ended, LegEvent, Partly

__all__ = ["Detector", "Listening"]

BYTES_PER_MS = 32
CHUNK_BYTES = 100 * BYTES_PER_MS
"""The recogniser takes sound in pieces of 100 ms."""

EARLY_MS = 160.0
"""After so much silence the turn is decoded as it stands."""

EARLY_NUMBER_MS = 256.0
"""The same where a number was asked for and all its digits seem to be there."""

LATE_NUMBER_MS = 448.0
"""The same for a number that seems incomplete: it may be all that comes."""

SURE = 0.5
"""A number of full length, heard with at least this confidence, ends its turn at once."""


class Detector(Protocol):
    """What is asked of a detector of speech; SpeechDetector is one."""

    turns: TurnDetector

    def step(self, window: bytes) -> SpeechStarted | SpeechStopped | None:
        """Look at the next 512 samples."""
        ...


class Listening:
    """A caller's ear: sound in, events out. Not for use by two threads at once."""

    def __init__(self, ears: Ears, endpointing: Endpointing | None = None, detector: Detector | None = None) -> None:
        self._listener = ears.listener()
        self._detector = detector or SpeechDetector(endpointing)
        self._turns = self._detector.turns
        self._kept_bytes = round((endpointing or Endpointing()).prefix_ms + 200) * BYTES_PER_MS
        self._expectation = ANYTHING
        self._rest = bytearray()
        self._recent = bytearray()
        self._pending = bytearray()
        self._early: Heard | None = None
        self._began_ms = 0
        self._words: list[str] = []
        self._told = 0

    def feed(self, pcm: bytes, expectation: Expectation, silence_ms: float) -> list[LegEvent]:
        """More sound, any length, 16-bit at 16 kHz. What happened in it, in order.

        `silence_ms` ends a turn; longer than the longest turn, it means that only `commit` ends one.
        """
        self._expectation = expectation
        self._turns.wait(silence_ms)
        events: list[LegEvent] = []
        self._rest += pcm
        while len(self._rest) >= WINDOW_BYTES:
            window = bytes(self._rest[:WINDOW_BYTES])
            del self._rest[:WINDOW_BYTES]
            events += self._window(window)
        return events

    def commit(self, expectation: Expectation) -> list[LegEvent]:
        """End the turn here: its `Ended`, without words when nobody spoke."""
        self._expectation = expectation
        stopped = self._turns.stop("complete")
        if stopped is None:
            return [Ended(round(self._turns.now_ms), "", 0.0, 0.0)]
        return [self._ended(stopped)]

    def clear(self) -> None:
        """Forget the turn that has begun."""
        self._turns.stop("complete")
        self._pending.clear()
        self._early = None

    def _window(self, window: bytes) -> list[LegEvent]:
        self._recent += window
        speaking = self._turns.in_turn
        event = self._detector.step(window)
        events: list[LegEvent] = []
        if isinstance(event, SpeechStarted):
            events.append(self._begin(event))
        elif speaking:
            self._pending += window
        if len(self._recent) > self._kept_bytes:
            del self._recent[: len(self._recent) - self._kept_bytes]
        if self._turns.in_turn:
            if len(self._pending) >= CHUNK_BYTES:
                events += self._listen()
            event = self._decode_early()
        if isinstance(event, SpeechStopped):
            events.append(self._ended(event))
        return events

    def _begin(self, started: SpeechStarted) -> Began:
        self._listener.begin(self._expectation)
        self._pending = self._recent[-round(self._turns.now_ms - started.at_ms) * BYTES_PER_MS :]
        self._early, self._words, self._told = None, [], 0
        self._began_ms = started.at_ms
        return Began(started.at_ms)

    def _listen(self) -> list[LegEvent]:
        text = self._listener.feed(bytes(self._pending))
        self._pending.clear()
        if text is None:
            return []
        self._turns.word_came()
        before, self._words = self._words, text.split()
        settled = 0
        for old, new in zip(before, self._words, strict=False):
            if old != new:
                break
            settled += 1
        if settled <= self._told:
            return []
        news = " ".join(self._words[self._told : settled])
        news = f" {news}" if self._told else news
        self._told = settled
        return [Partly(news)]

    def _decode_early(self) -> SpeechStopped | None:
        """Decode in the closing silence; a number that is complete ends the turn at once."""
        number = self._expectation.kind is Kind.NUMBER
        quiet = self._turns.quiet_ms
        if quiet == 0.0:
            self._early = None
        elif self._early is None and quiet >= self._patience(number):
            self._flush()
            self._early = self._listener.finish()
            digits = self._early.digits or ""
            if number and len(digits) == max(self._expectation.lengths) and self._early.confidence >= SURE:
                return self._turns.stop("complete")
        return None

    def _patience(self, number: bool) -> float:
        if not number:
            return EARLY_MS
        return EARLY_NUMBER_MS if self._listener.complete() else LATE_NUMBER_MS

    def _flush(self) -> None:
        if self._pending:
            self._listener.feed(bytes(self._pending))
            self._pending.clear()

    def _ended(self, stopped: SpeechStopped) -> Ended:
        self._flush()
        heard = self._early or self._listener.finish()
        self._early = None
        seconds = (stopped.at_ms - self._began_ms) / 1000
        return Ended(stopped.speech_end_ms, heard.text, heard.confidence, round(seconds, 3))
