"""Judge how callers feel.

python -m tests.judging.judge_sentiment [--failures]

Counts by half, script and feeling; the sentences that failed are shown of the open half only.
"""

import argparse
from collections import Counter
from pathlib import Path

import msgspec

from tests.judging.judge_intents import HALVES, SCRIPTS, understander

__all__ = ["LEAST_SENTIMENTS", "Score", "score"]

LEAST_SENTIMENTS = 0.9
"""Of both halves together."""

SETS = Path(__file__).resolve().parent / "sentiment"


class Sentence(msgspec.Struct, frozen=True):
    """A line of a set."""

    text: str
    sentiment: str
    script: str


class Score(msgspec.Struct):
    """What came of one half."""

    asked: Counter[str]
    """Sentences by script and by feeling."""
    right: Counter[str]
    """Of them those whose feeling was found."""
    failures: list[tuple[Sentence, str | None]] = []
    """The others, with what was found."""

    @property
    def total(self) -> int:
        """All sentences."""
        return sum(self.asked[script] for script in SCRIPTS)

    @property
    def found(self) -> int:
        """All sentences whose feeling was found."""
        return sum(self.right[script] for script in SCRIPTS)


def score(half: str) -> Score:
    """The understanding's answers to one half, counted."""
    result = Score(Counter(), Counter(), failures=[])
    for line in (SETS / f"{half}.jsonl").read_text("utf-8").splitlines():
        sentence = msgspec.json.decode(line, type=Sentence)
        got = understander().understand(sentence.text).sentiment
        for name in (sentence.script, sentence.sentiment):
            result.asked[name] += 1
            result.right[name] += got == sentence.sentiment
        if got != sentence.sentiment:
            result.failures.append((sentence, got))
    return result


def show(half: str, *, failures: bool) -> None:
    """Print the counts of a half, and what failed of the open one."""
    result = score(half)
    print(f"{half}: {result.found} of {result.total}")
    for name in (*SCRIPTS, *sorted(set(result.asked) - set(SCRIPTS))):
        print(f"  {name}: {result.right[name]} of {result.asked[name]}")
    if failures and half == "open":
        for sentence, got in result.failures:
            print(f"  {sentence.sentiment} was {got}: {sentence.text}")


def main() -> None:
    """Print every half."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--failures", action="store_true", help="show what failed of the open half")
    reader.add_argument("--half", choices=HALVES, help="count only this half")
    wanted = reader.parse_args()
    for half in HALVES if wanted.half is None else (wanted.half,):
        show(half, failures=wanted.failures)


if __name__ == "__main__":
    main()
