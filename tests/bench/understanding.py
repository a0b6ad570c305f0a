"""Measure how long it takes to understand a sentence, beside the search for one plain pattern in it.

python -m tests.bench.understanding
"""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

from npcl_voice.conversation.phrases import load_phrases
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.speech.local.engine import understander_for

SETS = Path(__file__).resolve().parents[1] / "judging"
MOST_MS = 5.0
"""At the 95th percentile, on one core."""
PATTERN = re.compile(r"\b(?:power|light|bijli|बिजली|लाइट)\b.*\b(?:gone|off|nahi|नहीं)\b", re.IGNORECASE)


def sentences() -> list[str]:
    """The open halves of the judging sets of wishes and feelings."""
    return [
        json.loads(line)["text"]
        for name in ("intents", "sentiment")
        for line in (SETS / name / "open.jsonl").read_text("utf-8").splitlines()
    ]


def costs_ms(work: Callable[[str], object]) -> list[float]:
    """Milliseconds of processor time of each sentence, in ascending order."""
    costs = []
    for sentence in sentences():
        begun = time.process_time_ns()
        work(sentence)
        costs.append((time.process_time_ns() - begun) / 1e6)
    return sorted(costs)


def main() -> None:
    """Print the figures: of sentences met for the first time, and of the same once more."""
    understand = understander_for(load_phrases("en"), packaged_areas(), load_phrases("hi")).understand
    understand("the light is gone")  # what is read once is read
    plain = costs_ms(PATTERN.search)
    for name in ("first", "again"):
        ours = costs_ms(understand)
        p50, p95 = ours[len(ours) // 2], ours[len(ours) * 95 // 100]
        ratio = sum(ours) / sum(plain)
        print(f"understand, {name}: p50 {p50:.2f} ms, p95 {p95:.2f} ms of {MOST_MS}, {ratio:.0f}x one pattern")


if __name__ == "__main__":
    main()
