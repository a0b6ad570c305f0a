"""Formats of sound."""

import pytest

from npcl_voice.realtime.session import AudioFormat, Pcm, Pcma, Pcmu, bytes_per_ms


@pytest.mark.parametrize(("audio_format", "length"), [(Pcm(), 48), (Pcmu(), 8), (Pcma(), 8)])
def test_a_millisecond_has_so_many_bytes(audio_format: AudioFormat, length: int) -> None:
    """Two bytes at 24 kHz, one byte at 8 kHz."""
    assert bytes_per_ms(audio_format) == length
