"""Counts how well danger is found in sentences that nobody has looked at: `python -m tests.judging.judge_hazards`.

`--failures` lists what went wrong in the open half, and only there. `--unlearnt` judges each hand's sentences by a
second opinion that has learnt from the others' alone: what that is worth on sentences by somebody new.
"""

import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from npcl_voice.meaning.hazards import find_danger
from npcl_voice.meaning.opinion import Opinion
from tests.judging.learn_danger import HANDS, learnt

FOLDER = Path(__file__).parent / "hazards"
HALVES = ("open", "sealed")
PRACTICE = "practice"
"""Files of mixed sentences that have all been read; the halves are two files each, by whether there is danger."""
FILES = {half: (f"hazards_{half}", f"ordinary_{half}") for half in HALVES}
FILES |= {PRACTICE: tuple(name for files in HANDS.values() for name in files if name.startswith(PRACTICE))}
FILES |= {hand: files for hand, files in HANDS.items() if hand not in FILES}


@dataclass(frozen=True)
class Line:
    """One sentence, what it should be found to be, and what was found."""

    half: str
    script: str
    text: str
    level: str | None
    found: str | None
    doubted: bool
    """Whether it is to be asked about."""

    @property
    def right(self) -> bool:
        """A danger of a level must be found with that level; where both are right, with any."""
        return self.found in (self.level.split("|") if self.level else [None])

    @property
    def group(self) -> str:
        """What it counts for."""
        return {"P1": "P1", None: "ordinary"}.get(self.level, "P0")


def judged(half: str, opinion: Opinion | None = None) -> list[Line]:
    """The lines of one half, of those to practise on, or of one hand; by another second opinion, if one is given."""
    rows = [
        json.loads(line) for name in FILES[half] for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    found = [find_danger(row["text"], opinion=opinion) for row in rows]
    return [
        Line(
            half,
            row["script"],
            row["text"],
            row["level"],
            danger.hazard and danger.hazard.level,
            danger.doubt is not None,
        )
        for row, danger in zip(rows, found, strict=True)
    ]


def share(lines: list[Line]) -> tuple[int, int]:
    """How many are right, and of how many."""
    return sum(line.right for line in lines), len(lines)


def report(half: str, opinion: Opinion | None = None) -> str:
    """The figures of one half, whole and by script; none of its lines."""
    lines = judged(half, opinion)
    rows = [half]
    for group in ("P0", "P1", "ordinary"):
        mine = [line for line in lines if line.group == group]
        right, of = share(mine)
        if not of:
            continue
        figure = (
            f"false alarms {100 * (of - right) / of:.1f} %"
            if group == "ordinary"
            else f"recall {100 * right / of:.1f} %"
        )
        scripts = Counter(line.script for line in mine if not line.right)
        wrong = ", ".join(f"{script} {count}" for script, count in sorted(scripts.items())) or "none"
        rows.append(f"  {group:9} {figure:20} {right}/{of} right; wrong by script: {wrong}")
        any_level = sum(line.found is not None for line in mine)
        doubted = sum(line.doubted for line in mine)
        rows.append(f"            found at any level: {any_level}/{of}, asked about: {doubted}")
    return "\n".join(rows)


def failures(half: str = "open") -> list[str]:
    """What went wrong in the open half, or in the sentences to practise on."""
    assert half != "sealed", "it is only counted"
    return [f"{line.level} found {line.found}: {line.text}" for line in judged(half) if not line.right]


def unlearnt(hand: str) -> str:
    """The figures of one hand's sentences, by what the others taught."""
    return report(hand, Opinion(learnt(other for other in HANDS if other != hand)))


def main() -> None:
    """Print what is asked for."""
    if "--failures" in sys.argv[1:]:
        print("\n".join(failures()))
    elif "--unlearnt" in sys.argv[1:]:
        print("\n".join(map(unlearnt, HANDS)))
    else:
        print("\n".join(map(report, HALVES)))


if __name__ == "__main__":
    main()
