"""Spoken numbers: every way of saying one, slips put right, and the way back into words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.meaning.numbers import (
    DIGIT_WORDS,
    TEEN_WORDS,
    TENS_WORDS,
    cardinal,
    digits_in,
    group,
    number_runs,
    read_back,
    small_number,
)

SAID = [
    # One by one.
    ("zero one two three four five six seven eight nine", "0123456789"),
    ("my number is nine eight seven", "987"),
    ("Nine, EIGHT - seven.", "987"),
    ("one oh two", "102"),
    ("o five four", "054"),
    ("nought naught one", "001"),
    ("five oh", "50"),
    # The letter alone is no zero.
    ("oh", ""),
    ("oh oh", ""),
    ("oh my complaint", ""),
    ("double oh", "00"),
    ("oh zero", "00"),
    # Doubled.
    ("double four", "44"),
    ("triple nine double oh", "99900"),
    ("treble one", "111"),
    ("double-four", "44"),
    ("double 4", "44"),
    ("triple 45", "4445"),
    ("double forty", "4040"),
    ("double forty five", "4545"),
    ("double", ""),
    ("double, four", "4"),
    ("double double four", "44"),
    ("nine eight double hundred seven", "987"),
    ("double triple ten", "101010"),
    ("triple-double 45", "445"),
    ("double, triple ten", "101010"),
    ("one double triple", "1"),
    ("double light", ""),
    # Pairs as tens.
    ("ninety four forty four", "9444"),
    ("ninety-four", "94"),
    ("twenty", "20"),
    ("twenty, four", "204"),
    ("twenty zero", "200"),
    ("twenty eleven", "2011"),
    ("ten nineteen", "1019"),
    ("fourty ninty", "4090"),
    ("sixty two, eight forty", "62840"),
    # Hundreds and thousands.
    ("two hundred", "200"),
    ("two hundred and four", "204"),
    ("two hundred forty two", "242"),
    ("two hundred and", "200"),
    ("two hundred and light", "200"),
    ("twelve hundred five", "1205"),
    ("one thousand", "1000"),
    ("one thousand two hundred four", "1204"),
    ("three thousand five", "3005"),
    ("three thousand and", "3000"),
    ("five thousand hundred", "5000"),
    ("two two hundred", "2200"),
    ("one hundred one hundred", "100100"),
    ("one thousand one thousand", "10001000"),
    ("two thousand three hundred thousand", "2300"),
    ("zero hundred five", "05"),
    ("five thousand thousand", "5000"),
    ("nine hundred thousand two", "9002"),
    ("one hundred and two thousand", "1002000"),
    ("hundred", ""),
    ("double two hundred", "200200"),
    # Figures, in any script and grouping.
    ("000054324", "000054324"),
    ("000-054 321", "000054321"),
    ("0000.54321", "000054321"),
    ("+91 98765 43210", "919876543210"),
    ("०००५४", "00054"),
    ("B-204", "204"),
    ("16b", "16"),
    ("flat204", "204"),
    ("nine 8 double 7", "9877"),
    # What is no number.
    ("", ""),
    ("light is gone", ""),
    ("since 9:30", ""),
    ("at 21:05", ""),
    ("24:00", "2400"),
    ("1:2", "12"),
    ("12:345", "12345"),
    ("1:23:45", "12345"),
    ("2026-11-22T10:30:00+05:30", ""),
    ("2026-11-22t10:30z", ""),
    ("2026-11-22T10:30:00.123456Z", ""),
    ("2026-11-22", "20261122"),
    ("the 2nd floor and the 11th", ""),
    ("100th", "100"),
    ("one minute", ""),
    ("for two hours", ""),
    ("twenty four days", ""),
    ("9 pm", ""),
    ("five o'clock", ""),
    ("five o’clock", ""),
    ("500 days", "500"),
    ("five hundred days", "500"),
    ("one moment nine eight", "98"),
    # Fillers.
    ("nine and eight then um seven after that six", "9876"),
    ("it is nine, okay, eight", "98"),
    # Slips put right.
    ("four, I mean seven", "7"),
    ("one two three four I mean seven", "1237"),
    ("no, seven", "7"),
    ("no no seven", "7"),
    ("one two no no three", "13"),
    ("one two three four, sorry, five six", "1256"),
    ("zero five, actually it is zero zero zero five", "0005"),
    ("one two, no, three four", "34"),
    ("one two three no four no five", "125"),
    ("ninety four rather ninety five", "95"),
    ("one correction two", "2"),
    ("one two no", "12"),
    ("one nope two instead three oops four", "4"),
    # Several numbers are joined.
    ("house 12 complaint 345", "12345"),
]


@pytest.mark.parametrize(("text", "digits"), SAID)
def test_a_number_is_read_however_it_is_said(text: str, digits: str) -> None:
    """All digits of the text, in order."""
    assert digits_in(text) == digits


@pytest.mark.parametrize(
    ("text", "lengths", "digits"),
    [
        ("zero five four i mean five five", (3,), "055"),
        ("one two three i mean five six seven", (3,), "567"),
        ("one two three four i mean five six", (5,), "12356"),
        ("one two three four i mean five six", (2,), "56"),
        ("one two three four i mean five six", (9,), "1256"),
        ("one two three four i mean five six", (4, 5), "1256"),
        ("one two no three four five no six", (4,), "1346"),
        ("one two no three four five no six", (), "346"),
    ],
)
def test_the_expected_length_decides_what_a_correction_replaced(
    text: str, lengths: tuple[int, ...], digits: str
) -> None:
    """As many digits as it brings, one, or all: the reading that fits is taken."""
    assert digits_in(text, lengths) == digits


def test_runs_tell_where_a_number_stands_and_what_was_taken_back() -> None:
    """The masking covers digits that were taken back, too."""
    text = "call double nine, I mean 8 at house twenty four"
    first, second = number_runs(text)
    assert (text[first.start : first.end], first.said, first.digits()) == ("double nine, I mean 8", "998", "98")
    assert first.kept() == [0, 2]
    assert (text[second.start : second.end], second.said, second.digits()) == ("twenty four", "24", "24")
    nine, eight = first.units
    assert (nine.digits, nine.form, nine.times, nine.stem, nine.start) == ("99", "digit", 2, 12, 5)
    assert (eight.digits, eight.form, eight.times, eight.stem, eight.start) == ("8", "numeral", 1, 25, 25)
    assert second.units[0].form == "words"
    assert first.stretches == (0, 1)
    assert [unit.letter for unit in number_runs("oh five zero")[0].units] == [True, False, False]


@given(st.text(alphabet="0123456789", max_size=24))
def test_reading_back_and_hearing_is_the_same_number(digits: str) -> None:
    """What is read to the caller is the number."""
    assert digits_in(read_back(digits)) == digits
    assert "".join(group(digits)) == digits


@given(st.lists(st.tuples(st.integers(0, 99), st.sampled_from(["", "double", "triple"])), min_size=1, max_size=8))
def test_mixed_dictation_is_the_digits_that_were_meant(parts: list[tuple[int, str]]) -> None:
    """Tens, doubles and single digits in any order, commas between them."""
    said, meant = [], []
    for number, times in parts:
        said.append(f"{times} {cardinal(number)}".strip())
        meant.append(str(number) * {"": 1, "double": 2, "triple": 3}[times])
    assert digits_in(", ".join(said)) == "".join(meant)


@given(st.text(max_size=200))
def test_any_text_gives_digits_only(text: str) -> None:
    """Nothing a caller types breaks the reading."""
    digits = digits_in(text)
    assert digits == "" or (digits.isascii() and digits.isdigit())


@pytest.mark.parametrize(
    ("digits", "groups"),
    [
        ("", ()),
        ("5", ("5",)),
        ("1234", ("1234",)),
        ("12345", ("123", "45")),
        ("123456", ("123", "456")),
        ("1234567", ("123", "4567")),
        ("12345678", ("123", "456", "78")),
        ("000054321", ("000", "054", "321")),
        ("2990417365", ("2990", "417", "365")),
        ("5990417365", ("5990", "417", "365")),
        ("6999041736", ("69990", "41736")),
        ("9999041736", ("99990", "41736")),
        ("01206226666", ("012", "062", "266", "66")),
        ("919876543210", ("919", "876", "543", "210")),
    ],
)
def test_numbers_are_grouped_as_they_are_spoken(digits: str, groups: tuple[str, ...]) -> None:
    """Nine 3-3-3, ten 4-3-3, a mobile number 5-5, others in threes."""
    assert group(digits) == groups


def test_a_number_is_read_in_words_with_a_comma_for_a_pause() -> None:
    """The reference reading of a complaint number."""
    assert read_back("000054321") == "zero zero zero, zero five four, three two one"
    assert read_back("") == ""


@pytest.mark.parametrize("text", ["12a", "१२", "-1", " ", "²"])
def test_only_digits_can_be_read_back(text: str) -> None:
    """Anything else is a mistake of the one who asks."""
    for reading in (group, read_back, small_number):
        with pytest.raises(ValueError, match="only digits can be grouped"):
            reading(text)


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("5", "five"),
        ("12", "twelve"),
        ("42", "forty two"),
        ("90", "ninety"),
        ("0", "zero"),
        ("07", "zero seven"),
        ("204", "two zero four"),
        ("1204", "one two zero four"),
        ("", ""),
        ("12345", "one two three four five"),
    ],
)
def test_house_numbers_are_said_as_people_say_them(digits: str, words: str) -> None:
    """Up to 99 as a number, longer ones digit by digit."""
    assert small_number(digits) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (9, "nine"),
        (10, "ten"),
        (19, "nineteen"),
        (20, "twenty"),
        (21, "twenty one"),
        (99, "ninety nine"),
        (100, "one hundred"),
        (999, "nine hundred ninety nine"),
        (1000, "one thousand"),
        (1001, "one thousand one"),
        (99_999, "ninety nine thousand nine hundred ninety nine"),
        (100_000, "one lakh"),
        (123_456, "one lakh twenty three thousand four hundred fifty six"),
        (10_000_000, "one crore"),
        (
            12_345_678_901,
            "one thousand two hundred thirty four crore fifty six lakh seventy eight thousand nine hundred one",
        ),
        (-5, "minus five"),
    ],
)
def test_whole_numbers_are_counted_the_indian_way(number: int, words: str) -> None:
    """Thousand, lakh, crore."""
    assert cardinal(number) == words


def test_the_words_of_numbers_are_complete() -> None:
    """Other parts count on them."""
    assert [cardinal(number) for number in range(10)] == list(DIGIT_WORDS)
    assert [cardinal(number) for number in range(10, 20)] == list(TEEN_WORDS)
    assert [cardinal(number) for number in range(20, 100, 10)] == list(TENS_WORDS)
