"""What tests of channels share: WAV files, and a caller whose every tick is written down."""

import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from npcl_voice.audio.frame import Frame
from npcl_voice.channels.line import SILENT, Moment


class ScriptedFarEnd:
    """Does in each tick what was written down for it, then nothing; remembers what it heard."""

    def __init__(self, moments: dict[int, Moment] | None = None, *, leaves_at: int | None = None) -> None:
        self.moments = moments or {}
        self.leaves_at = leaves_at
        self.heard: list[Frame] = []
        self.times: list[float] = []

    def tick(self, heard: Frame, now: float) -> Moment:
        self.heard.append(heard)
        self.times.append(now)
        count = len(self.heard)
        if count == self.leaves_at:
            return Moment(hangs_up=True)
        return self.moments.get(count, SILENT)


@pytest.fixture
def far_end():
    """The class, so that each test writes its own story."""
    return ScriptedFarEnd


@pytest.fixture
def write_wav(tmp_path):
    """Writes a tone of some milliseconds into a WAV file and gives its path."""

    def write(name: str, ms: int = 100, *, rate_hz: int = 16_000, channels: int = 1, level: int = 8_000) -> Path:
        count = rate_hz * ms // 1000
        tone = np.rint(level * np.sin(2 * np.pi * 440 * np.arange(count) / rate_hz)).astype("<i2")
        path = tmp_path / name
        with wave.open(str(path), "wb") as out:
            out.setnchannels(channels)
            out.setsampwidth(2)
            out.setframerate(rate_hz)
            out.writeframes(np.repeat(tone, channels).tobytes())
        return path

    return write


@pytest.fixture
def write_compressed(tmp_path):
    """Writes a WAV file whose header says mu-law."""

    def write(name: str) -> Path:
        shape = b"fmt " + struct.pack("<IHHIIHH", 16, 7, 1, 8_000, 8_000, 1, 8)
        body = b"WAVE" + shape + b"data" + struct.pack("<I", 4) + b"\xff" * 4
        path = tmp_path / name
        path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
        return path

    return write
