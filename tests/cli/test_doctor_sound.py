"""`doctor` on sound devices: there and sounding, missing, or dead."""

import pytest

from npcl_voice.channels.soundcard import Device, device_called
from npcl_voice.cli import machine
from npcl_voice.config import Settings


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
