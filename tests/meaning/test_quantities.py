"""Values and sums of money, as they are spoken."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.meaning.numbers import cardinal, hindi_cardinal
from npcl_voice.meaning.quantities import amounts_in, digit_sense, sum_at, value_at
from npcl_voice.meaning.tokens import tokens_of


@pytest.mark.parametrize(
    ("text", "value", "tokens"),
    [
        ("2,345.50", "2345.5", 1),
        ("seven", "7", 1),
        ("twenty one", "21", 2),
        ("twenty eleven", "20", 1),
        ("two hundred", "200", 2),
        ("a hundred", None, 0),
        ("two thousand three hundred and forty five", "2345", 7),
        ("twelve hundred and thirty four", "1234", 5),
        ("three hundred and forty five thousand", "345000", 6),
        ("three hundred two hundred", "300", 2),
        ("two lakh fifty thousand", "250000", 4),
        ("one thousand two thousand", "1000", 2),
        ("one and a half", "1.5", 4),
        ("two hundred and a half", "200.5", 5),
        ("barah sau chauntis", "1234", 3),
        ("sau", "100", 1),
        ("saadhe teen hazaar", "3500", 3),
        ("saadhe teen hazaar pachas", "3550", 4),
        ("saadhe teen", "3.5", 2),
        ("saadhe", "1.5", 1),
        ("sava sau", "125", 2),
        ("paune do sau", "175", 3),
        ("dhai hazaar", "2500", 2),
        ("dedh sau", "150", 2),
        ("डेढ़ लाख", "150000", 2),
        ("do hazaar saadhe teen sau", "2350", 5),
        ("do hazaar saadhe", "2001.5", 3),
        ("दो हज़ार आठ सौ सत्तर", "2870", 5),
        ("rupees", None, 0),
        ("", None, 0),
    ],
)
def test_values(text, value, tokens):
    """How much is named, and by how many words."""
    found = value_at(tokens_of(text), 0)
    assert found == (None if value is None else (Fraction(value), tokens))


def test_one_of_a_scale():
    """`a hundred` is one of them; in Hindi a scale alone is."""
    assert value_at(tokens_of("a hundred rupees"), 1) == (Fraction(100), 1)
    assert value_at(tokens_of("the hundred rupees"), 1) is None


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("Rs. 1,234.50 is due", ["1234.5"]),
        ("₹ 500", ["500"]),
        ("500 rupees and 50 paise, and 20 rupees", ["500.5", "20"]),
        ("twelve hundred rupees, fifty paise", ["1200.5"]),
        ("fifty paise", ["0.5"]),
        ("rupees 400/- only", ["400"]),
        ("400/-", ["400"]),
        ("one two three four rupees and five zero paise", ["1234.5"]),
        ("बारह सौ चौंतीस रुपये पचास पैसे", ["1234.5"]),
        ("dedh sau rupaye roz", ["150"]),
        ("my number is 1234", []),
        ("rupees", []),
    ],
)
def test_sums(text, sums):
    """With their currency before or behind them, and paise."""
    assert [amount.rupees for amount in amounts_in(tokens_of(text))] == [Fraction(one) for one in sums]


def test_which_tokens_name_a_sum():
    """From the first to the currency."""
    (amount,) = amounts_in(tokens_of("you owe two hundred rupees now"))
    assert (amount.start, amount.end) == (2, 5)


def test_what_a_word_is_in_a_number():
    """Only words are."""
    five, figure = tokens_of("five 5")
    assert digit_sense(five) is not None
    assert digit_sense(figure) is None


@given(st.integers(min_value=1, max_value=9_999_999))
def test_a_value_is_read_as_it_is_written_out(value):
    """In English and in Hindi."""
    for text in (cardinal(value), hindi_cardinal(value)):
        tokens = tokens_of(text)
        found = value_at(tokens, 0)
        assert found is not None
        assert found[0] == value


@pytest.mark.parametrize(
    ("text", "value", "tokens"),
    [
        ("one fifty", "150", 2),
        ("two thirty six", "236", 3),
        ("thirteen oh five", "1305", 3),
        ("thirteen zero five", "1305", 3),
        ("twelve ninety", "1290", 2),
        ("one two three four", "1234", 4),
        ("thirteen hundred", "1300", 2),
        ("one fifty seven thousand", "1", 1),
        ("13 50", "13", 1),
        ("thirteen 50", "13", 1),
        ("five", "5", 1),
    ],
)
def test_sums_whose_hundreds_are_left_out(text, value, tokens):
    """As sums are read aloud; figures are written whole."""
    assert sum_at(tokens_of(text), 0) == (Fraction(value), tokens)


def test_a_hundred_and_more():
    """With its article, and what follows."""
    assert value_at(tokens_of("a hundred and fifty rupees"), 1) == (150, 3)
    assert value_at(tokens_of("a hundred"), 1) == (100, 1)
