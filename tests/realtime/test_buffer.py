"""Positions in the caller's sound."""

from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.realtime.buffer import InputBuffer
from npcl_voice.realtime.session import AudioFormat, Pcm, Pcma, Pcmu
from tests.realtime.strategies import STEADY


def test_sound_is_counted_in_milliseconds() -> None:
    """Half samples wait, formats mix."""
    buffer = InputBuffer()
    assert buffer.take(b"\1" * 481, Pcm()) == (b"\1" * 480, 0)
    assert buffer.take(b"\2", Pcm()) == (b"\1\2", 10)
    assert buffer.take(b"\3" * 81, Pcmu()) == (b"\3" * 81, 10)
    assert (buffer.position_ms, buffer.waiting_ms) == (20, 20)
    assert buffer.take(b"\4" * 7, Pcma()) == (b"\4" * 7, 20)
    assert buffer.position_ms == 21


def test_half_a_sample_is_lost_with_its_format() -> None:
    """It would be noise in the next one."""
    buffer = InputBuffer()
    buffer.take(b"\1", Pcm())
    buffer.change_format()
    assert buffer.take(b"\2", Pcmu()) == (b"\2", 0)


def test_a_turn_without_detection_is_all_there_is() -> None:
    """From the last turn's end to now."""
    buffer = InputBuffer()
    buffer.take(b"\0" * 4800, Pcm())
    assert buffer.end_turn() == (0, 100)
    buffer.take(b"\0" * 9600, Pcm())
    assert buffer.waiting_ms == 200
    assert buffer.end_turn() == (100, 300)
    assert buffer.waiting_ms == 0


def test_a_detected_turn_is_within_what_was_received() -> None:
    """What follows its end is of the next turn."""
    buffer = InputBuffer()
    buffer.take(b"\0" * 48000, Pcm())
    assert buffer.begin_speech("a", -5) == 0
    assert buffer.begin_speech("a", 1001) == 1000
    assert buffer.begin_speech("a", 200) == 200
    assert buffer.speech == ("a", 200)
    assert buffer.end_turn(700) == (200, 700)
    assert buffer.speech is None
    assert buffer.waiting_ms == 300
    buffer.begin_speech("b", 800)
    assert buffer.end_turn(750) == (800, 800)
    buffer.begin_speech("b", 900)
    assert buffer.end_turn(1100) == (900, 1000)
    buffer.begin_speech("c", 100)
    assert buffer.end_turn(300) == (100, 300)
    assert buffer.waiting_ms == 0


def test_what_is_cleared_is_no_turn() -> None:
    """The count goes on, the turn is gone."""
    buffer = InputBuffer()
    buffer.take(b"\0" * 4801, Pcm())
    buffer.begin_speech("a", 0)
    buffer.clear()
    assert (buffer.speech, buffer.waiting_ms, buffer.position_ms) == (None, 0, 100)
    assert buffer.take(b"\0\0", Pcm()) == (b"\0\0", 100)


@STEADY
@given(st.lists(st.binary(max_size=50)), st.sampled_from([Pcm(), Pcmu(), Pcma()]))
def test_no_sample_is_lost(pieces: list[bytes], audio_format: AudioFormat) -> None:
    """However sound is cut, it comes whole and in order."""
    buffer = InputBuffer()
    taken = b"".join(buffer.take(piece, audio_format)[0] for piece in pieces)
    whole = b"".join(pieces)
    assert taken == (whole[: len(whole) // 2 * 2] if isinstance(audio_format, Pcm) else whole)
