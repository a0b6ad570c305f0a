"""Our own detector hears the caller speak while no engine listens."""

import numpy as np
import pytest

from npcl_voice.audio.frame import PCM_16K, PCM_24K, PCMA, PCMU, Format, Frame
from npcl_voice.audio.resample import Converter
from npcl_voice.speech.gap import GapDetector
from tests.speech.hearing import RATE_HZ, Samples, spoken

LINES = [PCMU, PCMA, PCM_24K]


def _frames(sound: Samples, line: Format, ms: float = 20) -> list[Frame]:
    """The sound as it comes over that line, in frames."""
    converted = Converter(PCM_16K, line).convert(Frame(sound.astype("<i2").tobytes(), PCM_16K))
    frames = []
    while converted.samples >= line.samples_in(ms):
        frame, converted = converted.split(line.samples_in(ms))
        frames.append(frame)
    return frames


def _heard(sound: Samples, line: Format, ms: float = 20) -> list[bool]:
    detector = GapDetector()
    return [detector.hears(frame) for frame in _frames(sound, line, ms)]


def _silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE_HZ), dtype=np.int16)


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.codec.name} {line.rate_hz}")
@pytest.mark.parametrize("voice", ["slt", "awb"])
def test_speech_between_silences(line: Format, voice: str) -> None:
    """Heard where it is, give or take a fifth of a second, and nowhere else."""
    words = spoken("there is no power in my house", voice)
    heard = _heard(np.concatenate([_silence(1), words, _silence(1)]), line)
    begins, ends = 50, 50 + len(words) * 50 // RATE_HZ
    assert True in heard
    first, last = heard.index(True), len(heard) - heard[::-1].index(True)
    assert begins - 1 <= first <= begins + 25
    assert ends - 25 <= last <= ends + 12
    assert sum(heard[first:last]) >= 0.8 * (last - first)


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.codec.name} {line.rate_hz}")
def test_silence_and_noise_are_no_speech(line: Format) -> None:
    """Neither nothing at all nor the hiss of a line."""
    hiss = np.random.default_rng(1).normal(0, 60, 3 * RATE_HZ).astype(np.int16)
    assert not any(_heard(_silence(3), line))
    assert not any(_heard(hiss, line))


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.codec.name} {line.rate_hz}")
def test_keys_are_no_speech(line: Format) -> None:
    """The tones of a telephone's keys, 200 ms each (ITU-T Q.23)."""
    time = np.arange(RATE_HZ // 5) / RATE_HZ
    keys = [(697, 1209), (770, 1336), (852, 1477), (941, 1336)]
    tones = [(6000 * (np.sin(2 * np.pi * low * time) + np.sin(2 * np.pi * high * time))) for low, high in keys]
    sound = np.concatenate([np.concatenate([tone.astype(np.int16), _silence(0.2)]) for tone in tones])
    assert not any(_heard(sound, line))


@pytest.mark.parametrize("ms", [10, 21.25, 100])
def test_frames_of_any_length(ms: float) -> None:
    """It looks at windows of its own: the length of a frame changes nothing of what is heard."""
    words = spoken("there is no power", "slt")
    heard = _heard(np.concatenate([_silence(0.5), words, _silence(1)]), PCMU, ms)
    assert heard[-1] is False
    assert 0.6 * len(words) / RATE_HZ < sum(heard) * ms / 1000 < len(words) / RATE_HZ + 0.25


def test_each_gap_has_its_own() -> None:
    """What one has heard is nothing to the next."""
    one, other = GapDetector(), GapDetector()
    for frame in _frames(spoken("there is no power", "slt"), PCMU):
        one.hears(frame)
    assert other.hears(PCMU.silence(800)) is False
