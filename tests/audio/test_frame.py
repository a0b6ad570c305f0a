"""Frames: lengths, cutting and joining."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.audio import PCM_8K, PCM_16K, PCM_24K, PCMA, PCMU, Codec, Format, Frame

ALL = [PCM_8K, PCM_16K, PCM_24K, PCMU, PCMA]
formats = st.sampled_from(ALL)


def test_formats():
    """Codec and rate as the telephone and the Realtime API know them."""
    assert [(one.codec, one.rate_hz) for one in ALL] == [
        (Codec.PCM16, 8_000),
        (Codec.PCM16, 16_000),
        (Codec.PCM16, 24_000),
        (Codec.PCMU, 8_000),
        (Codec.PCMA, 8_000),
    ]
    assert [one.value for one in Codec] == ["pcm16", "pcmu", "pcma"]
    assert [one.sample_bytes for one in ALL] == [2, 2, 2, 1, 1]
    assert [one.bytes_per_second for one in ALL] == [16_000, 32_000, 48_000, 8_000, 8_000]


def test_times():
    """Milliseconds to samples, to the nearest, and back."""
    assert PCM_24K.samples_in(20) == 480
    assert PCMU.samples_in(20) == 160
    assert PCM_24K.samples_in(0.03) == 1
    assert PCM_24K.samples_in(0.02) == 0
    assert PCM_16K.ms_of(320) == 20.0
    assert PCM_8K.ms_of(1) == 0.125


def test_silence():
    """Each codec has its own byte for it."""
    assert PCM_16K.silence(2) == Frame(b"\0\0\0\0", PCM_16K)
    assert PCMU.silence(3) == Frame(b"\xff\xff\xff", PCMU)
    assert PCMA.silence(3) == Frame(b"\xd5\xd5\xd5", PCMA)
    assert PCMA.silence(0).samples == 0


def test_length():
    """A frame knows its samples and milliseconds."""
    frame = Frame(b"\0" * 960, PCM_24K)
    assert (frame.samples, frame.ms) == (480, 20.0)
    assert (Frame(b"\0" * 160, PCMU).samples, Frame(b"\0" * 160, PCMU).ms) == (160, 20.0)


def test_half_a_sample():
    """An odd number of bytes is no frame of two-byte samples."""
    with pytest.raises(ValueError, match="3 bytes are not whole samples of pcm16"):
        Frame(b"\0\0\0", PCM_16K)
    assert Frame(b"\0\0\0", Format(Codec.PCMU, 8_000)).samples == 3


def test_split():
    """The first part, and the rest; cuts outside of the frame leave one of them empty."""
    frame = Frame(b"aabbcc", PCM_16K)
    assert frame.split(1) == (Frame(b"aa", PCM_16K), Frame(b"bbcc", PCM_16K))
    assert frame.split(0) == (Frame(b"", PCM_16K), frame)
    assert frame.split(-2) == (Frame(b"", PCM_16K), frame)
    assert frame.split(9) == (frame, Frame(b"", PCM_16K))


def test_chunks():
    """Pieces in order, the last shorter; none of an empty frame."""
    assert [one.data for one in Frame(b"abcde", PCMU).chunks(2)] == [b"ab", b"cd", b"e"]
    assert [one.data for one in Frame(b"aabbcc", PCM_8K).chunks(1)] == [b"aa", b"bb", b"cc"]
    assert list(Frame(b"", PCMU).chunks(2)) == []
    with pytest.raises(ValueError, match="a chunk needs at least one sample, not 0"):
        next(Frame(b"ab", PCMU).chunks(0))


def test_join_of_another_format():
    """Only frames of one format make one frame."""
    with pytest.raises(ValueError, match="cannot join"):
        Frame.join([PCMU.silence(1), PCMA.silence(1)], PCMU)
    assert Frame.join([], PCMA) == Frame(b"", PCMA)


@given(formats, st.binary(max_size=200), st.integers(1, 50))
def test_chunks_joined_are_the_frame(format_, data, size):
    """Cutting and joining lose nothing."""
    frame = Frame(data[: len(data) // 2 * 2], format_)
    pieces = list(frame.chunks(size))
    assert Frame.join(pieces, format_) == frame
    assert all(piece.samples == size for piece in pieces[:-1])
    first, rest = frame.split(size)
    assert Frame.join([first, rest], format_) == frame
