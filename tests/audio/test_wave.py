"""WAV files as they are found in the world."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.audio.wave import Recording, WaveError, WaveHeader, read_header, read_wave

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE


def chunk(name: bytes, body: bytes, size: int | None = None) -> bytes:
    return name + struct.pack("<I", len(body) if size is None else size) + body + b"\0" * (len(body) % 2)


def shape(tag: int = PCM, channels: int = 1, rate_hz: int = 16_000, bits: int = 16, more: bytes = b"") -> bytes:
    block = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * block, block, bits) + more)


def riff(*chunks: bytes) -> bytes:
    return chunk(b"RIFF", b"WAVE" + b"".join(chunks))


def made(data: bytes, **kind: int) -> Recording:
    return read_wave(riff(shape(**kind), chunk(b"data", data)))


@pytest.mark.parametrize(
    ("bits", "data", "levels"),
    [
        (8, bytes([128, 0, 255, 129]), [0, -32768, 32512, 256]),
        (16, struct.pack("<4h", 0, -32768, 32767, 1), [0, -32768, 32767, 1]),
        (24, b"\0\0\0\0\0\x80\xff\xff\x7f\x00\x01\x00", [0, -32768, 32767, 1]),
        (32, struct.pack("<4i", 0, -(2**31), 2**31 - 1, 65536), [0, -32768, 32767, 1]),
    ],
)
def test_every_width(bits, data, levels):
    """8 to 32 bits end up on the scale of 16."""
    recording = made(data, bits=bits)
    assert recording.samples.tolist() == levels
    assert (recording.samples.dtype, recording.rate_hz) == (np.int16, 16_000)


@pytest.mark.parametrize(("bits", "code"), [(32, "f"), (64, "d")])
def test_float(bits, code):
    """Float's full scale is one; louder is cut, and what is no number is silence."""
    data = struct.pack(f"<8{code}", 0.0, -1.0, 1.0, 0.5, 7.0, float("nan"), float("inf"), float("-inf"))
    assert made(data, tag=FLOAT, bits=bits).samples.tolist() == [0, -32768, 32767, 16384, 32767, 0, 0, 0]


def test_channels_are_mixed():
    """Two channels or more become their mean; a last half frame is left out."""
    assert made(struct.pack("<5h", 100, 300, -50, 50, 9), channels=2).samples.tolist() == [200, 0]
    assert made(struct.pack("<3h", 3, 6, 0), channels=3).samples.tolist() == [3]


def test_rates():
    """The rate is the file's own."""
    assert made(b"\1\0", rate_hz=44_100).rate_hz == 44_100
    assert made(b"\1\0", rate_hz=4_000).rate_hz == 4_000
    assert made(b"\1\0", rate_hz=192_000).rate_hz == 192_000


def test_extensible():
    """The newer form says in its tail what the sound is."""
    tail = struct.pack("<HHI", 22, 24, 0) + struct.pack("<H", PCM) + bytes(14)
    data = riff(shape(EXTENSIBLE, bits=24, more=tail), chunk(b"data", b"\0\x01\x00"))
    assert read_wave(data).samples.tolist() == [1]
    tail = struct.pack("<HHI", 22, 32, 0) + struct.pack("<H", FLOAT) + bytes(14)
    assert read_header(riff(shape(EXTENSIBLE, bits=32, more=tail), chunk(b"data", b""))).is_float is True


def test_other_chunks_are_passed_over():
    """Notes before the sound, of odd length too, are no sound."""
    data = riff(chunk(b"LIST", b"abc"), shape(), chunk(b"fact", b"1234"), chunk(b"data", b"\5\0"), chunk(b"id3 ", b"x"))
    assert read_wave(data).samples.tolist() == [5]


@pytest.mark.parametrize("size", [0xFFFFFFFF, 100])
def test_streamed_files(size):
    """A writer that did not know the length wrote too much; what is there counts."""
    recording = read_wave(riff(shape(), chunk(b"data", b"\1\0\2\0", size)))
    assert recording.samples.tolist() == [1, 2]


def test_header():
    """What a file says of itself, and how long it lasts."""
    data = riff(shape(channels=2, rate_hz=8_000), chunk(b"data", bytes(16_000)))
    assert read_header(data) == WaveHeader(False, 16, 2, 8_000, 44, 4_000)
    assert read_header(data).seconds == 0.5


GSM = shape(49)
WRONG = {
    "is not a WAV file": [
        b"",
        b"hello world, this is text",
        b"RIFF\0\0\0\0AVI ",
        b"RIFX\0\0\0\0WAVE",
        b"RIFF\0\0\0\0WAV",
    ],
    "is damaged: there is no sound in it": [riff(), riff(shape()), riff(shape(), b"data")],
    "is damaged: its sound comes before its format": [riff(chunk(b"data", b"\0\0"), shape())],
    "is damaged: its format is cut short": [riff(chunk(b"fmt ", bytes(15)), chunk(b"data", b"\0\0"))],
    "is empty: it holds no sound": [riff(shape(), chunk(b"data", b"")), riff(shape(), chunk(b"data", b"\1"))],
    "holds compressed sound (GSM 6.10, format 49); convert it to 16-bit PCM first": [riff(GSM, chunk(b"data", b"\0"))],
    "holds compressed sound (mu-law, format 7); convert it to 16-bit PCM first": [riff(shape(7, bits=8))],
    "holds compressed sound (an unknown coding, format 4660); convert it to 16-bit PCM first": [riff(shape(0x1234))],
    "holds compressed sound (an unknown coding, format 65534); convert it to 16-bit PCM first": [
        riff(shape(EXTENSIBLE, more=bytes(9)))
    ],
    "has 12 bits a sample, which is none of the usual widths": [riff(shape(bits=12))],
    "has 16 bits a sample, which is none of the usual widths": [riff(shape(FLOAT, bits=16))],
    "has 0 channels": [riff(shape(channels=0))],
    "has 33 channels": [riff(shape(channels=33))],
    "runs at 3999 Hz, which is outside of 4000 to 192000 Hz": [riff(shape(rate_hz=3_999))],
    "runs at 192001 Hz, which is outside of 4000 to 192000 Hz": [riff(shape(rate_hz=192_001))],
}


@pytest.mark.parametrize(("message", "data"), [(message, data) for message, files in WRONG.items() for data in files])
def test_what_cannot_be_read(message, data):
    """Each kind of damage is named for the file's owner."""
    with pytest.raises(WaveError) as refused:
        read_wave(data)
    assert str(refused.value) == message


def test_many_channels():
    """The most that is taken for a real recording."""
    assert made(struct.pack("<32h", *([4] * 32)), channels=32).samples.tolist() == [4]


@given(st.binary(max_size=80), st.booleans())
def test_any_bytes(data, with_head):
    """Whatever stands in a file, it is read or refused, and nothing else."""
    try:
        read_wave(b"RIFF\0\0\0\0WAVE" + data if with_head else data)
    except WaveError:
        return
