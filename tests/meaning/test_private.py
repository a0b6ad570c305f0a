"""Where a text tells a person's name or an address: what the masking and the claims both look at."""

import pytest

from npcl_voice.meaning.private import is_house, is_known_name, words_of


@pytest.mark.parametrize(
    ("text", "house"),
    [
        ("house 108", True),
        ("house number is 108", True),
        ("मकान नंबर 40", True),
        ("the house has 2", False),
        ("108", False),
        ("number 108", False),
    ],
)
def test_a_number_right_behind_a_word_for_a_house(text: str, house: bool) -> None:
    """With nothing between them but links."""
    words = words_of(text)
    assert is_house(words, len(words) - 1) is house


@pytest.mark.parametrize(("text", "known"), [("nidhi", True), ("निधि", True), ("सिंह", True), ("house", False)])
def test_a_name_that_is_known_by_itself(text: str, known: bool) -> None:
    """In either script."""
    assert is_known_name(words_of(text)[0]) is known
