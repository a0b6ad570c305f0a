"""The Hindi mouth: what it reads, and that it sounds."""

import shutil

import numpy as np
import pytest

from npcl_voice.errors import UnavailableError
from npcl_voice.speech.local import hindi
from npcl_voice.speech.local.hindi import HindiMouth, as_spoken

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("शिकायत 000054324", "शिकायत शून्य शून्य शून्य शून्य पाँच चार तीन दो चार"),
        ("₹2,450 बाकी", "2450 रुपये बाकी"),
        ("Rs. 125000", "125000 रुपये"),
        ("घर 34", "घर 34"),
        ("NPCL में", "एन पी सी एल में"),
        ("0120", "शून्य एक दो शून्य"),
        ("1,25,000 लोग", "125000 लोग"),
    ],
)
def test_what_is_read(text, spoken):
    """Numbers of somebody digit by digit, amounts as amounts, letters by their names."""
    assert as_spoken(text) == spoken


@needs_espeak
def test_it_sounds():
    """As loud as the English voice, the same each time; faster when asked; nothing for nothing."""
    mouth = HindiMouth()
    assert mouth.sentences("नमस्ते। आपकी क्या सहायता करूँ?") == ["नमस्ते।", "आपकी क्या सहायता करूँ?"]
    samples = mouth.render("आपकी शिकायत दर्ज हो गई है।")
    assert 1.0 < samples.size / mouth.rate_hz < 4.0
    assert 2_000 < np.abs(samples.astype(int)).max() < 23_200
    assert (mouth.render("आपकी शिकायत दर्ज हो गई है।") == samples).all()
    assert HindiMouth(1.5).render("आपकी शिकायत दर्ज हो गई है।").size < samples.size
    assert mouth.render("...").size == 0


def test_a_program_that_is_not_there_or_fails(monkeypatch, tmp_path):
    """The package is named; a program that breaks is an error that passes."""
    monkeypatch.setattr(hindi.shutil, "which", lambda _: None)
    with pytest.raises(UnavailableError, match="install the package espeak-ng"):
        HindiMouth()
    broken = tmp_path / "espeak-ng"
    broken.write_text("#!/bin/sh\necho no\n")
    broken.chmod(0o755)
    monkeypatch.setattr(hindi.shutil, "which", lambda _: str(broken))
    with pytest.raises(UnavailableError, match="could not speak"):
        HindiMouth().render("नमस्ते")
