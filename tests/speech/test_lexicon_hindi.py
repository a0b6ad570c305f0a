"""How Hindi is spelled for a recogniser that learned English."""

import pytest

from npcl_voice.speech.local.lexicon_hindi import hindi_dictionary, ways_to_say


@pytest.mark.parametrize(
    ("word", "way"),
    [
        ("बिजली", "B IH JH L IY"),
        ("खतरा", "K AH T R AA"),
        ("खतरा", "K AH TH R AA"),
        ("धमाका", "D AH M AA K AA"),
        ("ज़मीन", "Z AH M IY N"),
        ("ज़मीन", "JH AH M IY N"),
        ("लड़का", "L AH R K AA"),
        ("सड़क", "S AH D AH K"),
        ("वापस", "W AA P AH S"),
        ("फिर", "P IH R"),
        ("कहना", "K EH HH N AA"),
        ("जगह", "JH AH G AH"),
        ("माँ", "M AA"),
        ("परसों", "P AH R S OW N"),
        ("गंगा", "G AH NG G AA"),
        ("गाइड", "G AY D"),
        ("साउथ", "S AW T"),
        ("शटर", "SH AH T ER"),
        ("डॉक्टर", "D AO K T ER"),
        ("कोचिंग", "K OW CH IH NG"),
        ("बच्चा", "B AH CH AA"),
        ("ऋण", "R IY N"),
        ("औरत", "AO R AH T"),
        ("नहीं", "N AH IY"),
        ("ट्रांसफार्मर", "T R AE N S F AA R M ER"),
    ],
)
def test_a_word_is_spelled_as_it_is_said(word: str, way: str) -> None:
    """By rule: no breath, no dentals, unwritten vowels only where they are said; in our own file what rules miss."""
    assert way in ways_to_say(word)


def test_a_word_has_eight_ways_at_most() -> None:
    """And each word of the dictionary's file has all of its own, numbered."""
    assert len(ways_to_say("ट्रांसफार्मर")) <= 8
    lines = hindi_dictionary(["तक", "अब"]).splitlines()
    assert lines == ["अब AH B", "तक T AH K", "तक(2) TH AH K"]


def test_what_is_no_letter_is_no_sound() -> None:
    """A dot that turns nothing into anything, a stop, the sign of a breath."""
    assert ways_to_say("म़न") == ways_to_say("मन")
    assert ways_to_say("दुःख") == ways_to_say("दुख")
