"""The assistant's voice: what it says, how it is cut into pieces, and that it is the same each time."""

import numpy as np
import pytest

from npcl_voice.audio.vad import Endpointing
from npcl_voice.domain.company import packaged_text, read_company
from npcl_voice.errors import SettingsError
from npcl_voice.speech.local.detector import WINDOW, SpeechDetector, is_dialling_tone
from npcl_voice.speech.local.mouth import Mouth, sentences, trimmed
from npcl_voice.speech.local.reading import Reading
from tests.speech.hearing import word_errors


def test_the_same_sentence_sounds_the_same() -> None:
    """The noise in the voice is seeded before each sentence."""
    mouth = Mouth("rms")
    first = mouth.render("Your complaint is registered.")
    mouth.render("Something else in between.")
    assert np.array_equal(first, mouth.render("Your complaint is registered."))
    assert not np.array_equal(first, Mouth("slt").render("Your complaint is registered."))


def test_near_silence_at_both_ends_is_cut() -> None:
    """Speech begins at once and ends at once."""
    samples = Mouth("rms").render("Hello.")
    assert np.abs(samples[:400]).max() > 300
    assert np.abs(samples[-400:]).max() > 100
    assert trimmed(np.zeros(1_000, np.int16)).size == 0


def test_nothing_to_say_has_no_sound() -> None:
    """Blanks and signs are not spoken."""
    assert Mouth("rms").render(" ... ").size == 0


def test_a_slower_voice_takes_longer() -> None:
    """The tempo is a setting that has effect."""
    slow, fast = (Mouth("rms", stretch).render("How can I help you?").size for stretch in (1.4, 0.8))
    assert slow > 1.4 * fast


def test_what_does_not_exist_is_refused_by_name() -> None:
    """A voice and a tempo."""
    with pytest.raises(SettingsError, match="'fred' is not one of rms"):
        Mouth("fred")
    with pytest.raises(SettingsError, match=r"9\.0 is not between"):
        Mouth("rms", 9.0)


def test_texts_are_spoken_sentence_by_sentence() -> None:
    """At full stops, question and exclamation marks; not inside of abbreviations."""
    assert sentences("Namaste. How can I help you? Please wait!") == ["Namaste.", "How can I help you?", "Please wait!"]
    assert sentences("Pay Rs. 2450 by Monday.") == ["Pay Rs. 2450 by Monday."]
    assert sentences("  ") == []
    long = "one two three four five six seven eight nine ten eleven twelve thirteen, and then some more words"
    assert len(sentences(long)) == 2


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("000054324", "zero zero zero, zero five four, three two four"),
        ("2990741852", "two nine nine zero, seven four one, eight five two"),
        ("call 112", "one one two"),
        ("1,23,456", "one lakh twenty three thousand four hundred fifty six"),
        ("9:30 PM", "nine thirty at night"),
        ("as of 9:05 AM", "as of nine oh five in the morning"),
        ("12:00 PM", "twelve noon"),
        ("21:30", "nine thirty at night"),
        ("2:05 AM, 1 December", "two oh five at night, first december"),
        ("2026-12-10T21:30:00+05:30", "tenth december twenty twenty six, nine thirty at night"),
        ("31-12-2026", "thirty first december twenty twenty six"),
    ],
)
def test_figures_are_read_as_people_here_read_them(written: str, spoken: str) -> None:
    """Numbers digit by digit in groups, money in lakh, times by the clock."""
    assert spoken in Reading().spoken(written).lower()


def test_what_is_spoken_is_plain_ascii() -> None:
    """The voice knows no other letters."""
    assert Reading().spoken("₹500 – “okay” … é ½").isascii()


def test_an_operator_s_short_helpline_is_said_digit_by_digit() -> None:
    """A hundred is a hundred, although it is the police's number, too."""
    own = read_company({"helplines.toml": packaged_text("helplines.toml").replace("1912", "1919")})
    assert Reading(company=own).spoken("call 1919").split() == ["call", "one", "nine", "one", "nine"]
    assert Reading().spoken("call 1919").split() != ["call", "one", "nine", "one", "nine"]
    assert Reading(company=own).spoken("100 metres") == Reading().spoken("100 metres")
    assert "hundred" in Reading().spoken("100 metres")


def test_keys_are_no_speech() -> None:
    """A pair of dialling tones is told from a vowel and from silence."""
    t = np.arange(WINDOW) / 16_000
    tones = (np.sin(2 * np.pi * 770 * t) + np.sin(2 * np.pi * 1336 * t)) * 5_000
    assert is_dialling_tone(tones.astype(np.int16))
    assert not is_dialling_tone(np.zeros(WINDOW, np.int16))
    vowel = Mouth("slt").render("aah aah aah")
    windows = vowel[: vowel.size // WINDOW * WINDOW].reshape(-1, WINDOW)
    assert not any(is_dialling_tone(window) for window in windows)


def test_the_detector_finds_speech_in_a_quiet_room() -> None:
    """One turn for one sentence."""
    detector = SpeechDetector(Endpointing())
    room = np.random.default_rng(1).normal(0, 8, 16_000).astype(np.int16)
    sound = np.concatenate([room, Mouth("slt").render("There is no power in my house."), room])
    events = [
        event
        for at in range(0, sound.size - WINDOW, WINDOW)
        if (event := detector.step(sound[at : at + WINDOW].tobytes())) is not None
    ]
    assert [type(event).__name__ for event in events] == ["SpeechStarted", "SpeechStopped"]


def test_word_errors_are_an_edit_distance() -> None:
    """One wrong, one missing, one too many."""
    assert word_errors("a b c".split(), "a x c".split()) == 1
    assert word_errors("a b c".split(), "a c".split()) == 1
    assert word_errors("a".split(), "a b".split()) == 1
