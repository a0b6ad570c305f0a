"""`doctor` on sound: mouth, ears, and devices that are there, missing, or dead."""

import re

import pytest

from npcl_voice.channels.soundcard import Device, device_called
from npcl_voice.cli import machine, parts
from npcl_voice.cli.findings import guarded
from npcl_voice.config import Settings
from npcl_voice.domain.company import packaged_company

# Mouth and ears.


def test_a_mouth_that_speaks(tmp_path) -> None:
    """It says which voice it is and how long a sentence takes to say, for each language."""
    english, hindi = parts.check_mouth(Settings.from_mapping({"NPCL_DATA_DIR": str(tmp_path)}), packaged_company())
    assert (english.status, hindi.status) == ("ok", "ok")
    assert re.fullmatch(r"flite rms says a sentence in [12]\.\d s", english.found)
    assert re.fullmatch(r"espeak-ng hi says a sentence in हिंदी in [1-3]\.\d s", hindi.found)


def test_a_machine_without_the_hindi_voice(tmp_path, monkeypatch) -> None:
    """What is missing, what it means, and what to install; no failure, for the English voice stands in."""
    monkeypatch.setattr("npcl_voice.speech.local.hindi.shutil.which", lambda _: None)
    _, hindi = parts.check_mouth(Settings.from_mapping({"NPCL_DATA_DIR": str(tmp_path)}), packaged_company())
    assert hindi.status == "warning"
    assert "the English voice reads हिंदी, and is hardly understood" in hindi.found
    assert hindi.remedy == "install the system package espeak-ng"


def test_ears_without_a_model(tmp_path) -> None:
    """The setting that names the folder is named."""
    settings = Settings.from_mapping(
        {"NPCL_DATA_DIR": str(tmp_path), "NPCL_RECOGNISER_MODEL": str(tmp_path / "nowhere"), "NPCL_WORKERS": "1"}
    )
    [found] = guarded("ears", "see to it", lambda: parts.check_ears(settings, packaged_company()))
    assert found.status == "failure"
    assert "NPCL_RECOGNISER_MODEL" in found.found


# Devices.


class Card:
    """A sound card with a microphone, or with less."""

    def __init__(self, *, devices: int = 1, sounds: bool = True) -> None:
        self._devices = [Device("Headset", 1, 1, default_input=True, default_output=True)] * devices
        self._sounds = sounds
        self.input_name = self.output_name = "Headset"
        self.closed = False

    def devices(self):
        return self._devices

    def open(self, request, captured, wanted, ended):
        if self._sounds:
            captured(b"")
        return self

    def close(self):
        self.closed = True


@pytest.mark.parametrize(
    ("card", "state", "words"),
    [
        (Card(), "ok", "Headset and Headset"),
        (Card(devices=0), "warning", "synthetic caller"),
        (Card(sounds=False), "failure", "no sound comes"),
    ],
)
def test_the_sound_devices(card, state, words, monkeypatch, tmp_path):
    """Both there and sounding, not there, and dead."""
    monkeypatch.setattr(machine, "SOUND_S", 0.05)
    settings = Settings.from_mapping({"NPCL_DATA_DIR": str(tmp_path)})
    found = list(machine.check_audio_devices(settings, lambda: card))
    assert [(one.status, words in one.found) for one in found] == [(state, True)]
    assert card.closed == (state != "warning")


def test_a_microphone_that_was_named_and_is_not_there(tmp_path):
    """Nobody else is taken in its place."""
    settings = Settings.from_mapping({"NPCL_DATA_DIR": str(tmp_path), "NPCL_INPUT_DEVICE": "Trumpet"})
    card = Card()
    card.open = lambda request, *_: device_called(request.input_name, card.devices(), "input")
    (found,) = machine.check_audio_devices(settings, lambda: card)
    assert (found.status, "Trumpet" in found.found) == ("failure", True)
