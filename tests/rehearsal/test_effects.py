"""Rooms and telephones."""

import numpy as np
import pytest

from npcl_voice.audio.level import level_db
from npcl_voice.rehearsal.effects import SPEECH_DB, Conditions, Surroundings, at_speech_level

TICK = 320


def tone(hz: float, seconds: float = 1.0, level: float = 3_000) -> np.ndarray:
    return np.rint(level * np.sin(2 * np.pi * hz * np.arange(int(16_000 * seconds)) / 16_000)).astype(np.int16)


def carried(conditions: Conditions, samples: np.ndarray) -> np.ndarray:
    way = Surroundings(conditions)
    ticks = [way.carry(samples[at : at + TICK]) for at in range(0, samples.size, TICK)]
    assert {tick.size for tick in ticks} == {TICK}
    return np.concatenate(ticks)


def test_level_of_speech():
    """Speech is brought to the level of telephone tests, measured where somebody speaks."""
    pauses = np.zeros(16_000, np.int16)
    for level in (300, 3_000, 30_000):
        said = at_speech_level(np.concatenate([pauses, tone(500, level=level), pauses]))
        assert level_db(said[16_000:32_000]) == pytest.approx(SPEECH_DB, abs=0.3)
    assert at_speech_level(np.zeros(0, np.int16)).size == 0
    assert at_speech_level(pauses) is pauses


def test_a_quiet_room():
    """Nearly silent, but never digitally so; speech passes as it is."""
    silence = carried(Conditions(), np.zeros(16_000, np.int16))
    assert level_db(silence) == pytest.approx(-70, abs=0.3)
    speech = tone(1000)
    assert level_db((carried(Conditions(), speech) - speech).astype(np.int16)) == pytest.approx(-70, abs=0.3)


@pytest.mark.parametrize("snr_db", [20.0, 5.0])
def test_a_noisy_room(snr_db):
    """The noise is so far below speech as was said."""
    assert level_db(carried(Conditions(snr_db=snr_db), np.zeros(16_000, np.int16))) == pytest.approx(
        SPEECH_DB - snr_db, abs=0.3
    )


def test_noise_has_a_seed():
    """The same seed is the same noise; another is another."""
    quiet = np.zeros(TICK * 3, np.int16)
    assert (carried(Conditions(), quiet) == carried(Conditions(), quiet)).all()
    assert (carried(Conditions(), quiet) != carried(Conditions(seed=2), quiet)).any()


@pytest.mark.parametrize("line", ["mu-law", "A-law"])
def test_telephones(line):
    """The telephone's band passes with the noise of its steps; what is below or above does not."""
    conditions = Conditions(line=line)
    for hz in (500, 1000, 3000):
        assert level_db(carried(conditions, tone(hz))[4_000:]) == pytest.approx(level_db(tone(hz)), abs=0.5)
    for hz in (100, 3_800, 6_000):
        assert level_db(carried(conditions, tone(hz))[4_000:]) < level_db(tone(hz)) - 25


def test_telephone_delay():
    """A telephone delays by 12 ms."""
    click = np.zeros(TICK * 10, np.int16)
    click[1_000:1_016] = 20_000
    heard = carried(Conditions(line="A-law"), click)
    assert abs(int(np.abs(heard.astype(int)).argmax()) - 1_008 - 12 * 16) <= 16
