"""The names that are known: how they are written, and what they are in the other script."""

import pytest

from npcl_voice.domain.names import same_word
from npcl_voice.meaning.names import COMMON_WORDS, FAMILY_NAMES, GIVEN_NAMES, PERSONS_NAMES, in_latin
from npcl_voice.meaning.private import Word, is_known_name
from npcl_voice.meaning.script import fold, has_devanagari, romanised


def test_each_name_stands_once_and_in_both_scripts():
    """A given name is no family's; what is said around a name is none."""
    assert not GIVEN_NAMES.keys() & FAMILY_NAMES.keys()
    assert GIVEN_NAMES.keys() | FAMILY_NAMES.keys() == PERSONS_NAMES
    for name, signs in {**GIVEN_NAMES, **FAMILY_NAMES}.items():
        assert name.isascii()
        assert name.isalpha()
        assert name == name.lower()
        assert has_devanagari(signs)
        assert len(signs.split()) == 1
        assert name not in COMMON_WORDS


@pytest.mark.parametrize("names", [GIVEN_NAMES, FAMILY_NAMES])
def test_a_name_in_devanagari_is_the_name_on_the_bill(names):
    """Of two spellings either fits the other, but for what is short for another, or ends otherwise."""
    other = {name for name, signs in names.items() if not same_word(in_latin(signs), name)}
    assert other <= {"mohd", "srivastav"}


def test_a_name_in_devanagari_is_known():
    """By itself, like one in Latin letters; not those that are too short, or sound like other words."""
    names = {**GIVEN_NAMES, **FAMILY_NAMES}
    long = {name for name, signs in names.items() if len(fold(romanised(signs))) >= 4}
    unknown = {name for name in long if not is_known_name(Word(names[name], 0, len(names[name])))}
    assert unknown == {"bhati", "malik", "puri", "reddy", "singhal"}
    assert len(long) > 0.85 * len(names)


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("मेरा नाम नरेंद्र अय्यर है", "meraa naam narendra iyer hai"),
        ("ज़फ़र", "zafar"),
        ("जफर", "zafar"),
        ("धीरज", "dheeraj"),
        ("Rahul जी", "Rahul jee"),
        ("no name at all", "no name at all"),
        ("", ""),
    ],
)
def test_a_text_in_latin_letters(text, latin):
    """Known names as people write them, with and without the dot of a borrowed sound; all else by its sound."""
    assert in_latin(text) == latin
