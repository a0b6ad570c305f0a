"""The Hindi mouth: that it sounds, and what speaks where it cannot."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from npcl_voice.config import Local
from npcl_voice.conversation.phrases import load_book
from npcl_voice.domain.company import packaged_company
from npcl_voice.errors import UnavailableError
from npcl_voice.speech.local import hindi
from npcl_voice.speech.local.hindi import HindiMouth, SparedMouth, SpelledMouth
from npcl_voice.speech.local.mouth import RATE_HZ, Mouth, sentences
from npcl_voice.speech.local.speakers import speakers_of

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")

REGISTERED = "आपकी शिकायत दर्ज हो गई है।"


class Written:
    """A speaker that writes down what it is asked to say."""

    rate_hz = RATE_HZ

    def __init__(self) -> None:
        self.said: list[str] = []

    def sentences(self, text: str) -> list[str]:
        """As every speaker of ours."""
        return sentences(text)

    def render(self, sentence: str) -> Any:
        """A sample a letter."""
        self.said.append(sentence)
        return np.ones(len(sentence), np.int16)


class Broken(Written):
    """A speaker that cannot speak."""

    def render(self, sentence: str) -> Any:
        """Fails."""
        raise UnavailableError("it is broken")


def program(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> None:
    """Let that be what the system finds as espeak-ng."""
    monkeypatch.setattr(hindi.shutil, "which", lambda _: None if path is None else str(path))


@needs_espeak
def test_it_sounds() -> None:
    """As loud as the English voice, the same each time; faster when asked; nothing for nothing."""
    mouth = HindiMouth()
    assert mouth.sentences("नमस्ते। आपकी क्या सहायता करूँ?") == ["नमस्ते।", "आपकी क्या सहायता करूँ?"]
    samples = mouth.render(REGISTERED)
    assert 1.0 < samples.size / mouth.rate_hz < 4.0
    assert 2_000 < np.abs(samples.astype(int)).max() < 23_200
    assert (mouth.render(REGISTERED) == samples).all()
    assert HindiMouth(1.5).render(REGISTERED).size < samples.size
    assert mouth.render("...").size == 0


def test_a_program_that_is_not_there_or_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The package is named; a program that breaks is an error that passes."""
    program(monkeypatch, None)
    with pytest.raises(UnavailableError, match="install the package espeak-ng"):
        HindiMouth()
    broken = tmp_path / "espeak-ng"
    broken.write_text("#!/bin/sh\necho no\n")
    broken.chmod(0o755)
    program(monkeypatch, broken)
    with pytest.raises(UnavailableError, match="could not speak"):
        HindiMouth().render("नमस्ते")


def test_hindi_by_a_voice_that_knows_latin_letters_only() -> None:
    """Figures and English words are read as in Hindi, then all of it is spelled in Latin letters."""
    voice = Written()
    mouth = SpelledMouth(voice)
    assert mouth.rate_hz == RATE_HZ
    assert mouth.sentences("नमस्ते। आप?") == ["नमस्ते।", "आप?"]
    assert mouth.render("बिजली Alpha 1 में 30 मिनट में आएगी।").size > 0
    assert voice.said == ["bijlee alfaa van men 30 minat men aaegee. "]


def test_what_one_mouth_cannot_say_the_other_does() -> None:
    """And a mouth that can is not helped."""
    own, spare = Written(), Written()
    both = SparedMouth(own, spare)
    assert both.rate_hz == RATE_HZ
    assert both.sentences("एक। दो।") == ["एक।", "दो।"]
    both.render("एक।")
    assert (own.said, spare.said) == (["एक।"], [])
    SparedMouth(Broken(), spare).render("दो।")
    assert spare.said == ["दो।"]
    with pytest.raises(UnavailableError):
        SparedMouth(Broken(), Broken()).render("तीन।")


@needs_espeak
def test_each_language_has_its_speaker() -> None:
    """English is flite's; a language whose file names a voice of espeak-ng has that."""
    english, others = speakers_of(load_book("en"), Local(), packaged_company())
    assert isinstance(english, Mouth)
    assert list(others) == ["hi"]
    assert not np.array_equal(others["hi"].render(REGISTERED), english.render(REGISTERED))


def test_a_machine_without_the_hindi_voice_is_never_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The English voice says every phrase, whatever it sounds like."""
    program(monkeypatch, None)
    _, others = speakers_of(load_book("hi"), Local(), packaged_company())
    assert isinstance(others["hi"], SpelledMouth)
    assert others["hi"].render(REGISTERED).size > RATE_HZ
