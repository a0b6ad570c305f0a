"""A number that is on no record: which of the caller's own may have been meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.domain.nearest import nearest_number

OWN = ("2990417365", "000054321")


@pytest.mark.parametrize(
    "said",
    [
        "2990417364",  # another digit
        "1990417365",
        "2990471365",  # neighbours changed places
        "9290417365",
        "299041765",  # one too few
        "990417365",
        "29904173655",  # one too many
        "22990417365",
    ],
)
def test_one_slip_is_offered(said: str) -> None:
    """As a question."""
    assert nearest_number(said, OWN) == "2990417365"


@pytest.mark.parametrize("said", ["2990417365", "2990417300", "", "9876543210", "2909417356"])
def test_nothing_else_is(said: str) -> None:
    """Neither the number itself, nor one that is further away."""
    assert nearest_number(said, OWN) is None


def test_nobody_else_s_number_is_ever_offered() -> None:
    """A caller without numbers of his own gets none; between two that are as near nobody guesses."""
    assert nearest_number("2990417364", ()) is None
    assert nearest_number("2990417364", ("2990417365", "2990417363")) is None


@given(st.text(alphabet="0123456789", min_size=9, max_size=10), st.integers(0, 8), st.sampled_from("0123456789"))
def test_any_single_slip_finds_the_number(number: str, place: int, digit: str) -> None:
    """Whatever the digit, wherever it is."""
    slips = {
        number[:place] + digit + number[place + 1 :],
        number[:place] + digit + number[place:],
        number[:place] + number[place + 1 :],
        number[:place] + number[place : place + 2][::-1] + number[place + 2 :],
    }
    assert {nearest_number(said, (number,)) for said in slips - {number}} <= {number}
