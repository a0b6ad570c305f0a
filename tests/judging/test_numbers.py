"""Spoken numbers against the set that was written without knowing the program."""

import pytest

from tests.judging.judge_numbers import HALVES, said_wrong, score, values

LEAST = 0.97
"""The share of spoken numbers that must be read exactly."""


@pytest.mark.parametrize("half", HALVES)
def test_spoken_numbers_are_read_exactly(half: str) -> None:
    """In all scripts and forms."""
    right, total = score(half)
    assert right["all"] >= LEAST * total["all"]


def test_values_are_read_aloud_as_people_say_them() -> None:
    """Every one."""
    assert [value for value in values() if said_wrong(value) is not None] == []
