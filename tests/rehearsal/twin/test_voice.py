"""The twin's two voices."""

import numpy as np
import pytest

from npcl_voice.audio.frame import PCM_24K, PCMU, Format, Frame
from npcl_voice.audio.resample import decode
from npcl_voice.rehearsal.twin.voice import CheapVoice, FliteVoice, voice_of

TEXT = "Your complaint is registered. Is there anything else?"


@pytest.mark.parametrize("line", [PCMU, PCM_24K], ids=["pcmu", "pcm"])
def test_the_cheap_voice_lasts_as_long_as_the_words_would(line: Format) -> None:
    """About as long as the real one, as loud as speech, and another sound for another text."""
    (cheap,) = CheapVoice().speak(TEXT, line)
    real = b"".join(sentence.sound for sentence in FliteVoice().speak(TEXT, line))
    assert cheap.text == TEXT
    assert 0.7 < len(cheap.sound) / len(real) < 1.4
    assert np.abs(decode(Frame(cheap.sound, line))).max() > 3_000
    (other,) = CheapVoice().speak(TEXT.replace("Your", "Ours"), line)
    assert len(other.sound) == len(cheap.sound)
    assert other.sound != cheap.sound
    assert CheapVoice().speak("  ", line) == []


def test_the_real_voice_speaks_sentence_by_sentence() -> None:
    """With a pause between two of them, and the words as they were."""
    made = voice_of("flite").speak(TEXT, PCMU)
    assert "".join(sentence.text for sentence in made) == TEXT
    assert len(made) == 2
    ends = [np.abs(decode(Frame(sentence.sound[-1_000:], PCMU))).max() for sentence in made]
    assert ends[0] < 100 < ends[1]
    assert isinstance(voice_of("cheap"), CheapVoice)
