"""Loudness and silence."""

import numpy as np
import pytest

from npcl_voice.audio.frame import PCM_16K, PCMU, Frame
from npcl_voice.audio.level import Hush, level_db, peak_db
from npcl_voice.audio.resample import encode


def tone(amplitude: int, samples: int = 320) -> Frame:
    wave = np.where(np.arange(samples) % 2, amplitude, -amplitude).astype(np.int16)
    return encode(wave, PCM_16K)


def test_level():
    """A square wave of half the scale is 6 dB below it; silence has a floor instead of a level."""
    assert level_db(np.array([16384, -16384], np.int16)) == pytest.approx(-6.0206, abs=1e-4)
    assert level_db(np.array([-32768], np.int16)) == 0.0
    assert level_db(np.zeros(10, np.int16)) == -120.0
    assert level_db(np.zeros(0, np.int16)) == -120.0
    assert level_db(np.array([1] + [0] * 999_999, np.int16)) == -120.0
    assert level_db(np.array([0, 1], np.int16)) == pytest.approx(-93.319, abs=1e-3)


def test_peak():
    """The largest sample counts, whichever its sign; silence has a floor instead of a level."""
    assert peak_db(np.array([0, 100, -16384], np.int16)) == pytest.approx(-6.0206, abs=1e-4)
    assert peak_db(np.array([-32768], np.int16)) == 0.0
    assert peak_db(np.zeros(10, np.int16)) == -120.0
    assert peak_db(np.zeros(0, np.int16)) == -120.0


def test_hush_follows_a_voice():
    """Silence is counted from the last sound; what was spoken stays known."""
    hush = Hush()
    assert (hush.spoken, hush.silent_ms) == (False, 0.0)
    assert hush.hear(tone(0)) is False
    assert (hush.spoken, hush.silent_ms) == (False, 20.0)
    assert hush.hear(tone(3000)) is True
    assert (hush.spoken, hush.silent_ms) == (True, 0.0)
    hush.hear(tone(0))
    hush.hear(tone(0))
    assert (hush.spoken, hush.silent_ms) == (True, 40.0)


def test_hush_begins_anew():
    """After `expect` only what comes then counts."""
    hush = Hush()
    hush.hear(tone(3000))
    hush.hear(tone(0))
    hush.expect()
    assert (hush.spoken, hush.silent_ms) == (False, 0.0)


def test_threshold():
    """-45 dB is 184 of 32768: at the bar it is a voice, below it is not."""
    bar = 32768 * 10 ** (-45 / 20)
    assert Hush().hear(tone(int(bar) + 1)) is True
    assert Hush().hear(tone(int(bar))) is False
    assert Hush(-20.0).hear(tone(3000)) is False
    assert Hush(0.0).hear(Frame(b"\x00\x80", PCM_16K)) is True


def test_telephone_frames():
    """G.711 is listened to as well as linear sound."""
    assert Hush().hear(PCMU.silence(160)) is False
    assert Hush().hear(Frame(b"\x80" * 160, PCMU)) is True
