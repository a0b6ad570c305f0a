"""Telephone numbers, however they are given."""

import pytest

from npcl_voice.domain.telephones import forms_of, local_number


@pytest.mark.parametrize(
    "given", ["9812345601", "09812345601", "919812345601", "+91 98123 45601", "0091-98123-45601", "(98123) 45.601"]
)
def test_a_mobile_number_is_its_ten_digits(given: str) -> None:
    """With or without the country's code, and as people write it."""
    assert local_number(given) == "9812345601"
    assert set(forms_of(given)) == {"9812345601", "09812345601", "919812345601", "+919812345601", "00919812345601"}


@pytest.mark.parametrize(("given", "local"), [("0120-6226666", "01206226666"), ("+44 20 7946 0000", "442079460000")])
def test_another_number_stays_as_it_is(given: str, local: str) -> None:
    """A landline, another country's, and what is no number at all."""
    assert local_number(given) == local
    assert forms_of(given) == (local, f"+{local}")


def test_what_only_ends_like_a_mobile_number_is_none() -> None:
    """Eleven digits of which the last ten could be one are another number."""
    assert local_number("19812345601") == "19812345601"
    assert local_number("") == ""
