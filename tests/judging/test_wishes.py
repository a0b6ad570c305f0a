"""What callers want, and how they feel, is understood as often as was reached."""

from tests.judging import judge_intents, judge_sentiment
from tests.judging.judge_intents import HALVES, SCRIPTS


def test_intents_and_languages() -> None:
    """Of both halves together, and of each script."""
    halves = [judge_intents.score(half) for half in HALVES]
    total = sum(half.total for half in halves)
    assert sum(half.intents for half in halves) >= judge_intents.LEAST_INTENTS * total
    assert sum(half.languages for half in halves) >= judge_intents.LEAST_LANGUAGES * total
    for script in SCRIPTS:
        asked = sum(half.asked[script] for half in halves)
        assert sum(half.right[script] for half in halves) >= judge_intents.LEAST_OF_A_SCRIPT * asked, script


def test_feelings() -> None:
    """Of both halves together."""
    halves = [judge_sentiment.score(half) for half in HALVES]
    total = sum(half.total for half in halves)
    assert sum(half.found for half in halves) >= judge_sentiment.LEAST_SENTIMENTS * total
