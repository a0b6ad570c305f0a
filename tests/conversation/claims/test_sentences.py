"""Where sentences end while their words still come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.conversation.claims import Sentence, Sentences
from npcl_voice.conversation.claims.sentences import sentences_of


def fed(*pieces: str) -> list[list[str]]:
    """What becomes whole with each piece, and at the end."""
    text = Sentences()
    found = [[sentence.text for sentence in text.feed(piece)] for piece in pieces]
    return [*found, [sentence.text for sentence in text.end()]]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Here. There! Where? Then", ["Here.", "There!", "Where?", "Then"]),
        ("पहला। दूसरा॥ तीसरा", ["पहला।", "दूसरा॥", "तीसरा"]),
        ("First line\nsecond line\n", ["First line", "second line"]),
        ("Pay Rs. 500 to Mr. Rao.", ["Pay Rs. 500 to Mr. Rao."]),
        ("It is 1.5 kW. Good.", ["It is 1.5 kW.", "Good."]),
        ("By 9 p.m. tonight. Yes.", ["By 9 p.m. tonight.", "Yes."]),
        ("By 9 p.m. We call.", ["By 9 p.m.", "We call."]),
        ("Zero zero five. Four three two four. Note it.", ["Zero zero five. Four three two four.", "Note it."]),
        ("The number is 54. 324 is its end.", ["The number is 54. 324 is its end."]),
        ('He said "go." Then', ['He said "go."', "Then"]),
        ("Wait... Now.", ["Wait...", "Now."]),
        ("Number 5. Thanks.", ["Number 5.", "Thanks."]),
        ("...", ["..."]),
        ("  \n ", []),
        ("", []),
    ],
)
def test_sentences_of_a_text(text, sentences):
    """A full stop within a number or behind a short form ends none."""
    assert [sentence.text for sentence in sentences_of(text)] == sentences


def test_a_sentence_is_told_as_soon_as_it_is_whole():
    """Behind a digit the next word is waited for, for the number may go on."""
    assert fed("Hello", " there.", " I am") == [[], ["Hello there."], [], ["I am"]]
    assert fed("It is five.", " F", "our", " two. Bye.") == [[], [], [], ["It is five. Four two.", "Bye."], []]
    assert fed("It is five.", " Good ", "bye.") == [[], ["It is five."], ["Good bye."], []]
    assert fed("It is five.") == [[], ["It is five."]]


def test_where_it_stands():
    """Blanks before it are not counted as its own."""
    text = Sentences()
    assert text.feed("Yes.  Now") == [Sentence("Yes.", 0)]
    assert (text.rest, text.letters) == (Sentence("Now", 6), 9)
    assert text.end() == [Sentence("Now", 6)]
    assert text.end() == []


@given(st.lists(st.text(alphabet="ab 5.?।\n", max_size=8), max_size=8))
def test_nothing_is_lost_however_the_words_come(pieces):
    """All letters are in some sentence, in order."""
    whole = "".join(pieces)
    found = [sentence for part in _all(pieces) for sentence in part]
    assert "".join("".join(found).split()) == "".join(whole.split())


def _all(pieces: list[str]) -> list[list[str]]:
    return fed(*pieces)
