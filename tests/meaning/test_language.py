"""Which language is spoken: of a sentence, and of a call."""

import pytest

from npcl_voice.meaning.language import LanguageTracker, Tongue, tongue_of


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("there is no light in my house", "en", True),
        ("light nahi aa rahi hai", "hi", True),
        ("लाइट नहीं आ रही है", "hi", True),
        ("light नहीं aa rahi", "hi", True),
        ("complaint ka status bataiye", "hi", True),
        ("please tell me the status bhaiya", "en", True),
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


def test_the_first_sentence_that_shows_a_language_decides() -> None:
    """A sentence that shows none changes nothing."""
    begun = LanguageTracker("en")
    assert begun.heard("en", 0.0) == begun
    assert begun.heard("hi", 0.4) == begun
    assert begun.heard(None, 1.0) == begun
    assert begun.heard("ta", 1.0) == begun
    assert begun.heard("hi", 0.5) == LanguageTracker("hi", found=True)
    assert begun.heard("en", 0.5) == LanguageTracker("en", found=True)


def test_two_sentences_in_the_other_language_change_it() -> None:
    """One does not, and neither do two with one of ours between them; what shows nothing does not come between."""
    call = LanguageTracker("hi", found=True).heard("en", 1.0)
    assert call.language == "hi"
    assert call.heard("hi", 1.0).heard("en", 1.0).language == "hi"
    assert call.heard("hi", 0.0).heard("en", 1.0) == LanguageTracker("en", found=True)


def test_it_changes_at_once_when_it_is_asked_for() -> None:
    """And stays until another is asked for, however the caller speaks."""
    call = LanguageTracker("en").heard("en", 1.0, wanted="hi")
    assert call == LanguageTracker("hi", found=True, asked=True)
    for _ in range(5):
        call = call.heard("en", 1.0)
    assert call.language == "hi"
    assert call.heard("hi", 1.0, wanted="en").language == "en"
    assert call.heard("hi", 1.0, wanted="ta").language == "hi"
