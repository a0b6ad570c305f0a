"""Which language is spoken: of a sentence, and of a call."""

import pytest

from npcl_voice.meaning.language import ASKED, Evidence, Tongue, tongue_of


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("there is no light in my house", "en", True),
        ("light nahi aa rahi hai", "hi", True),
        ("लाइट नहीं आ रही है", "hi", True),
        ("light नहीं aa rahi", "hi", True),
        ("complaint ka status bataiye", "hi", True),
        ("please tell me the status bhaiya", "en", True),
        ("he has got a shock", "en", True),
        ("light nahi aa rahi he", "hi", True),
        ("what is the status of my complaint and when will it be done, kab", "en", True),
        # Nothing shows it: numbers, names, yes and no, borrowed words.
        ("status", "en", False),
        ("2990417365", "en", False),
        ("नौ दो एक", "hi", False),
        ("haan ji", "en", False),
        ("हाँ जी", "hi", False),
        ("nahi", "hi", False),
        ("Nidhi Sharma", "en", False),
        ("धीरज कुमार", "hi", False),
        ("power cut complaint", "en", False),
        ("", "en", False),
    ],
)
def test_the_language_of_a_sentence(text: str, language: str, shown: bool) -> None:
    """And whether it is shown well enough to count."""
    tongue = tongue_of(text)
    assert tongue.language == language
    assert (tongue.confidence >= 0.5) is shown
    assert 0 <= tongue.confidence <= 1


def test_only_what_is_english_alone_is_not_mixed() -> None:
    """Where a word of Hindi may be among it, Hindi is looked for, too."""
    assert tongue_of("there is no light here") == Tongue("en", 1.0, mixed=False)
    assert tongue_of("light").mixed
    assert tongue_of("there is no bijli here").mixed


FOUND = Evidence(found=True)


def _after(language: str, evidence: Evidence, *tongues: Tongue) -> tuple[str, Evidence]:
    for tongue in tongues:
        language, evidence = evidence.heard(language, tongue)
    return language, evidence


def test_the_first_sentence_that_shows_a_language_decides() -> None:
    """A sentence that shows little changes nothing."""
    begun = Evidence()
    assert begun.heard("en", Tongue("en", 0.0)) == ("en", begun)
    assert begun.heard("en", Tongue("hi", 0.4)) == ("en", begun)
    assert begun.heard("en", Tongue("hi", 0.5)) == ("hi", FOUND)
    assert begun.heard("en", Tongue("en", 0.5)) == ("en", FOUND)


def test_two_sentences_in_the_other_language_change_it() -> None:
    """One does not, and neither do two with one of ours between them; what shows nothing does not come between."""
    english, hindi, nothing = Tongue("en", 1.0), Tongue("hi", 1.0), Tongue("hi", 0.0)
    assert _after("hi", FOUND, english) == ("hi", Evidence(found=True, others=1))
    assert _after("hi", FOUND, english, hindi, english) == ("hi", Evidence(found=True, others=1))
    assert _after("hi", FOUND, english, nothing, english) == ("en", FOUND)


def test_a_language_that_was_asked_for_stays() -> None:
    """However the caller speaks."""
    assert _after("hi", ASKED, *[Tongue("en", 1.0)] * 5) == ("hi", ASKED)
