"""Echo guards: what keeps the assistant from hearing itself where its loudspeaker is near the microphone.

Every guard is told what goes to the loudspeaker, in order, and gives back what of the microphone's
sound may be listened to, as much as it took. A telephone or a headset needs none.
"""

import ctypes
import math
from abc import ABC, abstractmethod
from collections import deque
from importlib import import_module
from typing import Any, Literal, Protocol, TypeVar

import numpy as np

from npcl_voice.audio.level import level_db
from npcl_voice.errors import UnavailableError

__all__ = ["EchoGuard", "HalfDuplex", "LiveKitCanceller", "NoGuard", "SpeexCanceller", "echo_guard"]

T = TypeVar("T")

SOUNDING_DB = -55.0
"""What is played below this level makes no echo that could be taken for speech."""

BLOCK_MS = 10
"""Cancellers work on so much at a time."""

FILTER_MS = 250
"""Longest echo that speexdsp's canceller can model: the devices' buffers and a living room."""


class EchoGuard(Protocol):
    """One guard for one sound device; PCM of 16 bits, at the rate it was made for."""

    talking: bool
    """While true the caller has asked to be heard, whatever is played."""

    def played(self, pcm: bytes) -> None:
        """So much went to the loudspeaker, silence included."""
        ...

    def heard(self, pcm: bytes) -> bytes:
        """What of the microphone's next sound may be listened to: as many bytes, silence for echo."""
        ...

    def unsettled(self) -> None:
        """The device has lost or repeated sound: what comes back may be later or earlier from now on."""
        ...


def echo_guard(
    kind: Literal["half_duplex", "livekit", "speexdsp", "none"],
    rate_hz: int,
    *,
    tail_ms: float,
    barge_in_db: float,
) -> EchoGuard:
    """The guard of that name. Raises UnavailableError when its library is not installed."""
    match kind:
        case "half_duplex":
            return HalfDuplex(rate_hz, tail_ms=tail_ms, barge_in_db=barge_in_db)
        case "livekit":
            return LiveKitCanceller(rate_hz)
        case "speexdsp":
            return SpeexCanceller(rate_hz)
        case _:
            return NoGuard()


class NoGuard:
    """For headsets: everything is heard."""

    def __init__(self) -> None:
        self.talking = False

    def played(self, pcm: bytes) -> None:
        """Nothing follows from it."""

    def heard(self, pcm: bytes) -> bytes:
        """All of it."""
        return pcm

    def unsettled(self) -> None:
        """It makes no difference."""


class HalfDuplex:
    """Deaf while the assistant speaks and a little after, unless the caller asks or is clearly louder than the echo.

    How loud the echo is shows while it is heard: the highest ratio of the microphone to the
    loudspeaker in the last seconds. A voice that is `barge_in_db` above that opens the ear.
    """

    LEARNING_MS = 4_000
    """How far back the echo is remembered."""
    UNSURE_MS = 1_000
    """Echo that must have been heard before anything counts as louder than it."""
    LATELY_MS = 400
    """The loudspeaker's sound that an echo may come from; what is louder must last shorter to be learnt from."""
    LOUD_MS = 120
    """How long it must be louder: a click is not."""
    LONGEST_OPEN_MS = 2_000
    """Nobody speaks so long into a voice that pauses for them: then it is the echo that has become louder."""
    OPEN_MS = 700
    """How long the ear stays open after the last loud sound."""

    def __init__(self, rate_hz: int, *, tail_ms: float, barge_in_db: float) -> None:
        """`tail_ms`: how long the echo goes on after the voice; `barge_in_db` of 60 or more means never."""
        self.talking = False
        self._bytes_per_ms = rate_hz * 2 / 1000
        self._tail_ms = tail_ms
        self._barge_in_db = barge_in_db
        self._since_played_ms = tail_ms
        self._played: deque[tuple[float, float]] = deque()
        self._ratios: deque[tuple[float, float]] = deque()
        self._loud_ms = 0.0
        self._open_ms = 0.0
        self._opened_ms = 0.0

    def played(self, pcm: bytes) -> None:
        """Note how loud it was."""
        ms = len(pcm) / self._bytes_per_ms
        level = _db(pcm)
        self._since_played_ms = 0.0 if level > SOUNDING_DB else self._since_played_ms + ms
        _remember(self._played, (ms, level), self.LATELY_MS)

    def heard(self, pcm: bytes) -> bytes:
        """The sound, or silence in its place."""
        ms = len(pcm) / self._bytes_per_ms
        if self.talking or self._since_played_ms >= self._tail_ms:
            self._loud_ms = self._open_ms = self._opened_ms = 0.0
            return pcm
        ratio = _db(pcm) - max((level for _, level in self._played), default=SOUNDING_DB)
        self._loud_ms = self._loud_ms + ms if self._is_louder(ratio) else 0.0
        if self._loud_ms >= self.LOUD_MS:
            self._open_ms = self.OPEN_MS
        if self._loud_ms == 0.0:
            _remember(self._ratios, (ms, ratio), self.LEARNING_MS)
        self._open_ms = max(0.0, self._open_ms - ms)
        self._opened_ms = self._opened_ms + ms if self._open_ms else 0.0
        if self._opened_ms > self.LONGEST_OPEN_MS:
            self.unsettled()
        return pcm if self._open_ms else bytes(len(pcm))

    def unsettled(self) -> None:
        """Another device, perhaps: how loud its echo is must be learnt again."""
        self._ratios.clear()
        self._loud_ms = self._open_ms = self._opened_ms = 0.0

    def _is_louder(self, ratio: float) -> bool:
        if sum(ms for ms, _ in self._ratios) < self.UNSURE_MS:
            return False
        return ratio > max(ratio for _, ratio in self._ratios) + self._barge_in_db


class _Blocks:
    """Cuts a stream into blocks of ten milliseconds, and keeps the rest for the next time."""

    def __init__(self, rate_hz: int) -> None:
        self.samples = rate_hz * BLOCK_MS // 1000
        self._rest = b""

    def cut(self, pcm: bytes) -> list[bytes]:
        size = self.samples * 2
        pcm = self._rest + pcm
        whole = len(pcm) // size * size
        self._rest = pcm[whole:]
        return [pcm[at : at + size] for at in range(0, whole, size)]


class _Canceller(ABC):
    """What both cancellers share: blocks in, as many bytes out as came in, at most ten milliseconds late.

    As long as a canceller has not learned where the echo lies, at first and after each slip of the
    device, it lets echo through; in that time the ear is closed while the assistant speaks.
    """

    LEARNS_MS: int
    """How much of the assistant's voice it must have heard."""
    TAIL_MS = 300
    """So long after it was played a sound may still come back."""
    WATCH_MS = 200
    """How well it does is judged by so much sound."""
    GOOD_DB, BAD_DB = 15.0, 6.0
    """Of the microphone's sound, a canceller that follows takes out the one and more; one that lost track, less
    than the other. So does a caller who speaks into the voice, but they are heard beside the echo: the sum
    is louder by `BESIDE_DB`."""
    BESIDE_DB = 2.0

    def __init__(self, rate_hz: int) -> None:
        self.talking = False
        self._watched: deque[tuple[float, tuple[float, float, float]]] = deque()
        self._echo_db: float | None = None
        self._near = _Blocks(rate_hz)
        self._far = _Blocks(rate_hz)
        self._out = bytes(self._near.samples * 2)
        self._to_learn_ms = self.LEARNS_MS
        self._since_played_ms = self.TAIL_MS
        self._far_db = SOUNDING_DB

    def played(self, pcm: bytes) -> None:
        """The canceller's reference."""
        for block in self._far.cut(pcm):
            self._far_db = _db(block)
            self._since_played_ms = 0 if self._far_db > SOUNDING_DB else self._since_played_ms + BLOCK_MS
            self._refer(block)

    def heard(self, pcm: bytes) -> bytes:
        """The sound without the echo in it."""
        for block in self._near.cut(pcm):
            cleaned = self._cancel(block)
            echo_comes = self._since_played_ms < self.TAIL_MS
            if echo_comes:
                self._watch(block, cleaned)
            self._to_learn_ms -= BLOCK_MS if echo_comes else 0
            self._out += bytes(len(block)) if echo_comes and self._to_learn_ms > 0 and not self.talking else cleaned
        done, self._out = self._out[: len(pcm)], self._out[len(pcm) :]
        return done

    def unsettled(self) -> None:
        """It has to learn anew."""
        self._to_learn_ms = self.LEARNS_MS
        self._watched.clear()

    def _watch(self, near: bytes, cleaned: bytes) -> None:
        """Notice that it has lost track although the device said nothing: clocks drift, buffers slip."""
        powers = (10 ** (_db(near) / 10), 10 ** (_db(cleaned) / 10), 10 ** (self._far_db / 10))
        _remember(self._watched, (BLOCK_MS, powers), self.WATCH_MS)
        if len(self._watched) * BLOCK_MS < self.WATCH_MS:
            return
        heard, left, played = (10 * math.log10(sum(row[at] for _, row in self._watched)) for at in range(3))
        echo_db = heard - played
        if heard - left >= self.GOOD_DB:
            self._echo_db = echo_db if self._echo_db is None else max(echo_db, self._echo_db - 0.01)
        elif heard - left < self.BAD_DB and self._echo_db is not None and echo_db < self._echo_db + self.BESIDE_DB:
            self.unsettled()

    @abstractmethod
    def _refer(self, block: bytes) -> None:
        """Take a block that is played."""

    @abstractmethod
    def _cancel(self, block: bytes) -> bytes:
        """A block of the microphone's without the echo in it."""


class LiveKitCanceller(_Canceller):
    """WebRTC's canceller (AEC3) from the livekit package; it works from the first second on."""

    LEARNS_MS = 700

    def __init__(self, rate_hz: int) -> None:
        """Raises UnavailableError when the package is not installed."""
        super().__init__(rate_hz)
        try:
            rtc: Any = import_module("livekit.rtc")
        except ImportError:
            msg = "echo=livekit needs its package: pip install 'npcl-voice[echo]'"
            raise UnavailableError(msg) from None
        self._rtc = rtc
        self._rate_hz = rate_hz
        self._processing = rtc.AudioProcessingModule(
            echo_cancellation=True, noise_suppression=False, high_pass_filter=True, auto_gain_control=False
        )

    def _refer(self, block: bytes) -> None:
        self._processing.process_reverse_stream(self._frame(block))

    def _cancel(self, block: bytes) -> bytes:
        frame = self._frame(block)
        self._processing.process_stream(frame)
        return bytes(frame.data)

    def _frame(self, block: bytes) -> Any:
        return self._rtc.AudioFrame(bytearray(block), self._rate_hz, 1, len(block) // 2)


class SpeexCanceller(_Canceller):
    """The canceller of libspeexdsp with its residual echo suppression; it takes some seconds of speech to learn."""

    LEARNS_MS = 3_000

    GET_STATE, SET_RATE = 24, 24
    ECHO_SUPPRESS, ECHO_SUPPRESS_ACTIVE = 20, 22
    """Requests of `speex_preprocess_ctl` and `speex_echo_ctl` (speex_preprocess.h, speex_echo.h)."""
    KEPT_MS = 500
    """Of what was played, at most so much waits for the microphone's sound that goes with it."""

    def __init__(self, rate_hz: int) -> None:
        """Raises UnavailableError when the library is not installed."""
        super().__init__(rate_hz)
        try:
            library = ctypes.CDLL("libspeexdsp.so.1")
        except OSError:
            msg = "echo=speexdsp needs its library: apt-get install libspeexdsp1"
            raise UnavailableError(msg) from None
        samples = self._near.samples
        pointer = ctypes.c_void_p
        library.speex_echo_state_init.restype = library.speex_preprocess_state_init.restype = pointer
        library.speex_echo_ctl.argtypes = library.speex_preprocess_ctl.argtypes = [pointer, ctypes.c_int, pointer]
        library.speex_echo_cancellation.argtypes = [pointer, pointer, pointer, pointer]
        library.speex_preprocess_run.argtypes = [pointer, pointer]
        library.speex_echo_state_destroy.argtypes = library.speex_preprocess_state_destroy.argtypes = [pointer]
        self._library = library
        self._echo = library.speex_echo_state_init(samples, rate_hz * FILTER_MS // 1000)
        self._after = library.speex_preprocess_state_init(samples, rate_hz)
        library.speex_echo_ctl(self._echo, self.SET_RATE, ctypes.byref(ctypes.c_int(rate_hz)))
        library.speex_preprocess_ctl(self._after, self.GET_STATE, self._echo)
        library.speex_preprocess_ctl(self._after, self.ECHO_SUPPRESS, ctypes.byref(ctypes.c_int(-45)))
        library.speex_preprocess_ctl(self._after, self.ECHO_SUPPRESS_ACTIVE, ctypes.byref(ctypes.c_int(-15)))
        self._waiting: deque[bytes] = deque(maxlen=self.KEPT_MS // BLOCK_MS)

    def __del__(self) -> None:
        if hasattr(self, "_after"):
            self._library.speex_preprocess_state_destroy(self._after)
            self._library.speex_echo_state_destroy(self._echo)

    def unsettled(self) -> None:
        """Nor does what was played belong to what is heard next any more."""
        super().unsettled()
        self._waiting.clear()

    def _refer(self, block: bytes) -> None:
        self._waiting.append(block)  # for the microphone's block of the same time

    def _cancel(self, block: bytes) -> bytes:
        far = self._waiting.popleft() if self._waiting else bytes(len(block))
        out = ctypes.create_string_buffer(len(block))
        self._library.speex_echo_cancellation(self._echo, block, far, out)
        self._library.speex_preprocess_run(self._after, out)
        return out.raw


def _db(pcm: bytes) -> float:
    return level_db(np.frombuffer(pcm, "<i2"))


def _remember(row: deque[tuple[float, T]], entry: tuple[float, T], ms: float) -> None:
    """Add an entry of (milliseconds, figures), and forget what is older than `ms`."""
    row.append(entry)
    while sum(each for each, _ in row) - row[0][0] >= ms:
        row.popleft()
