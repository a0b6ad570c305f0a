"""Consumers' numbers, and places that are not on record."""

import pytest

from npcl_voice.domain.consumers import Consumer, Premises, is_consumer_number, is_mobile_number, made_up


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2990741852", True),
        ("2000000000", True),
        ("1990741852", False),
        ("299074185", False),
        ("29907418520", False),
        ("2990741852\n", False),
        ("299074185x", False),
        ("", False),
    ],
)
def test_the_shape_of_a_consumer_number(text, is_one):
    """Ten digits, the first a 2."""
    assert is_consumer_number(text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("6000000000", True),
        ("9999999999", True),
        ("5999999999", False),
        ("999999999", False),
        ("99999999999", False),
        ("9999999999\n", False),
        ("+919999999999", False),
    ],
)
def test_the_shape_of_a_mobile_number(text, is_one):
    """Ten digits, the first 6 to 9, no country code."""
    assert is_mobile_number(text) is is_one


def test_a_consumer_is_real_unless_marked():
    """Only the demonstration is marked."""
    assert Consumer("2990741852", "Priya", "6999074185", Premises("P-1", "Alpha 1")).demo is False


def test_a_place_is_made_up_of_what_was_said():
    """The key ignores case and spaces, what is shown does not."""
    assert made_up("Alpha 2", " 12 A ") == Premises(premises_id="alpha 2/12 a", area="Alpha 2", house="12 A")
    assert made_up("ALPHA  2", "12  a").premises_id == "alpha 2/12 a"
    assert made_up("Alpha 2", "") == Premises(premises_id="alpha 2/", area="Alpha 2", house="")
