"""Danger as sentences tell of it that were written by somebody who had not seen the search for it.

What fails here shows lines of the open half only; of the sealed one, nothing but how many.
"""

import pytest

from npcl_voice.meaning.opinion import Opinion
from tests.judging.judge_hazards import HALVES, PRACTICE, failures, judged, report, share
from tests.judging.learn_danger import COUNTS, HANDS, learnt, written

MOST_MISSED = {"open": 0, "sealed": 0}
MOST_FALSE_ALARMS_PERCENT = {"open": 0, "sealed": 3}
MOST_WRONG_IN_PRACTICE = 60
"""What was reached; the aim is none missed, and two in a hundred."""
LEAST_HEARD_OF_UNLEARNT = 0.9
MOST_ALARMS_UNLEARNT = 0.12
"""Of sentences of a hand that nothing was learnt from."""


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
    """Every danger, if not at its level; of all lines, few are wrong."""
    lines = judged(PRACTICE)
    assert len(lines) >= 1400
    assert all(line.found or line.doubted for line in lines if line.level), failures(PRACTICE)
    assert sum(not line.right for line in lines) <= MOST_WRONG_IN_PRACTICE, failures(PRACTICE)


@pytest.mark.parametrize("hand", ["c", "d"])
def test_danger_is_found_in_a_strangers_words(hand: str) -> None:
    """By what others taught; these sentences no rule was written for."""
    lines = judged(hand, Opinion(learnt(other for other in HANDS if other != hand)))
    dangers = [line for line in lines if line.level]
    alarms = [line for line in lines if line.found and not line.level]
    assert sum(line.found is not None for line in dangers) >= LEAST_HEARD_OF_UNLEARNT * len(dangers)
    assert len(alarms) <= MOST_ALARMS_UNLEARNT * (len(lines) - len(dangers))


def test_the_packaged_counts_are_what_the_sentences_come_to() -> None:
    """`make learn` was run after the last change of a sentence, a word or a rule."""
    assert COUNTS.read_text("utf-8") == written(learnt(HANDS))


def test_the_sealed_half_is_only_counted() -> None:
    """Neither the report nor the list of failures holds a line of it."""
    shown = "\n".join((*map(report, HALVES), *failures()))
    assert not any(line.text in shown for line in judged("sealed"))
