"""Sound cards: which device a name means, and two libraries behind one shape, each played by the test."""

from types import SimpleNamespace
from typing import Any

import pytest

from npcl_voice.channels import soundcard
from npcl_voice.channels.soundcard import (
    Device,
    PyAudioCard,
    Request,
    SoundDeviceCard,
    device_called,
    sound_card,
    told_by_the_system,
)
from npcl_voice.errors import SettingsError, UnavailableError

DEVICES = [
    Device("Headset", 1, 1, default_input=True),
    Device("Headset Pro", 1, 1),
    Device("Speakers", 0, 2, default_output=True),
]
REQUEST = Request("Headset", "", 24_000, 512, 0.04)


@pytest.mark.parametrize(
    ("name", "kind", "place"),
    [("", "input", None), ("Headset", "input", 0), ("pro", "input", 1), ("speak", "output", 2)],
)
def test_which_device_is_meant(name, kind, place):
    """The whole name first, then a part of it; nothing is the default."""
    assert device_called(name, DEVICES, kind) == place


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("head", "output", "NPCL_OUTPUT_DEVICE: 'head' is more than one of .*: Headset, Headset Pro"),
        ("Speakers", "input", "NPCL_INPUT_DEVICE: 'Speakers' is none of .*: Headset, Headset Pro"),
    ],
)
def test_a_name_that_means_no_device_or_several(name, kind, words):
    """The setting is named, and what there is."""
    with pytest.raises(SettingsError, match=words):
        device_called(name, DEVICES, kind)


class Stream:
    """One stream of either library."""

    made: list["Stream"] = []  # noqa: RUF012 - emptied by each test

    def __init__(self, **settings: Any) -> None:
        if settings.get("samplerate", settings.get("rate")) != 24_000:
            raise ValueError("rate")
        self.settings = settings
        self.running = "samplerate" not in settings
        self.closed = self.stopped = False
        Stream.made.append(self)

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.stopped = True

    def close(self) -> None:
        self.closed = True
        raise OSError("the device has gone")  # whatever it says then is of no interest


@pytest.fixture
def sounddevice(monkeypatch):
    """python-sounddevice, as far as we use it."""
    Stream.made.clear()
    rows = [{"name": one.name, "max_input_channels": one.inputs, "max_output_channels": one.outputs} for one in DEVICES]
    library = SimpleNamespace(
        PortAudioError=OSError,
        RawInputStream=Stream,
        RawOutputStream=Stream,
        query_devices=lambda: rows,
        query_hostapis=lambda: [{"devices": [0, 1, 2], "default_input_device": 0, "default_output_device": 2}],
        default=SimpleNamespace(device=(-1, -1)),
        calls=[],
    )
    library._lib = SimpleNamespace(
        Pa_Terminate=lambda: library.calls.append("terminate"), Pa_Initialize=lambda: library.calls.append("initialize")
    )
    monkeypatch.setattr(soundcard, "import_module", lambda name: {"sounddevice": library}[name])
    return library


@pytest.fixture
def pyaudio(monkeypatch):
    """PyAudio, as far as we use it."""
    Stream.made.clear()

    class Port:
        terminated = 0

        def get_default_input_device_info(self):
            return {"index": 0}

        def get_default_output_device_info(self):
            return {"index": 2}

        def get_device_count(self):
            return len(DEVICES)

        def get_device_info_by_index(self, at):
            one = DEVICES[at]
            return {"name": one.name, "maxInputChannels": one.inputs, "maxOutputChannels": one.outputs}

        def open(self, **settings):
            return Stream(**settings)

        def terminate(self):
            Port.terminated += 1

    library = SimpleNamespace(PyAudio=Port, paContinue=0, paInt16=8)
    monkeypatch.setattr(soundcard, "import_module", lambda name: {"pyaudio": library}[name])
    return library


def test_sounddevice(sounddevice):
    """Bytes go both ways, slips are counted, and closing never fails."""
    card = sound_card("sounddevice")
    assert isinstance(card, SoundDeviceCard)
    assert card.devices() == DEVICES
    heard: list[bytes] = []
    streams = card.open(REQUEST, heard.append, lambda size: b"\1" * size, lambda: None)
    into, out_of = Stream.made
    assert (into.settings["device"], out_of.settings["device"], into.running, out_of.running) == (0, None, True, True)
    assert (into.settings["blocksize"], into.settings["latency"]) == (512, 0.04)
    into.settings["callback"](b"ab", 1, None, None)
    room = bytearray(4)
    out_of.settings["callback"](room, 2, None, "underflow")
    assert (heard, bytes(room), streams.slips) == ([b"ab"], b"\1\1\1\1", 1)
    assert (streams.input_name, streams.output_name) == ("Headset", "Speakers")
    streams.close(drain=True)
    streams.close()
    assert (into.closed, out_of.closed) == (True, True)
    assert (into.stopped, out_of.stopped) == (False, True)  # what was to be heard is
    card.look_again()
    assert sounddevice.calls == ["terminate", "initialize"]


def test_pyaudio(pyaudio):
    """The same shape."""
    card = sound_card("pyaudio")
    assert isinstance(card, PyAudioCard)
    assert card.devices() == DEVICES
    heard: list[bytes] = []
    streams = card.open(REQUEST, heard.append, lambda size: b"\1" * size, lambda: None)
    into, out_of = Stream.made
    assert into.settings["stream_callback"](b"ab", 1, None, 2) == (None, 0)
    assert out_of.settings["stream_callback"](None, 2, None, 0) == (b"\1\1\1\1", 0)
    assert (heard, streams.slips, streams.output_name) == ([b"ab"], 1, "Speakers")
    streams.close()
    assert into.closed
    assert out_of.closed
    card.look_again()
    assert pyaudio.PyAudio.terminated == 1


@pytest.mark.parametrize("library", ["sounddevice", "pyaudio"])
def test_a_device_that_cannot_do_this_format(library, request):
    """Nothing stays open, and it is said so."""
    request.getfixturevalue(library)
    card = sound_card(library)
    with pytest.raises(UnavailableError, match="cannot be opened"):
        card.open(Request("", "", 8_000, 512, 0.04), bytes, bytes, lambda: None)
    assert all(stream.closed for stream in Stream.made)


def test_a_sound_system_that_does_not_answer(sounddevice):
    """An error of PortAudio's is one that passes."""

    def refuse():
        raise OSError("no server")

    sounddevice.query_devices = refuse
    with pytest.raises(UnavailableError, match="does not answer"):
        sound_card("sounddevice").devices()


def test_what_the_system_tells(monkeypatch, tmp_path):
    """Its file of cards and its sound server, as far as they are there."""
    cards = tmp_path / "cards"
    monkeypatch.setattr(soundcard, "ALSA_CARDS", cards)
    monkeypatch.setattr(soundcard.shutil, "which", lambda _: None)
    assert told_by_the_system() == ""
    cards.write_text(" 0 [PCH]: HDA-Intel")
    pactl = tmp_path / "pactl"
    pactl.write_text("#!/bin/sh\nprintf '0\\t%s.one\\tmodule\\n' $3\n")
    pactl.chmod(0o755)
    monkeypatch.setattr(soundcard.shutil, "which", lambda _: str(pactl))
    assert told_by_the_system() == " 0 [PCH]: HDA-Intel\nsources.one\nsinks.one"
