"""How the assistant sounds: as loud as it should be, without gaps, and its words made out again by our own ears."""

import warnings

import numpy as np
import pytest

from npcl_voice.conversation.context import Line
from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.expectation import ANYTHING, Expectation, Kind
from npcl_voice.speech.local.engine import understander_for
from npcl_voice.speech.local.mouth import RATE_HZ, VOICES, Mouth, levelled
from tests.speech.hearing import padded
from tests.speech.test_hearing import ears

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it compiles patterns in an old way
    pyloudnorm = pytest.importorskip("pyloudnorm")

PHRASES = load_phrases("en")
SENTENCES = [
    sentence
    for key in PHRASES.say
    if not PHRASES.gaps(key) - PHRASES.values.keys()
    for sentence in Mouth().sentences(PHRASES.render(Line(key)))
]
NUMBERS = {"complaint_number": "000054324", "consumer_number": "2990741852", "phone": "6999074185"}
SHORTEST = RATE_HZ // 2
"""BS.1770 measures blocks of 400 ms; shorter words have no loudness."""


def loudness(samples: np.ndarray) -> float:
    """Integrated loudness in LUFS."""
    return float(pyloudnorm.Meter(RATE_HZ).integrated_loudness(samples / 32_768))


def gaps_ms(samples: np.ndarray) -> list[int]:
    """Stretches below -50 dB inside a sentence, in ms."""
    frames = samples[: samples.size // 80 * 80].reshape(-1, 80).astype(np.float64)
    quiet = np.sqrt(np.mean(np.square(frames), axis=1)) < 32_768 * 10 ** (-50 / 20)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(int), [0]])))
    stretches = [(begin, end) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    return [int(end - begin) * 5 for begin, end in stretches if begin > 0 and end < quiet.size]


@pytest.mark.slow
@pytest.mark.parametrize("voice", ["rms", "slt", "awb"])
def test_every_sentence_is_as_loud_as_it_should_be(voice: str) -> None:
    """-20 LUFS, give or take 2; peaks below -3 dB."""
    mouth = Mouth(voice)
    for sentence in SENTENCES if voice == VOICES[0] else SENTENCES[::6]:
        samples = mouth.render(sentence)
        assert np.abs(samples.astype(int)).max() < 32_768 * 10 ** (-3 / 20), sentence
        if samples.size >= SHORTEST:
            assert -22 <= loudness(samples) <= -18, sentence


@pytest.mark.slow
def test_pauses_stand_only_where_the_text_has_them() -> None:
    """No gap above 80 ms but at a comma, or between the groups of a number."""
    mouth = Mouth()
    for sentence in SENTENCES:
        long = [gap for gap in gaps_ms(mouth.render(sentence)) if gap > 80]
        assert len(long) <= sum(sentence.count(mark) for mark in ",;:") + sum(map(str.isdigit, sentence)), sentence


def test_silence_and_whispers() -> None:
    """Nothing is made of nothing; a whisper is lifted, and a click is not."""
    assert levelled(np.zeros(0, np.int16)).size == 0
    assert not levelled(np.zeros(1_000, np.int16)).any()
    whisper = (np.sin(np.arange(16_000) / 5) * 30).astype(np.int16)
    assert np.abs(levelled(whisper)).max() > 3_000
    click = np.zeros(16_000, np.int16)
    click[8_000] = 20_000
    assert np.abs(levelled(click)).max() <= 32_768 * 10 ** (-3 / 20)


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_numbers_are_made_out_again(name: str) -> None:
    """Our own ears hear the number that our own mouth said."""
    number = NUMBERS[name]
    listener = ears().listener()
    listener.begin(Expectation(Kind.NUMBER, (len(number),)))
    listener.feed(padded(Mouth().render(number)).tobytes())
    assert listener.finish().digits == number


@pytest.mark.parametrize("every", [pytest.param(4, marks=pytest.mark.slow), pytest.param(1, marks=pytest.mark.soak)])
def test_places_are_made_out_again(every: int) -> None:
    """All but those whose names sound like another's, and those that are nearly so to our ears."""
    meaning = understander_for(PHRASES, packaged_areas())
    mouth, missed = Mouth(), set()
    for area in packaged_areas()[::every]:
        listener = ears().listener()
        listener.begin(ANYTHING)
        listener.feed(padded(mouth.render(f"my house is in {area.name}")).tobytes())
        slots = meaning.understand(listener.finish().text).slots
        if area.name not in {slots.get("area"), slots.get("ambiguous")}:
            missed.add(area.name)
    assert missed <= {"Chi 1", "Chi 2", "Chi 3", "Omicron 1A", "Pi 1", "Tau 1", "Techzone 4"}
