"""From one format to another: 8, 16 and 24 kHz, linear and G.711.

Two ways, for two needs. `Converter` follows a live leg: a short linear-phase filter that keeps
its state, gives exactly as much as it takes and delays by one or two milliseconds, always the
same. `convert` and `resample` turn a whole sentence or file at once with libsoxr, which is
better and knows any rate, but as a stream would hold sound back for tens of milliseconds.
"""

import math
from functools import cache
from typing import cast

import numpy as np
import soxr  # type: ignore[import-untyped] # it brings no types
from numpy.typing import NDArray

from npcl_voice.audio import g711
from npcl_voice.audio.frame import Codec, Format, Frame

__all__ = ["LIVE_RATES_HZ", "Converter", "Resampler", "convert", "decode", "encode", "resample"]

LIVE_RATES_HZ = (8_000, 16_000, 24_000)
"""Telephone, recogniser, and the Realtime API's `audio/pcm`."""

_HALF = 16
"""Zero crossings of the filter on each side: 3.3 kHz of a telephone lose 0.2 dB, aliases 77 dB."""
_KAISER_BETA = 6.5
_CUTOFF = 0.92
"""Of the lower rate's band; the rest is the filter's slope."""


def decode(frame: Frame) -> NDArray[np.int16]:
    """The samples of a frame, whatever it is coded in."""
    if frame.format.codec is Codec.PCM16:
        return np.frombuffer(frame.data, "<i2").astype(np.int16, copy=False)
    return g711.decode(frame.data, frame.format.codec)


def encode(samples: NDArray[np.int16], format: Format) -> Frame:
    """A frame of those samples, which have the format's rate."""
    if format.codec is Codec.PCM16:
        return Frame(samples.astype("<i2", copy=False).tobytes(), format)
    return Frame(g711.encode(np.ascontiguousarray(samples), format.codec), format)


def resample(samples: NDArray[np.int16], from_hz: int, to_hz: int) -> NDArray[np.int16]:
    """A whole stretch of sound at another rate, any rate; its length is exact to half a sample."""
    if from_hz == to_hz or not samples.size:
        return samples
    return cast("NDArray[np.int16]", soxr.resample(samples, from_hz, to_hz, quality="HQ"))


def convert(frame: Frame, format: Format) -> Frame:
    """A whole sentence or file in another format."""
    if frame.format == format:
        return frame
    return encode(resample(decode(frame), frame.format.rate_hz, format.rate_hz), format)


class Resampler:
    """One live leg between two of the rates 8, 16 and 24 kHz.

    20 ms in are 20 ms out, every time. Other lengths are taken too: what does not make up a whole
    group of samples (at most two) waits for the next call.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        """A leg that has been silent so far. Raises ValueError for another rate."""
        for rate_hz in (from_hz, to_hz):
            if rate_hz not in LIVE_RATES_HZ:
                msg = f"a live leg runs at 8000, 16000 or 24000 Hz, not at {rate_hz}"
                raise ValueError(msg)
        common = math.gcd(from_hz, to_hz)
        self._group = from_hz // common
        self._bank = _bank(to_hz // common, self._group)
        self._same = from_hz == to_hz
        self._kept = np.zeros(self._bank.shape[0] - self._group, np.float32)
        self.delay_ms = 0.0 if self._same else _HALF * 1000 / min(from_hz, to_hz)
        """How much later a sound comes out than it went in: 1 ms between 16 and 24 kHz, else 2."""

    def process(self, samples: NDArray[np.int16]) -> NDArray[np.int16]:
        """The next samples of the leg at the other rate."""
        if self._same:
            return samples
        line = np.concatenate([self._kept, samples.astype(np.float32)])
        width = self._bank.shape[0]
        groups = (line.size - width) // self._group + 1
        if groups <= 0:
            self._kept = line
            return np.zeros(0, np.int16)
        windows = np.lib.stride_tricks.sliding_window_view(line, width)[:: self._group][:groups]
        made = (windows @ self._bank).reshape(-1)
        self._kept = line[groups * self._group :]
        return np.clip(np.rint(made), -32768, 32767).astype(np.int16)


class Converter:
    """One live leg between two formats: rate by `Resampler`, codec by table."""

    def __init__(self, source: Format, target: Format) -> None:
        """Raises ValueError when a rate has to change that is not 8, 16 or 24 kHz."""
        self.source = source
        self.target = target
        self._resampler = None if source.rate_hz == target.rate_hz else Resampler(source.rate_hz, target.rate_hz)

    @property
    def delay_ms(self) -> float:
        """How much later a sound comes out than it went in."""
        return self._resampler.delay_ms if self._resampler else 0.0

    def convert(self, frame: Frame) -> Frame:
        """The next frame of the leg. Raises ValueError for a frame of another format."""
        if frame.format != self.source:
            msg = f"this leg takes {self.source}, not {frame.format}"
            raise ValueError(msg)
        if self.source == self.target:
            return frame
        samples = decode(frame)
        return encode(self._resampler.process(samples) if self._resampler else samples, self.target)


@cache
def _bank(up: int, down: int) -> NDArray[np.float32]:
    """The filter as a matrix: a window of input, oldest first, times it gives `up` output samples.

    One row for each input sample of the window, one column for each output sample of a group;
    `down` input samples make up a group. A low-pass by windowed sinc, unity gain at 0 Hz.
    """
    ratio = max(up, down)
    position = np.arange(-_HALF * ratio, _HALF * ratio + 1)
    taps = np.sinc(position * _CUTOFF / ratio) * np.kaiser(position.size, _KAISER_BETA)
    taps *= up / taps.sum()
    per_phase = -(-taps.size // up)
    bank = np.zeros((per_phase + down - 1, up), np.float32)
    for column in range(up):
        # Output sample `column` lies at input sample column*down/up; its newest input is the whole part.
        newest, phase = divmod(column * down, up)
        phase_taps = taps[phase::up]
        bank[newest + per_phase - phase_taps.size : newest + per_phase, column] = phase_taps[::-1]
    return bank
