"""WAV files in and out."""

import os
import wave

import numpy as np
import pytest

from npcl_voice.audio.frame import PCM_8K, PCM_16K, PCMU, Frame
from npcl_voice.audio.wave import Recording, read_wave
from npcl_voice.channels.recording import Recorder, check_target, read_recording, save_frame, to_frame
from npcl_voice.errors import SettingsError


def refusal(work) -> str:
    with pytest.raises(SettingsError) as refused:
        work()
    return str(refused.value)


def test_reading(write_wav):
    """A recording of any rate and number of channels is its sound."""
    recording = read_recording(write_wav("a.wav", 100, rate_hz=44_100, channels=2), "--wav")
    assert (recording.samples.size, recording.rate_hz) == (4_410, 44_100)
    assert 7_900 < recording.samples.max() <= 8_000


def test_what_cannot_be_read(tmp_path, write_wav, write_compressed):
    """Each obstacle is named with the file and the setting."""
    text = tmp_path / "notes.txt"
    text.write_text("hello, this is no sound")
    empty = write_wav("empty.wav", 0)
    long = write_wav("long.wav", 601_000, rate_hz=4_000)
    cases = {
        tmp_path / "none.wav": "does not exist",
        tmp_path: "is a directory, not a WAV file",
        text: "is not a WAV file",
        empty: "is empty: it holds no sound",
        long: "lasts 601 s; at most 600 s are taken",
        write_compressed("mu.wav"): "holds compressed sound (mu-law, format 7); convert it to 16-bit PCM first",
        text / "below.wav": "cannot be read: Not a directory",
    }
    for path, message in cases.items():
        assert refusal(lambda path=path: read_recording(path, "--wav")) == f"--wav: {path} {message}"


def test_a_huge_file_is_not_even_read(tmp_path):
    """A file that cannot be a turn is refused by its size."""
    path = tmp_path / "huge.wav"
    with path.open("wb") as file:
        file.truncate((1 << 30) + 1)
    assert refusal(lambda: read_recording(path, "hear")) == f"hear: {path} is larger than 1024 MiB"


def test_to_a_line(write_wav):
    """A recording in a line's format and rate."""
    frame = to_frame(read_recording(write_wav("a.wav", 100, rate_hz=48_000), "--wav"), PCMU)
    assert (frame.format, frame.samples) == (PCMU, 800)
    same = Recording(np.array([1, -2], np.int16), 16_000)
    assert to_frame(same, PCM_16K).data == b"\x01\x00\xfe\xff"


def test_saving(tmp_path):
    """What was saved reads the same again; G.711 becomes linear, at its rate."""
    path = tmp_path / "out.wav"
    save_frame(path, Frame(b"\x80\x00\xff", PCMU), "--save")
    with wave.open(str(path)) as saved:
        assert (saved.getframerate(), saved.getnchannels(), saved.getsampwidth()) == (8_000, 1, 2)
    assert read_wave(path.read_bytes()).samples.tolist() == [32124, -32124, 0]


def test_where_nothing_can_be_written(tmp_path):
    """Known before the call, and said again if it only shows then."""
    folder = tmp_path / "no" / "such"
    assert refusal(lambda: check_target(folder / "a.wav", "--save")) == f"--save: there is no directory {folder}"
    assert refusal(lambda: check_target(tmp_path, "--save")) == f"--save: {tmp_path} is a directory"
    message = f"--save: {folder / 'a.wav'} cannot be written: No such file or directory"
    assert refusal(lambda: save_frame(folder / "a.wav", PCM_8K.silence(1), "--save")) == message
    check_target(tmp_path / "a.wav", "--save")
    (tmp_path / "b.wav").touch()
    check_target(tmp_path / "b.wav", "--save")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_closed(tmp_path):
    """Without the right to write, it is said before the call."""
    tmp_path.chmod(0o500)
    assert (
        refusal(lambda: check_target(tmp_path / "a.wav", "--save")) == f"--save: {tmp_path / 'a.wav'} cannot be written"
    )


def test_recorder(tmp_path):
    """It keeps what was played, silence included, and writes only when asked."""
    recorder = Recorder(PCM_8K)
    assert (recorder.sound().samples, recorder.loudest()) == (0, 0)
    recorder.hear(PCM_8K.silence(2), 0.02)
    recorder.hear(Frame(b"\x05\x00\x00\x80", PCM_8K), 0.04)
    assert recorder.sound().data == b"\0\0\0\0\x05\0\0\x80"
    assert recorder.loudest() == 32_768
    assert list(tmp_path.iterdir()) == []
    recorder.save(tmp_path / "call.wav")
    assert read_wave((tmp_path / "call.wav").read_bytes()).samples.tolist() == [0, 0, 5, -32768]


def test_recorder_is_bounded():
    """Beyond an hour nothing more is kept."""
    recorder = Recorder(PCMU)
    minute = PCMU.silence(8_000 * 60)
    for _ in range(61):
        recorder.hear(minute, 0.0)
    assert recorder.sound().ms == 3_600_000
