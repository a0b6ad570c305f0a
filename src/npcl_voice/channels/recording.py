"""WAV files: recordings that come in as a caller's words, and the assistant's side for whoever asked for it."""

import os
import wave
from pathlib import Path

import numpy as np

from npcl_voice.audio.frame import PCM_16K, Format, Frame
from npcl_voice.audio.resample import decode, encode, resample
from npcl_voice.audio.wave import Recording, WaveError, read_header, read_wave
from npcl_voice.errors import SettingsError

__all__ = ["LONGEST_S", "Recorder", "check_target", "read_recording", "save_frame", "to_frame"]

LONGEST_S = 600
"""Longest recording that is taken in: a turn is over in one minute, so ten leave room for mistakes."""
_LARGEST_BYTES = 1 << 30
"""Ten minutes at 192 kHz in four channels of 16 bits; nothing larger is even read."""
_KEPT_S = 3600
"""Longest call that is collected for saving; a call's own limit is far below."""


def read_recording(path: Path, setting: str) -> Recording:
    """The sound of a WAV file, mixed to one channel.

    Raises SettingsError naming `setting` and the file when it is missing, unreadable, no WAV file,
    compressed, empty or longer than ten minutes.
    """
    try:
        if path.is_dir():
            raise SettingsError(setting, f"{path} is a directory, not a WAV file")
        if path.stat().st_size > _LARGEST_BYTES:
            raise SettingsError(setting, f"{path} is larger than {_LARGEST_BYTES >> 20} MiB")
        data = path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(setting, f"{path} does not exist") from None
    except OSError as error:
        raise SettingsError(setting, f"{path} cannot be read: {error.strerror}") from error
    try:
        if (length_s := read_header(data).seconds) > LONGEST_S:
            raise SettingsError(setting, f"{path} lasts {length_s:.0f} s; at most {LONGEST_S} s are taken")
        return read_wave(data)
    except WaveError as error:
        raise SettingsError(setting, f"{path} {error}") from error


def to_frame(recording: Recording, format: Format) -> Frame:
    """A recording as one frame of a line's format."""
    return encode(resample(recording.samples, recording.rate_hz, format.rate_hz), format)


def check_target(path: Path, setting: str) -> None:
    """Whether a file can be written there, before the work is done.

    Raises SettingsError naming `setting` and what is in the way.
    """
    if path.is_dir():
        raise SettingsError(setting, f"{path} is a directory")
    if not path.parent.is_dir():
        raise SettingsError(setting, f"there is no directory {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise SettingsError(setting, f"{path} cannot be written")


def save_frame(path: Path, frame: Frame, setting: str) -> None:
    """Write a frame as a 16-bit WAV file of one channel.

    Raises SettingsError naming `setting` when the file cannot be written.
    """
    try:
        with path.open("wb") as file, wave.open(file, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(PCM_16K.sample_bytes)
            out.setframerate(frame.format.rate_hz)
            out.writeframes(decode(frame).astype("<i2").tobytes())
    except OSError as error:
        raise SettingsError(setting, f"{path} cannot be written: {error.strerror}") from error


class Recorder:
    """Collects in memory what a line really played; nothing is written unless somebody asks."""

    def __init__(self, format: Format) -> None:
        """A recorder for a line of that format."""
        self._format = format
        self._frames: list[Frame] = []
        self._room = format.samples_in(_KEPT_S * 1000)

    def hear(self, heard: Frame, now: float) -> None:
        """Keep one tick; beyond an hour nothing more is kept."""
        if heard.samples <= self._room:
            self._frames.append(heard)
            self._room -= heard.samples

    def sound(self) -> Frame:
        """All that was played so far, silence included."""
        return Frame.join(self._frames, self._format)

    def loudest(self) -> int:
        """The largest level so far, 0 to 32768: zero when nothing was ever heard."""
        samples = decode(self.sound()).astype(np.int32)
        return int(np.abs(samples).max(initial=0))

    def save(self, path: Path, setting: str = "--save") -> None:
        """Write it as a WAV file. Raises SettingsError when that fails."""
        save_frame(path, self.sound(), setting)
