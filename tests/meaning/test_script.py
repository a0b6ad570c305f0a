"""Hindi in either script comes to one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.meaning.script import fold, folded, has_devanagari, romanised


@pytest.mark.parametrize(
    "spellings",
    [
        "नहीं nahi nahin nahee",
        "बिजली bijli bijlee bijali",
        "खंभे khambe khambhe kambay",
        "तार taar tar",
        "धुआँ धुआं dhuan dhua",
        "चिंगारी chingari chingaari",
        "झटका jhatka jatka",
        "में mein me men",
        "है hai हैं hain hay",
        "शिकायत shikayat shikaayat",
        "पाँच पांच paanch panch",
        "शून्य shunya sunya shoonya",
        "ज़्यादा ज्यादा zyada jyada",
        "इक्कीस ikkees ikkis",
        "ट्रांसफार्मर transfarmar",
        "wapas vapas वापस",
    ],
)
def test_spellings_of_one_word_come_out_alike(spellings):
    """In either script, with long or short vowels, with or without breath and nasals."""
    assert len(set(folded(spellings))) == 1


def test_words_that_differ_stay_apart():
    """What a caller must not be taken for saying: seven and sixty, fire and ahead, wire and star."""
    pairs = [("saat", "saath"), ("aag", "aage"), ("chaar", "char"), ("do", "dho")]
    assert [fold(one) == fold(other) for one, other in pairs] == [True, False, True, True]
    assert fold("gir") != fold("ghar")
    assert fold("jal") != fold("jaldi")


def test_what_is_latin_is_left_as_it_is():
    """Only Devanagari is put into other letters; its figures and stops too."""
    assert romanised("Sector 16, फेज़ २।") == "Sector 16, phez 2. "
    assert romanised("आग। तार॥ ऽ") == "aag.  taar.  "
    assert not has_devanagari("Sector 16")
    assert has_devanagari("Sector १६")


@given(st.text(max_size=60))
def test_any_text_can_be_folded(text):
    """No letter of any script breaks it, and nothing of Devanagari is left."""
    assert not has_devanagari(romanised(text))
    assert all(word == word.lower() for word in folded(text))
