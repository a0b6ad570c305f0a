"""Words of like sound share a code."""

import pytest

from npcl_voice.meaning.sounds import sound_of


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("alpha", "alf"),
        ("alfa", "alf"),
        ("panchsheel", "pncsl"),
        ("panchshil", "pncsl"),
        ("zeta", "st"),
        ("seta", "st"),
        ("ghar", "gr"),
        ("khan", "kn"),
        ("bharat", "brt"),
        ("dhara", "dr"),
        ("thatha", "t"),
        ("duck", "dk"),
        ("quick", "k"),
        ("xu", "ks"),
        ("west", "vst"),
        ("jeeva", "gv"),
        ("yes", "is"),
        ("hello", "hl"),
        ("aa", "a"),
        ("", ""),
        ("eta", "et"),
        ("shiva", "sv"),
        ("church", "crc"),
        ("oo", "o"),
        ("tree", "tr"),
    ],
)
def test_a_word_is_reduced_to_its_consonants(word: str, code: str) -> None:
    """The first letter stays, even a vowel."""
    assert sound_of(word) == code
