"""Danger as sentences tell of it that were written by somebody who had not seen the search for it.

What fails here shows lines of the open half only; of the sealed one, nothing but how many.
"""

import pytest

from tests.judging.judge_hazards import HALVES, PRACTICE, failures, judged, report, share

MOST_MISSED = {"open": 0, "sealed": 2}
MOST_FALSE_ALARMS_PERCENT = {"open": 0, "sealed": 3}
MOST_WRONG_IN_PRACTICE = 6
"""What was reached; the aim is none missed, and two in a hundred."""


def told(half: str) -> str:
    """What may be shown of a half."""
    return "\n".join((report(half), *(failures() if half == "open" else ())))


@pytest.mark.parametrize("half", HALVES)
def test_every_danger_to_life_is_found(half: str) -> None:
    """In either script, with or without noise, as often as was reached."""
    right, of = share([line for line in judged(half) if line.group == "P0"])
    assert of >= 150
    missed = of - right
    assert missed <= MOST_MISSED[half], told(half)


@pytest.mark.parametrize("half", HALVES)
def test_false_alarms_are_few(half: str) -> None:
    """A false alarm costs less than a miss, but not nothing."""
    right, of = share([line for line in judged(half) if line.group == "ordinary"])
    assert of >= 250
    percent = 100 * (of - right) / of
    assert percent <= MOST_FALSE_ALARMS_PERCENT[half], told(half)


def test_what_was_practised_stays_learnt() -> None:
    """Every danger to life, at its level; of all lines, few are wrong."""
    lines = judged(PRACTICE)
    assert len(lines) >= 700
    assert all(line.right for line in lines if line.group == "P0"), failures(PRACTICE)
    assert sum(not line.right for line in lines) <= MOST_WRONG_IN_PRACTICE, failures(PRACTICE)


def test_the_sealed_half_is_only_counted() -> None:
    """Neither the report nor the list of failures holds a line of it."""
    shown = "\n".join((*map(report, HALVES), *failures()))
    assert not any(line.text in shown for line in judged("sealed"))
