"""Patterns put together: parts, all of several and none of others, and words in one spelling."""

import re

import pytest

from npcl_voice.meaning.patterns import Reader, undotted
from npcl_voice.meaning.script import folded

PLAIN = Reader({"thing": ("light", "fan"), "broken": ("broken <thing>",)}, {})
HINDI = Reader({"no": ("nahi",)}, {"light": "lite लाइट", "gayi": "gai गई"}, folds=True)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("<broken>", "a broken fan", True),
        ("<broken>", "a broken fans", False),
        ("one|two", "two", True),
        ("fan & light", "light and fan", True),
        ("fan & light", "light alone", False),
        ("<thing> - broken", "the light", True),
        ("<thing> - broken", "the broken light", False),
        ("fan & light - no|never", "fan light never", False),
        ("fan & light - no|never", "nothing of fan and light", True),
    ],
)
def test_a_pattern_may_ask_for_several_things_and_against_others(pattern: str, text: str, fits: bool) -> None:
    """In any order, whole words only."""
    assert bool(PLAIN.one_of((pattern,)).search(text)) is fits


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("light <no> aaya", "लाइट नहीं आया", True),
        ("lite gai", "light gayi", True),
        ("nikal\\w* hai", "nikalta hai", True),
        ("nikal\\w* hai", "niklo hai", True),
        ("nikal\\w* hai", "nikas hai", False),
        ("(?<!aa )gayi", "gayi", True),
    ],
)
def test_words_are_compared_folded_where_the_file_says_so(pattern: str, text: str, fits: bool) -> None:
    """The beginning of a word as well, in both forms that folding may give it."""
    plain = " ".join(HINDI.spellings.get(word, word) for word in folded(text))
    assert bool(HINDI.one_of((pattern,)).search(plain)) is fits


def test_tables_and_words_are_read() -> None:
    """By name, and as a set."""
    assert PLAIN.table({"a": ("x", "y")})["a"].search("y")
    assert PLAIN.words("one two one") == {"one", "two"}
    assert HINDI.words("lite nahin") == {"ligt", "nahi"}


@pytest.mark.parametrize(("pattern", "error"), [("<other>", KeyError), ("(x", re.error)])
def test_what_cannot_be_read_is_an_error(pattern: str, error: type[Exception]) -> None:
    """An unknown part, a pattern that is none."""
    with pytest.raises(error):
        PLAIN.one_of((pattern,))


def test_dots_below_d_are_left_out() -> None:
    """Of decomposed letters."""
    assert undotted("\u0921\u093c\u0922\u093c\u0915\u093c") == "\u0921\u0922\u0915\u093c"
