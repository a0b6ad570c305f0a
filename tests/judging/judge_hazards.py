"""Counts how well danger is found in sentences that nobody has looked at: `python -m tests.judging.judge_hazards`.

`--failures` lists what went wrong in the open half, and only there.
"""

import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from npcl_voice.meaning.hazards import find_hazard

FOLDER = Path(__file__).parent / "hazards"
HALVES = ("open", "sealed")
PRACTICE = "practice"
"""Two files of mixed sentences that have all been read; the halves are two files each, by whether there is danger."""
FILES = {half: (f"hazards_{half}", f"ordinary_{half}") for half in HALVES} | {PRACTICE: (PRACTICE, f"{PRACTICE}_b")}


@dataclass(frozen=True)
class Line:
    """One sentence, what it should be found to be, and what was found."""

    half: str
    script: str
    text: str
    level: str | None
    found: str | None

    @property
    def right(self) -> bool:
        """A danger of a level must be found with that level; where both are right, with any."""
        return self.found in (self.level.split("|") if self.level else [None])

    @property
    def group(self) -> str:
        """What it counts for."""
        return {"P1": "P1", None: "ordinary"}.get(self.level, "P0")


def judged(half: str) -> list[Line]:
    """The lines of one half, or of those to practise on."""
    rows = [
        json.loads(line) for name in FILES[half] for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    found = [find_hazard(row["text"]) for row in rows]
    return [
        Line(half, row["script"], row["text"], row["level"], hazard and hazard.level)
        for row, hazard in zip(rows, found, strict=True)
    ]


def share(lines: list[Line]) -> tuple[int, int]:
    """How many are right, and of how many."""
    return sum(line.right for line in lines), len(lines)


def report(half: str) -> str:
    """The figures of one half, whole and by script; none of its lines."""
    lines = judged(half)
    rows = [half]
    for group in ("P0", "P1", "ordinary"):
        mine = [line for line in lines if line.group == group]
        right, of = share(mine)
        figure = (
            f"false alarms {100 * (of - right) / of:.1f} %"
            if group == "ordinary"
            else f"recall {100 * right / of:.1f} %"
        )
        scripts = Counter(line.script for line in mine if not line.right)
        wrong = ", ".join(f"{script} {count}" for script, count in sorted(scripts.items())) or "none"
        rows.append(f"  {group:9} {figure:20} {right}/{of} right; wrong by script: {wrong}")
        if group == "P1":
            rows.append(f"            found at any level: {sum(line.found is not None for line in mine)}/{of}")
    return "\n".join(rows)


def failures(half: str = "open") -> list[str]:
    """What went wrong in the open half, or in the sentences to practise on."""
    assert half != "sealed", "it is only counted"
    return [f"{line.level} found {line.found}: {line.text}" for line in judged(half) if not line.right]


if __name__ == "__main__":
    print("\n".join(failures() if "--failures" in sys.argv[1:] else map(report, HALVES)))
