"""A stretch of sound and the format that its bytes are in."""

from collections.abc import Iterable, Iterator
from enum import Enum

import msgspec

__all__ = ["PCMA", "PCMU", "PCM_8K", "PCM_16K", "PCM_24K", "Codec", "Format", "Frame"]


class Codec(Enum):
    """How one sample is written."""

    PCM16 = "pcm16"
    """Signed 16-bit little-endian, two bytes a sample."""
    PCMU = "pcmu"
    """G.711 mu-law, one byte a sample."""
    PCMA = "pcma"
    """G.711 A-law, one byte a sample; India's telephone law."""


class Format(msgspec.Struct, frozen=True):
    """A codec and its sample rate; always one channel."""

    codec: Codec
    rate_hz: int

    @property
    def sample_bytes(self) -> int:
        """Bytes of one sample: 2 for PCM16, 1 for G.711."""
        return 2 if self.codec is Codec.PCM16 else 1

    @property
    def bytes_per_second(self) -> int:
        """Bytes of one second."""
        return self.rate_hz * self.sample_bytes

    @property
    def silent_byte(self) -> bytes:
        """The byte that repeated makes silence (G.711: code of the smallest positive level)."""
        return {Codec.PCM16: b"\x00", Codec.PCMU: b"\xff", Codec.PCMA: b"\xd5"}[self.codec]

    def samples_in(self, ms: float) -> int:
        """Whole samples in `ms` milliseconds, rounded to the nearest."""
        return round(ms * self.rate_hz / 1000)

    def ms_of(self, samples: int) -> float:
        """Milliseconds of `samples` samples."""
        return samples * 1000 / self.rate_hz

    def silence(self, samples: int) -> "Frame":
        """A frame of `samples` silent samples."""
        return Frame(self.silent_byte * (samples * self.sample_bytes), self)


PCM_24K = Format(Codec.PCM16, 24_000)
PCM_16K = Format(Codec.PCM16, 16_000)
PCM_8K = Format(Codec.PCM16, 8_000)
PCMU = Format(Codec.PCMU, 8_000)
PCMA = Format(Codec.PCMA, 8_000)


class Frame(msgspec.Struct, frozen=True):
    """Sound of any length in one format."""

    data: bytes
    format: Format

    def __post_init__(self) -> None:
        if len(self.data) % self.format.sample_bytes:
            msg = f"{len(self.data)} bytes are not whole samples of {self.format.codec.value}"
            raise ValueError(msg)

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(self.data) // self.format.sample_bytes

    @property
    def ms(self) -> float:
        """Length in milliseconds."""
        return self.format.ms_of(self.samples)

    def split(self, samples: int) -> "tuple[Frame, Frame]":
        """The first `samples` samples, and the rest (either may be empty)."""
        at = max(0, samples) * self.format.sample_bytes
        return Frame(self.data[:at], self.format), Frame(self.data[at:], self.format)

    def chunks(self, samples: int) -> "Iterator[Frame]":
        """Pieces of `samples` samples in order; the last may be shorter.

        Raises ValueError for a size below one sample.
        """
        if samples < 1:
            msg = f"a chunk needs at least one sample, not {samples}"
            raise ValueError(msg)
        step = samples * self.format.sample_bytes
        for at in range(0, len(self.data), step):
            yield Frame(self.data[at : at + step], self.format)

    @staticmethod
    def join(frames: "Iterable[Frame]", format: Format) -> "Frame":
        """One frame out of many of the same format (none: an empty one).

        Raises ValueError when a frame is of another format.
        """
        parts = []
        for frame in frames:
            if frame.format != format:
                msg = f"cannot join {frame.format} to {format}"
                raise ValueError(msg)
            parts.append(frame.data)
        return Frame(b"".join(parts), format)
