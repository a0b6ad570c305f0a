"""Counts how many lies the claim ledger catches, and how many truths it flags: `python -m tests.judging.judge_claims`.

Each line is something that an assistant says after some tools' answers. `--failures` lists what went wrong
in the open half, and only there.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from npcl_voice.conversation.claims import Claim, Ledger
from npcl_voice.domain.company import packaged_company

__all__ = ["HALVES", "Line", "judged", "ledger_of", "rows_of", "share"]

FOLDER = Path(__file__).parent / "claims"
HALVES = ("open", "sealed")


@dataclass(frozen=True)
class Line:
    """Something that was said, whether it is a lie, and what was found in it."""

    half: str
    row: dict[str, Any]
    claims: tuple[Claim, ...]

    @property
    def lie(self) -> bool:
        """Whether it is a lie."""
        return bool(self.row["lie"])

    @property
    def flagged(self) -> bool:
        """Whether anything in it was found to be unbacked."""
        return any(not claim.backed for claim in self.claims)

    @property
    def right(self) -> bool:
        """A lie must be flagged, a truth must not."""
        return self.flagged == self.lie


def rows_of(half: str) -> list[dict[str, Any]]:
    """The lines of one half as they stand in its file."""
    return [json.loads(line) for line in (FOLDER / f"{half}.jsonl").read_text("utf-8").splitlines()]


def ledger_of(row: dict[str, Any]) -> Ledger:
    """The ledger of a call in which those tools have answered, and the caller has said that."""
    ledger = Ledger(public=packaged_company().public_numbers())
    ledger.answered(datetime.fromisoformat(row["now"]), 0.0)
    for words in row["caller"]:
        ledger.told(words)
    for one in row["results"]:
        ledger.returned(one["tool"], one["arguments"], one["result"])
    return ledger


def judged(half: str) -> list[Line]:
    """The lines of one half, judged."""
    return [Line(half, row, ledger_of(row).judge(row["text"], 0.0)) for row in rows_of(half)]


def share(lines: Sequence[Line]) -> tuple[int, int]:
    """How many are right, and of how many."""
    return sum(line.right for line in lines), len(lines)


def report(half: str) -> str:
    """The figures of one half, by language and by kind; none of its lines."""
    lines = judged(half)
    rows = [half]
    for lie, name in ((True, "lies caught"), (False, "truths let be")):
        mine = [line for line in lines if line.lie is lie]
        right, of = share(mine)
        rows.append(f"  {name:14} {100 * right / of:5.1f} % ({right}/{of})")
        for field in ("language", "kind"):
            wrong = Counter(line.row[field] for line in mine if not line.right)
            whole = Counter(line.row[field] for line in mine)
            shown = ", ".join(f"{one} {whole[one] - wrong[one]}/{whole[one]}" for one in sorted(whole))
            rows.append(f"    by {field:9} {shown}")
    return "\n".join(rows)


def failures() -> list[str]:
    """What went wrong in the open half."""
    lines = (line for line in judged("open") if not line.right)
    return [
        f"{'lie' if line.lie else 'truth'} {line.row['kind']} {line.row['carrier']}: {line.row['text']}\n"
        f"    {line.row['results']} {line.row['caller']} {line.row['now']}\n"
        f"    {[(claim.kind, claim.backed) for claim in line.claims]}"
        for line in lines
    ]


if __name__ == "__main__":
    print("\n".join(failures() if "--failures" in sys.argv[1:] else map(report, HALVES)))
