"""A number dictated over several turns: pauses, corrections, and the keypad at any moment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.meaning.dictation import Dictation, Progress, put_right
from npcl_voice.meaning.numbers import cardinal, read_back

CONSUMER = Dictation.of("consumer_number")
NUMBER = "2990417365"


def after(*pieces: str, start: Dictation = CONSUMER) -> Dictation:
    """The dictation after some pieces; `#` begins what is keyed."""
    for piece in pieces:
        start = start.keyed(piece[1:]) if piece.startswith("#") else start.told(piece)
    return start


WHOLE = [
    (("two nine nine zero four one seven three six five",), "spoken"),
    (("two nine nine zero", "four one seven", "three six five"), "spoken"),
    (("do nau nau zero", "haan", "char ek saat", "teen chhah paanch"), "spoken"),
    (("दो नौ नौ शून्य", "four one seven", "तीन छह पाँच"), "spoken"),
    (("#2990417365",), "keyed"),
    (("#299", "#0417365"), "keyed"),
    (("two nine nine", "#0417365"), "mixed"),
    (("#29904", "one seven three six five"), "mixed"),
    (("two nine", "#904", "one seven", "#365"), "mixed"),
    # Anew.
    (("two nine nine zero", "#2990417365"), "keyed"),
    (("#2990", "two nine nine zero four one seven three six five"), "spoken"),
    (("nine nine", "#2990417365"), "keyed"),
    (("nine nine eight", "two nine nine zero four one seven three six five"), "spoken"),
    (("two nine eight", "start again, two nine nine zero", "four one seven three six five"), "spoken"),
    (("two nine eight", "phir se", "dobara: do nau nau zero", "four one seven three six five"), "spoken"),
    # Put right in the next turn.
    (("two nine nine zero four one eight", "sorry, seven", "three six five"), "spoken"),
    (("two nine nine zero", "four one eight", "nahi, four one seven", "three six five"), "spoken"),
    (("two nine nine zero", "four one eight", "no no", "four one seven three six five"), "spoken"),
    (("two nine nine zero four one seven three six four", "no, five"), "spoken"),
    (("do", "nau nau zero four one seven three six five"), "spoken"),
    (("two nine nine", "zero", "for one seven three six five"), "spoken"),
]


@pytest.mark.parametrize(("pieces", "source"), WHOLE)
def test_a_number_comes_together(pieces: tuple[str, ...], source: str) -> None:
    """Whatever the pieces; half spoken and half keyed is mixed, and has to be read back."""
    got = after(*pieces)
    assert (got.digits, got.progress, got.source) == (NUMBER, Progress.WHOLE, source)


@pytest.mark.parametrize(
    ("pieces", "digits", "progress"),
    [
        ((), "", Progress.NOTHING),
        (("light nahi hai",), "", Progress.NOTHING),
        (("no",), "", Progress.NOTHING),
        (("oh",), "", Progress.NOTHING),
        (("two nine nine",), "299", Progress.HALF),
        (("two nine nine", "one minute"), "299", Progress.HALF),
        (("two nine nine", "oh"), "299", Progress.HALF),
        (("two nine nine", "ek complaint karni hai"), "299", Progress.HALF),
        (("two nine nine", "it is not there"), "299", Progress.HALF),
        (("two nine nine", "zero four", "nahi nahi"), "299", Progress.HALF),
        (("two nine nine", "zero four", "nahi nahi", "galat"), "", Progress.NOTHING),
        (("two nine nine", "do"), "2992", Progress.HALF),
        (("seven nine nine zero four one seven three six five",), "7990417365", Progress.MISSHAPEN),
        (("#79904", "#17365"), "7990417365", Progress.MISSHAPEN),
        (("two nine nine zero four one seven three six five eight",), "29904173658", Progress.TOO_LONG),
        (("two nine nine zero", "#04173659"), "299004173659", Progress.TOO_LONG),
    ],
)
def test_how_far_a_dictation_has_come(pieces: tuple[str, ...], digits: str, progress: Progress) -> None:
    """Nothing, half, too long, or not what such a number looks like."""
    got = after(*pieces)
    assert (got.digits, got.progress) == (digits, progress)


def test_a_mobile_number_comes_without_what_is_dialled_first() -> None:
    """Spoken or keyed, in one piece or two."""
    phone = Dictation.of("phone")
    for pieces in (("plus nine one", "six nine nine nine zero four one seven three six"), ("#06999041736",)):
        assert after(*pieces, start=phone).digits == "6999041736"
    assert after("#91", "#6999041736", start=phone).digits == "6999041736"


def test_with_several_lengths_pieces_go_on_where_they_can() -> None:
    """A code of four or six digits; a number that begins as what was there is said anew."""
    code = Dictation.of("otp")
    assert after("four eight", "two one five two", start=code).digits == "482152"
    assert after("four eight", "#2152", start=code).digits == "482152"
    assert after("#48", "#4821", start=code).digits == "4821"
    assert after("#48215", start=code).progress is Progress.HALF


def test_a_number_of_another_kind_has_only_a_length() -> None:
    """Whatever it begins with."""
    other = Dictation("account", (5,))
    assert after("seven nine", "#123", start=other).progress is Progress.WHOLE


def test_what_was_typed_counts_as_such() -> None:
    """Beside what was said it is mixed."""
    assert CONSUMER.told("2990", "typed").told("417365", "typed").source == "typed"
    assert CONSUMER.told("two nine nine zero").told("417365", "typed").source == "mixed"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("no, the last digit is six", "2990417366"),
        ("nahi, aakhri do chhah chhah", "2990417366"),
        ("seven nahi, eight", "2990418365"),
        ("not seven, eight", "2990418365"),
        ("no, four one eight", "2990418365"),
        ("no it is two nine eight zero", "2980417365"),
        ("eight, seven nahi", "2990418365"),
        ("eight, not seven", "2990418365"),
        # One cannot tell.
        ("no", ""),
        ("that is wrong", ""),
        ("no, nine nahi eight", ""),
        ("no, five two one", ""),
        ("no, eight one", ""),
        ("forty one no five", ""),
    ],
)
def test_a_number_that_was_read_back_is_put_right(text: str, number: str) -> None:
    """Where it is plain which digit is meant; else it is asked for again."""
    assert put_right(NUMBER, text, "consumer_number", (10,)) == number


@pytest.mark.parametrize("text", ["not 34, 143", "34 nahi, 143", "143 hai, 34 nahi"])
def test_a_whole_number_that_was_another(text: str) -> None:
    """Of any length that there is."""
    assert put_right("34", text, "house", (1, 2, 3)) == "143"
    assert put_right("34", text, "house", (1, 2)) == ""


def test_the_end_of_a_number_of_any_length() -> None:
    """As many digits stay before it as there were."""
    assert put_right("512", "no the last two digits are one three", "house", (1, 2, 3, 4)) == "513"


SPOKEN = st.sampled_from(["en", "hi", "english", "cardinal"])


@given(
    st.from_regex(r"2[0-9]{9}", fullmatch=True),
    st.lists(st.integers(1, 9), max_size=3, unique=True),
    st.lists(st.tuples(st.booleans(), SPOKEN), min_size=4, max_size=4),
)
def test_any_cut_of_any_number_in_any_mix_comes_together(
    number: str, cuts: list[int], ways: list[tuple[bool, str]]
) -> None:
    """Cut anywhere, each piece spoken in some language or keyed."""
    ends = [0, *sorted(cuts), len(number)]
    got = CONSUMER
    for start, end, (keyed, way) in zip(ends, ends[1:], ways, strict=False):
        piece = number[start:end]
        match way:
            case "en":
                said = read_back(piece)
            case "hi":
                said = read_back(piece, "hi")
            case "english":
                said = read_back(piece, "hi", english_digits=True)
            case _:
                said = ", ".join(cardinal(int(digit)) for digit in piece)
        got = got.keyed(piece) if keyed else got.told(said)
    assert got.digits == number
    assert got.progress is Progress.WHOLE


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_pieces_give_digits_only(pieces: list[str]) -> None:
    """Nothing a caller says breaks it."""
    got = CONSUMER
    for piece in pieces:
        got = got.told(piece)
    assert got.digits == "" or (got.digits.isascii() and got.digits.isdigit())
