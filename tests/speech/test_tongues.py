"""Two languages heard at once: which reading of a turn stands."""

import shutil
from functools import cache

import pytest

from npcl_voice.conversation.phrases import load_book
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.expectation import YES_OR_NO, Expectation, Kind
from npcl_voice.speech.local.ears import Heard
from npcl_voice.speech.local.hindi import HindiMouth
from npcl_voice.speech.local.larger import EarsChoice, EarsSource
from npcl_voice.speech.local.tongues import EarsOfTongues, likelier
from tests.speech.hearing import on_the_line, padded, turn

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")

CALLER = "hi+f3"
"""A woman's voice of espeak-ng: not the assistant's own."""
EITHER = ("en", "hi")
HINDI = ("hi", "en")


@cache
def ears() -> EarsOfTongues:
    """The product's ears, for a call whose language is not known."""
    choice = EarsChoice.of(load_book("en"), packaged_areas(), "", EITHER)
    return EarsOfTongues(EarsSource.of(choice).vocabularies)


def heard(sound: bytes, languages: tuple[str, ...], expectation: Expectation | None = None) -> Heard:
    """What is heard of a turn in a call in one of the languages."""
    kind, lengths = (Kind.ANY, ()) if expectation is None else (expectation.kind, expectation.lengths)
    listener = ears().listener()
    listener.begin(Expectation(kind, lengths, languages))
    listener.feed(sound)
    return listener.finish()


def hindi(text: str, line: str = "clean") -> bytes:
    """A turn in Hindi."""
    return on_the_line(padded(HindiMouth(voice=CALLER).render(text)), line).tobytes()


@needs_espeak
@pytest.mark.parametrize("languages", [EITHER, HINDI])
@pytest.mark.parametrize("line", ["clean", "pcmu"])
def test_hindi_is_heard_as_hindi(languages: tuple[str, ...], line: str) -> None:
    """Before its language is known, and after."""
    assert "बिजली नहीं है" in heard(hindi("हमारे यहाँ बिजली नहीं है", line), languages).text


@pytest.mark.parametrize("voice", ["slt", "awb"])
@pytest.mark.parametrize("line", ["clean", "pcmu"])
@pytest.mark.parametrize("said", ["there is no power in my house", "a wire has fallen on the road", "alpha one"])
def test_english_is_heard_as_ever(said: str, line: str, voice: str) -> None:
    """Whoever speaks English is heard as if there were no other language."""
    sound = turn(said, voice, line).tobytes()
    alone = heard(sound, ("en",))
    assert heard(sound, EITHER).text == alone.text


@needs_espeak
def test_yes_and_no_in_hindi() -> None:
    """In a call that is in Hindi."""
    assert heard(hindi("हाँ सही है"), HINDI, YES_OR_NO).text == "हाँ सही है"
    assert heard(hindi("नहीं गलत है"), HINDI, YES_OR_NO).text == "नहीं गलत है"


def test_numbers_are_english_in_either_language() -> None:
    """Digits in English are heard in a Hindi call."""
    number = Expectation(Kind.NUMBER, (10,))
    sound = turn("two nine nine zero seven four one eight five two", "slt", "clean").tobytes()
    assert heard(sound, HINDI, number).digits == "2990741852"
    assert heard(sound, EITHER, number).digits == "2990741852"


def test_a_language_without_ears_is_heard_in_the_first() -> None:
    """Nobody is turned away for a language that we do not know."""
    sound = turn("yes", "slt", "clean").tobytes()
    assert heard(sound, ("xx",), YES_OR_NO).text == "yes"


def test_nothing_is_heard_of_no_turn() -> None:
    """Before the first one begins; sound without a beginning is a turn in the first language."""
    listener = ears().listener()
    assert not listener.complete()
    assert listener.finish().text == ""
    listener.feed(turn("yes", "slt", "clean").tobytes())
    assert listener.finish().text == "yes"


def reading(text: str, score: float) -> Heard:
    """A reading so likely."""
    return Heard(text, None, 0.5, 0.0, score)


@pytest.mark.parametrize(
    ("expected", "other", "stands"),
    [
        (("my power is out", -0.004), ("मेरी बिजली नहीं है", -0.003), 1),
        (("my power is out", -0.004), ("मेरी बिजली नहीं है", -0.00395), 0),
        (("hello", -0.004), ("हैलो", -0.003), 0),
        (("yes", -0.004), ("हाँ", -0.003), 1),
        (("alpha one", -0.004), ("alpha one", -0.003), 0),
        (("my number is 000054321", -0.004), ("नई कंप्लेंट का नंबर है 000054321", -0.003), 0),
        (("", -1.0), ("बिजली नहीं है", -0.003), 1),
        (("", -1.0), ("", -1.0), 0),
        (("बिजली नहीं है", -0.004), ("there is no light", -0.003), 1),
        (("बिजली नहीं है", -0.004), ("there is no light", -0.00395), 0),
        (("बिजली नहीं है", -0.004), ("000054321", -0.003), 0),
    ],
)
def test_the_likelier_reading_stands(expected: tuple[str, float], other: tuple[str, float], stands: int) -> None:
    """Clearly likelier it must be, and show the language that it is in."""
    first, second = reading(*expected), reading(*other)
    assert likelier(first, second) is (first, second)[stands]
