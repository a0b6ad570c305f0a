"""Reading WAV files, from their bytes: linear PCM and float, any rate, any number of channels.

The layout is that of Microsoft's "Multimedia Programming Interface and Data Specifications 1.0"
(RIFF) with `WAVEFORMATEXTENSIBLE`. The standard library's `wave` reads neither float nor, before
Python 3.12, the extensible form.
"""

import struct

import msgspec
import numpy as np
from numpy.typing import NDArray

__all__ = ["Recording", "WaveError", "WaveHeader", "read_header", "read_wave"]

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_COMPRESSED = {
    2: "Microsoft ADPCM",
    6: "A-law",
    7: "mu-law",
    17: "IMA ADPCM",
    49: "GSM 6.10",
    80: "MPEG",
    85: "MP3",
    255: "AAC",
}
"""Format tags of RFC 2361 that recordings of calls are found in."""
_PCM_WIDTHS, _FLOAT_WIDTHS = (8, 16, 24, 32), (32, 64)
_RATES_HZ = (4_000, 192_000)
"""From the slowest speech recordings to the fastest of studios; beyond it a header is damaged."""
_CHANNELS = 32
"""More than any recorder has; beyond it a header is damaged."""


class WaveError(ValueError):
    """These bytes are no WAV file that we can read; the message says why, for the file's owner."""


class WaveHeader(msgspec.Struct, frozen=True):
    """What a WAV file says of itself."""

    is_float: bool
    bits: int
    """Bits of one sample of one channel."""
    channels: int
    rate_hz: int
    start: int
    """Where the sound begins, in bytes from the start of the file."""
    samples: int
    """Samples of each channel that are really there."""

    @property
    def seconds(self) -> float:
        """Length of the recording."""
        return self.samples / self.rate_hz


class Recording(msgspec.Struct, frozen=True):
    """A recording, mixed to one channel."""

    samples: NDArray[np.int16]
    rate_hz: int


def read_header(data: bytes) -> WaveHeader:
    """What is in a WAV file. Raises WaveError when it is none, compressed or damaged."""
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        msg = "is not a WAV file"
        raise WaveError(msg)
    shape: tuple[bool, int, int, int] | None = None
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        at += 8
        if name == b"fmt ":
            shape = _read_shape(data[at : at + size])
        elif name == b"data":
            if shape is None:
                msg = "is damaged: its sound comes before its format"
                raise WaveError(msg)
            is_float, bits, channels, rate_hz = shape
            # A writer that streamed could not know the length and wrote too large a one.
            there = min(size, len(data) - at)
            return WaveHeader(is_float, bits, channels, rate_hz, at, there // (channels * bits // 8))
        at += size + size % 2
    msg = "is damaged: there is no sound in it"
    raise WaveError(msg)


def read_wave(data: bytes) -> Recording:
    """The sound of a WAV file. Raises WaveError when there is none or it cannot be read."""
    header = read_header(data)
    if not header.samples:
        msg = "is empty: it holds no sound"
        raise WaveError(msg)
    width = header.bits // 8
    count = header.samples * header.channels
    raw = np.frombuffer(data, np.uint8, count * width, header.start)
    level = _float_levels(raw, width) if header.is_float else _pcm_levels(raw, width)
    mixed = level.reshape(header.samples, header.channels).mean(axis=1)
    return Recording(np.clip(np.rint(mixed), -32768, 32767).astype(np.int16), header.rate_hz)


def _read_shape(chunk: bytes) -> tuple[bool, int, int, int]:
    """Whether float, bits, channels and rate from a `fmt ` chunk."""
    if len(chunk) < 16:
        msg = "is damaged: its format is cut short"
        raise WaveError(msg)
    tag, channels, rate_hz, _bytes_per_s, _block, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == _EXTENSIBLE and len(chunk) >= 26:
        tag = struct.unpack_from("<H", chunk, 24)[0]
    if tag not in (_PCM, _FLOAT):
        kind = _COMPRESSED.get(tag, "an unknown coding")
        msg = f"holds compressed sound ({kind}, format {tag}); convert it to 16-bit PCM first"
        raise WaveError(msg)
    if bits not in (_PCM_WIDTHS if tag == _PCM else _FLOAT_WIDTHS):
        msg = f"has {bits} bits a sample, which is none of the usual widths"
        raise WaveError(msg)
    if not 1 <= channels <= _CHANNELS:
        msg = f"has {channels} channels"
        raise WaveError(msg)
    if not _RATES_HZ[0] <= rate_hz <= _RATES_HZ[1]:
        msg = f"runs at {rate_hz} Hz, which is outside of {_RATES_HZ[0]} to {_RATES_HZ[1]} Hz"
        raise WaveError(msg)
    return tag == _FLOAT, bits, channels, rate_hz


def _pcm_levels(raw: NDArray[np.uint8], width: int) -> NDArray[np.float64]:
    """Levels of linear samples on the scale of 16 bits."""
    if width == 1:
        return (raw.astype(np.float64) - 128) * 256
    if width == 3:
        # The three bytes become the upper ones of four.
        wide = np.zeros((raw.size // 3, 4), np.uint8)
        wide[:, 1:] = raw.reshape(-1, 3)
        return wide.view("<i4").reshape(-1) / 65536.0
    if width == 2:
        return raw.view("<i2").astype(np.float64)
    return raw.view("<i4") / 65536.0


def _float_levels(raw: NDArray[np.uint8], width: int) -> NDArray[np.float64]:
    """Levels of float samples, 1.0 being full scale; what is not a number is silence."""
    level = raw.view("<f4" if width == 4 else "<f8").astype(np.float64)
    return np.clip(np.nan_to_num(level, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0) * 32768.0
