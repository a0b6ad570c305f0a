"""G.711, the telephone's alphabet: one byte a sample, mu-law or A-law.

Both laws are tables here, made once from the formulas of ITU-T G.711: 256 levels to read a code,
and the code of each of the 65,536 possible levels to write one. Levels are 16-bit: the standard's
14 bits of mu-law and 13 bits of A-law, shifted to the top as all telephone software does.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from npcl_voice.audio.frame import Codec

__all__ = ["decode", "encode"]

_MU_BIAS = 33
"""Added before taking the logarithm's segment, so that every segment is a whole octave (G.711, table 2)."""
_MU_CLIP = 8158
"""The largest level inside the last segment: with the bias 8191, thirteen bits."""


def decode(data: bytes, law: Codec) -> NDArray[np.int16]:
    """The samples of G.711 bytes. Raises ValueError for a codec that is not G.711."""
    return _levels(law)[np.frombuffer(data, np.uint8)]


def encode(samples: NDArray[np.int16], law: Codec) -> bytes:
    """The G.711 bytes of samples. Raises ValueError for a codec that is not G.711."""
    return _codes(law)[samples.view(np.uint16)].tobytes()


@cache
def _levels(law: Codec) -> NDArray[np.int16]:
    """The level of each of the 256 codes."""
    code = np.arange(256)
    if law is Codec.PCMU:
        inverted = ~code & 0xFF
        segment, step = (inverted >> 4) & 7, inverted & 15
        level = (((step << 1) + _MU_BIAS) << segment) - _MU_BIAS
        return np.where(inverted & 0x80, -level, level).astype(np.int16) << 2
    if law is Codec.PCMA:
        toggled = code ^ 0x55
        segment, step = (toggled >> 4) & 7, toggled & 15
        middle = (step << 1) + 1
        level = np.where(segment == 0, middle, (middle + 32) << np.maximum(segment - 1, 0))
        return np.where(toggled & 0x80, level, -level).astype(np.int16) << 3
    raise _not_g711(law)


@cache
def _codes(law: Codec) -> NDArray[np.uint8]:
    """The code of each 16-bit level, the level read as an unsigned index."""
    level = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)
    if law is Codec.PCMU:
        small = level >> 2
        biased = np.minimum(np.abs(small), _MU_CLIP) + _MU_BIAS
        segment = np.log2(biased >> 5).astype(np.int32)
        code = (segment << 4) | ((biased >> (segment + 1)) & 15)
        mask = np.where(small < 0, 0x7F, 0xFF)
    elif law is Codec.PCMA:
        small = level >> 3
        size = np.where(small < 0, ~small, small)
        segment = np.log2(np.maximum(size >> 4, 1)).astype(np.int32)
        code = (segment << 4) | ((size >> np.maximum(segment, 1)) & 15)
        mask = np.where(small < 0, 0x55, 0xD5)
    else:
        raise _not_g711(law)
    codes: NDArray[np.uint8] = (code ^ mask).astype(np.uint8)
    return codes


def _not_g711(law: Codec) -> ValueError:
    """The error for a codec that has no table."""
    return ValueError(f"{law.value} is not a law of G.711")
